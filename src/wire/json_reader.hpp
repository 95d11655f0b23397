// SPDX-License-Identifier: MIT OR Apache-2.0
// JsonReader: a small reader of JSON, for where the size of a program counts.
#pragma once

#include "base/text_tree.hpp"

#include <flnet/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace flnet::wire {

/// Reads the whole of a text as parse_json says, for one call of `read`. It accepts what nlohmann's parser
/// accepts, and numbers of any size besides.
class JsonReader {
 public:
  /// The text must outlive the reader.
  explicit JsonReader(std::string_view text) : text_(text) {}
  Result<TextTree> read();

 private:
  bool read_value(TextTree& to);
  bool read_list(TextTree& to);
  bool read_table(TextTree& to);
  bool read_field(TextTree::Table& to);
  bool read_word(std::string_view word);
  bool read_number(TextTree& to);
  bool read_digits();
  bool read_string(std::string& to);
  bool read_escape(std::string& to);
  bool read_code_unit(std::uint32_t& to);

  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char expected);
  void skip_blanks();
  /// Always false.
  bool stop(std::string_view why);

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  std::string_view fault_;  ///< Empty: no JSON at `at_`.
};

}  // namespace flnet::wire
