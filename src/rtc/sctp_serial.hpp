// SPDX-License-Identifier: MIT OR Apache-2.0
// Serial number arithmetic for transmission and stream sequence numbers (RFC 9260 §1.6).
#pragma once

#include <cstdint>

namespace flnet::rtc {

using Tsn = std::uint32_t;

/// True when `a` comes before `b` in a number space that wraps.
inline bool tsn_before(Tsn a, Tsn b) {
  return static_cast<std::int32_t>(a - b) < 0;
}

}  // namespace flnet::rtc
