// SPDX-License-Identifier: MIT OR Apache-2.0
// Looks at the first line that says something.
#include "wire/text_form.hpp"

#include <algorithm>

namespace flnet::wire {
namespace {

constexpr std::string_view blank = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The first line that is neither blank nor a comment, from its first word on.
std::string_view first_line(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(blank), text.size()));
    const std::string_view line = text.substr(0, text.find('\n'));
    if (!line.starts_with('#')) return line;
    text.remove_prefix(line.size());
  }
}

/// Whether "=" stands before any ":", outside of quotes.
bool assigns(std::string_view line) {
  char quote = '\0';
  for (const char c : line) {
    if (quote != '\0') {
      if (c == quote) quote = '\0';
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '=' || c == ':') {
      return c == '=';
    }
  }
  return false;
}

}  // namespace

TextForm text_form(std::string_view text) {
  const std::string_view line = first_line(text);
  if (line.starts_with('{')) return TextForm::json;
  if (line.empty() || line.starts_with('[') || assigns(line)) return TextForm::toml;
  return TextForm::yaml;
}

}  // namespace flnet::wire
