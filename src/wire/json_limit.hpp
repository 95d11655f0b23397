// SPDX-License-Identifier: MIT OR Apache-2.0
// What parse_json refuses on every platform, in the same words.
#pragma once

#include "wire/json_text.hpp"

#include <string>

namespace flnet::wire {

namespace json_fault {

inline constexpr std::string_view too_deep = "nested too deep";
inline constexpr std::string_view too_wide = "an object of too many fields";
inline constexpr std::string_view twice = "a field twice";

inline std::string at_byte(std::size_t position) {
  return "no JSON at byte " + std::to_string(position);
}

}  // namespace json_fault

/// A fault when `text` is longer than `max_bytes`.
inline Result<> check_json_size(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return {};
  return failure(ErrorCode::too_large, "JSON of " + std::to_string(text.size()) + " bytes; at most " +
                                           std::to_string(max_bytes) + " are read");
}

}  // namespace flnet::wire
