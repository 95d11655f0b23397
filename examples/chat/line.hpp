// SPDX-License-Identifier: MIT OR Apache-2.0
// Line: what one chat says to another, and its JSON.
#pragma once

#include <flnet/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace chat {

/// {"flnet_chat":1,"kind":"say","name":"Bob","text":"hello"}
struct Line {
  enum class Kind : std::uint8_t {
    say,   ///< To all.
    tell,  ///< To the receiver alone.
    name,  ///< How the sender is called; without a text.
  };
  Kind kind = Kind::say;
  std::string name;  ///< The sender's, at most Limits::name_bytes; see `clean_name`.
  std::string text;
  friend bool operator==(const Line&, const Line&) = default;
};

/// UTF-8; what isn't, is replaced by U+FFFD.
std::string to_json(const Line& line);

/// invalid_message: no chat speaks so. unsupported: a chat of a later version does. too_large.
flnet::Result<Line> line_from_json(std::string_view text);

/// Without spaces at its ends, and cut to Limits::name_bytes between two characters.
std::string clean_name(std::string_view name);

}  // namespace chat
