// SPDX-License-Identifier: MIT OR Apache-2.0
// How a request to reset streams ended (RFC 6525 §4.4).
#pragma once

#include <cstdint>

namespace flnet::rtc::reset_result {

inline constexpr std::uint32_t nothing_to_do = 0;
inline constexpr std::uint32_t performed = 1;
inline constexpr std::uint32_t denied = 2;
inline constexpr std::uint32_t busy = 4;  ///< With another request.
inline constexpr std::uint32_t wrong_number = 5;
inline constexpr std::uint32_t in_progress = 6;

}  // namespace flnet::rtc::reset_result
