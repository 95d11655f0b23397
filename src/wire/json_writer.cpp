// SPDX-License-Identifier: MIT OR Apache-2.0
// Commas, quotes and escapes.
#include "wire/json_writer.hpp"

#include "base/encoding.hpp"

#include <algorithm>

namespace flnet::wire {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

void append_escape(std::string& to, char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  to += '\\';
  if (const char letter = json_short_escape(c); letter != '\0') {
    to += letter;
    return;
  }
  to += "u00";
  to += digits[static_cast<unsigned char>(c) >> 4];
  to += digits[c & 15];
}

/// Bytes of the first character, 0 when it is no UTF-8.
std::size_t character_size(std::string_view text) {
  constexpr std::size_t longest = 4;
  for (std::size_t size = 1; size <= std::min(longest, text.size()); ++size) {
    if (is_utf8(text.substr(0, size))) return size;
  }
  return 0;
}

std::string well_formed(std::string_view text) {
  std::string made;
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    made += size == 0 ? replacement : text.substr(0, size);
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return made;
}

}  // namespace

char json_short_escape(char c) {
  constexpr std::string_view meanings = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt";
  const std::size_t at = meanings.find(c);
  return at == std::string_view::npos ? '\0' : letters[at];
}

bool is_json_control(char c) {
  return static_cast<unsigned char>(c) < 0x20;
}

void append_json_escaped(std::string& to, std::string_view text) {
  if (!is_utf8(text)) return append_json_escaped(to, well_formed(text));
  const auto is_plain = [](char c) { return !is_json_control(c) && c != '"' && c != '\\'; };
  while (!text.empty()) {
    const auto stop = std::ranges::find_if_not(text, is_plain);
    to.append(text.begin(), stop);
    text.remove_prefix(static_cast<std::size_t>(stop - text.begin()));
    if (text.empty()) return;
    append_escape(to, text.front());
    text.remove_prefix(1);
  }
}

JsonWriter& JsonWriter::field(std::string_view name) {
  separate();
  quote(name);
  text_ += ':';
  follows_value_ = false;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  quote(value);
  return *this;
}

JsonWriter& JsonWriter::number(std::uint64_t value) {
  separate();
  text_ += std::to_string(value);
  return *this;
}

JsonWriter& JsonWriter::null() {
  separate();
  text_ += "null";
  return *this;
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  text_ += bracket;
  follows_value_ = false;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  text_ += bracket;
  follows_value_ = true;
  return *this;
}

void JsonWriter::separate() {
  if (follows_value_) text_ += ',';
  follows_value_ = true;
}

void JsonWriter::quote(std::string_view words) {
  text_ += '"';
  append_json_escaped(text_, words);
  text_ += '"';
}

}  // namespace flnet::wire
