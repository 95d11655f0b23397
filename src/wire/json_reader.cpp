// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads JSON by its grammar (RFC 8259), one function a rule.
#include "wire/json_reader.hpp"

#include "base/encoding.hpp"
#include "base/numbers.hpp"
#include "wire/json_limit.hpp"

#include <algorithm>
#include <utility>

namespace flnet::wire {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

void append_utf8(std::string& to, std::uint32_t code_point) {
  const auto continued = [&to](std::uint32_t bits) { to += static_cast<char>(0x80 | (bits & 0x3F)); };
  if (code_point < 0x80) {
    to += static_cast<char>(code_point);
    return;
  }
  if (code_point < 0x800) {
    to += static_cast<char>(0xC0 | code_point >> 6);
  } else {
    if (code_point < 0x10000) {
      to += static_cast<char>(0xE0 | code_point >> 12);
    } else {
      to += static_cast<char>(0xF0 | code_point >> 18);
      continued(code_point >> 12);
    }
    continued(code_point >> 6);
  }
  continued(code_point);
}

/// What a two-character escape stands for, or 0.
char meaning_of(char letter) {
  constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  const std::size_t at = letters.find(letter);
  return at == std::string_view::npos ? '\0' : meanings[at];
}

}  // namespace

Result<TextTree> JsonReader::read() {
  if (text_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
  TextTree document;
  bool good = read_value(document);
  if (good) {
    skip_blanks();
    good = at_ == text_.size();
  }
  if (good) return document;
  return failure(ErrorCode::invalid_message,
                 fault_.empty() ? json_fault::at_byte(at_ + 1) : std::string(fault_));
}

bool JsonReader::read_value(TextTree& to) {
  skip_blanks();
  switch (peek()) {
    case '{':
      return read_table(to);
    case '[':
      return read_list(to);
    case '"':
      return read_string(to.value.emplace<std::string>());
    case 'n':
      return read_word("null");
    case 't':
    case 'f':
      to.value = TextTree::Other{};
      return read_word(peek() == 't' ? "true" : "false");
    default:
      return read_number(to);
  }
}

bool JsonReader::read_list(TextTree& to) {
  ++at_;
  if (++depth_ > max_json_depth) return stop(json_fault::too_deep);
  auto& list = to.value.emplace<TextTree::List>();
  skip_blanks();
  if (!take(']')) {
    do {
      if (!read_value(list.emplace_back())) return false;
      skip_blanks();
    } while (take(','));
    if (!take(']')) return false;
  }
  --depth_;
  return true;
}

bool JsonReader::read_table(TextTree& to) {
  ++at_;
  if (++depth_ > max_json_depth) return stop(json_fault::too_deep);
  auto& table = to.value.emplace<TextTree::Table>();
  skip_blanks();
  if (!take('}')) {
    do {
      if (!read_field(table)) return false;
      skip_blanks();
    } while (take(','));
    if (!take('}')) return false;
  }
  --depth_;
  return true;
}

bool JsonReader::read_field(TextTree::Table& to) {
  skip_blanks();
  std::string name;
  if (peek() != '"' || !read_string(name)) return false;
  if (to.size() >= max_json_fields) return stop(json_fault::too_wide);
  if (std::ranges::find(to, name, &TextTree::Field::name) != to.end()) return stop(json_fault::twice);
  skip_blanks();
  if (!take(':')) return false;
  return read_value(to.emplace_back(std::move(name)).value);
}

bool JsonReader::read_word(std::string_view word) {
  if (!text_.substr(at_).starts_with(word)) return false;
  at_ += word.size();
  return true;
}

// Of a number that is not whole only the form counts.
bool JsonReader::read_number(TextTree& to) {
  const std::size_t begin = at_;
  bool whole = !take('-');
  if (!take('0') && !read_digits()) return false;
  if (take('.')) {
    whole = false;
    if (!read_digits()) return false;
  }
  if (take('e') || take('E')) {
    whole = false;
    if (!take('+')) take('-');
    if (!read_digits()) return false;
  }
  const auto number = whole ? flnet::read_number(text_.substr(begin, at_ - begin)) : std::nullopt;
  if (number) {
    to.value = *number;
  } else {
    to.value = TextTree::Other{};
  }
  return true;
}

bool JsonReader::read_digits() {
  const std::size_t begin = at_;
  while (peek() >= '0' && peek() <= '9') ++at_;
  return at_ > begin;
}

bool JsonReader::read_string(std::string& to) {
  ++at_;
  while (true) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\' &&
           static_cast<unsigned char>(text_[at_]) >= 0x20) {
      ++at_;
    }
    const std::string_view run = text_.substr(begin, at_ - begin);
    if (!is_utf8(run)) return false;
    to += run;
    if (take('"')) return true;
    if (!take('\\') || !read_escape(to)) return false;
  }
}

bool JsonReader::read_escape(std::string& to) {
  if (const char meaning = meaning_of(peek()); meaning != '\0') {
    ++at_;
    to += meaning;
    return true;
  }
  std::uint32_t unit = 0;
  if (!take('u') || !read_code_unit(unit)) return false;
  if (unit >= 0xDC00 && unit < 0xE000) return false;
  if (unit >= 0xD800 && unit < 0xDC00) {  // The second half of a surrogate pair must follow.
    std::uint32_t low = 0;
    if (!take('\\') || !take('u') || !read_code_unit(low) || low < 0xDC00 || low >= 0xE000) return false;
    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
  }
  append_utf8(to, unit);
  return true;
}

bool JsonReader::read_code_unit(std::uint32_t& to) {
  constexpr std::size_t digits = 4;
  if (text_.size() - at_ < digits) return false;
  const auto unit = flnet::read_number(text_.substr(at_, digits), 16);
  if (!unit) return false;
  to = static_cast<std::uint32_t>(*unit);
  at_ += digits;
  return true;
}

bool JsonReader::take(char expected) {
  if (at_ == text_.size() || text_[at_] != expected) return false;
  ++at_;
  return true;
}

void JsonReader::skip_blanks() {
  at_ = std::min(text_.find_first_not_of(" \t\n\r", at_), text_.size());
}

bool JsonReader::stop(std::string_view why) {
  fault_ = why;
  return false;
}

}  // namespace flnet::wire
