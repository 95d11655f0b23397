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

/// The same for stream sequence numbers.
inline bool ssn_before(std::uint16_t a, std::uint16_t b) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(a - b)) < 0;
}

}  // namespace flnet::rtc
