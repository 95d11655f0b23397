// SPDX-License-Identifier: MIT OR Apache-2.0
// JsonWriter: writes JSON as serde does, without white space and with fields in the order of the calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace flnet::wire {

/// The letter of a character's two-character escape (RFC 8259 §7), or 0.
char json_short_escape(char c);
/// Whether a character must be written as \u00xx, unless it has a short escape.
bool is_json_control(char c);
/// Without the quotes around it. Nothing is escaped but what must be; bytes that are no UTF-8 become U+FFFD.
void append_json_escaped(std::string& to, std::string_view text);

/// The calls make a document's text from left to right; who calls keeps to JSON's grammar.
class JsonWriter {
 public:
  JsonWriter& open_object() { return open('{'); }
  JsonWriter& close_object() { return close('}'); }
  JsonWriter& open_array() { return open('['); }
  JsonWriter& close_array() { return close(']'); }
  /// What is written next is the value of this field.
  JsonWriter& field(std::string_view name);
  JsonWriter& text(std::string_view value);
  JsonWriter& number(std::uint64_t value);
  JsonWriter& null();

  /// Ends the writer's use.
  std::string take() { return std::move(text_); }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  void separate();
  void quote(std::string_view words);

  std::string text_;
  bool follows_value_ = false;
};

}  // namespace flnet::wire
