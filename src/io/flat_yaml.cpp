// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads flat YAML line by line; a stack of open tables follows the indentation.
#include "io/flat_yaml.hpp"

#include "io/identity_text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flnet::io {
namespace {

bool is_word_letter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/// Words that YAML takes for null: as a plain name or value they would be none.
bool means_null(std::string_view word) {
  return word == "null" || word == "Null" || word == "NULL" || word == "~";
}

std::string_view without_spaces_at_end(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

void append_utf8(std::string& to, unsigned letter) {
  const auto put = [&](unsigned byte) { to += static_cast<char>(byte); };
  if (letter < 0x80) {
    put(letter);
  } else if (letter < 0x800) {
    put(0xc0U | (letter >> 6U));
    put(0x80U | (letter & 0x3fU));
  } else {
    put(0xe0U | (letter >> 12U));
    put(0x80U | ((letter >> 6U) & 0x3fU));
    put(0x80U | (letter & 0x3fU));
  }
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<TextTree> read() {
    while (!text_.empty() && !fault_) {
      const std::size_t end = std::min(text_.find('\n'), text_.size());
      line_ = text_.substr(0, end);
      text_.remove_prefix(std::min(end + 1, text_.size()));
      ++number_;
      read_line();
    }
    if (!fault_ && waits_) refuse("a field without a value");
    if (fault_) return failure(std::move(*fault_));
    return std::move(tree_);
  }

 private:
  /// A table whose fields begin at column `indent`.
  struct Open {
    std::size_t indent;
    TextTree* tree;
  };

  void refuse(std::string_view why) {
    if (!fault_) fault_ = identity_text_fault("YAML", number_, at_ + 1, why);
  }

  void read_line() {
    at_ = 0;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7f'; };
    if (std::ranges::any_of(line_, is_control)) return refuse("a control character");
    const std::size_t indent = std::min(line_.find_first_not_of(' '), line_.size());
    if (indent == line_.size() || line_[indent] == '#') return;
    if (indent == 0 && line_.starts_with("---")) return read_start();
    if (!std::exchange(has_fields_, true)) waits_ = &tree_;
    started_ = true;
    at_ = indent;
    if (!find_table(indent)) return;
    read_field();
  }

  void read_start() {
    if (std::exchange(started_, true)) return refuse("more than one document");
    if (!without_spaces_at_end(line_.substr(3)).empty()) refuse("something behind ---");
  }

  /// Opens or closes tables until the one whose fields begin at `indent` is the innermost.
  bool find_table(std::size_t indent) {
    if (waits_) {
      if (!open_.empty() && indent <= open_.back().indent) {
        refuse("a field without a value");
        return false;
      }
      if (open_.size() >= max_text_tree_depth) {
        refuse("nested too deep");
        return false;
      }
      waits_->value = TextTree::Table{};
      open_.push_back({indent, std::exchange(waits_, nullptr)});
      return true;
    }
    while (!open_.empty() && open_.back().indent > indent) open_.pop_back();
    if (!open_.empty() && open_.back().indent == indent) return true;
    refuse("an indentation that no line above has");
    return false;
  }

  void read_field() {
    const std::size_t first = at_;
    while (at_ < line_.size() && is_word_letter(line_[at_])) ++at_;
    const std::string_view name = line_.substr(first, at_ - first);
    if (name.empty() || means_null(name) || at_ == line_.size() || line_[at_] != ':') {
      return refuse("no field's name and colon");
    }
    auto& fields = std::get<TextTree::Table>(open_.back().tree->value);
    if (fields.size() >= max_text_tree_fields) return refuse("too many fields");
    if (std::ranges::any_of(fields, [&](const auto& field) { return field.name == name; })) {
      return refuse("a field twice");
    }
    ++at_;
    if (at_ < line_.size() && line_[at_] != ' ') return refuse("no space behind the colon");
    fields.push_back({std::string(name), {}});
    read_value(fields.back().value);
  }

  void read_value(TextTree& value) {
    while (at_ < line_.size() && line_[at_] == ' ') ++at_;
    if (at_ == line_.size() || line_[at_] == '#') {
      // A table, which the next lines hold. The pointer holds: its parent does not grow while it is open.
      waits_ = &value;
      return;
    }
    std::string word;
    if (line_[at_] == '\'') {
      read_single_quoted(word);
    } else if (line_[at_] == '"') {
      read_double_quoted(word);
    } else {
      read_plain(word);
    }
    value.value = std::move(word);
  }

  void read_plain(std::string& word) {
    constexpr std::string_view beginnings_of_more = "-?:,[]{}#&*!|>'\"%@`=<~";
    std::string_view plain = line_.substr(at_);
    plain = without_spaces_at_end(plain.substr(0, plain.find(" #")));
    if (beginnings_of_more.find(plain.front()) != std::string_view::npos || means_null(plain)) {
      return refuse("more YAML than FLNet writes");
    }
    if (plain.find(": ") != std::string_view::npos || plain.ends_with(':')) {
      return refuse("a colon in a word without quotes");
    }
    word = plain;
  }

  void read_single_quoted(std::string& word) {
    for (++at_; at_ < line_.size(); ++at_) {
      if (line_[at_] == '\'') {
        if (at_ + 1 == line_.size() || line_[at_ + 1] != '\'') return expect_end();
        ++at_;
      }
      word += line_[at_];
    }
    refuse("no quote at the end");
  }

  void read_double_quoted(std::string& word) {
    for (++at_; at_ < line_.size() && !fault_; ++at_) {
      if (line_[at_] == '"') return expect_end();
      if (line_[at_] == '\\') {
        read_escape(word);
      } else {
        word += line_[at_];
      }
    }
    refuse("no quote at the end");
  }

  /// At the backslash; leaves at the escape's last letter.
  void read_escape(std::string& word) {
    constexpr std::string_view letters = "\"\\bfnrt", meanings = "\"\\\b\f\n\r\t";
    const char letter = ++at_ < line_.size() ? line_[at_] : '\0';
    const std::size_t known = letters.find(letter);
    if (known != std::string_view::npos) {
      word += meanings[known];
    } else if (letter == 'x' || letter == 'u') {
      read_number(word, letter == 'x' ? 2 : 4);
    } else {
      refuse("an unknown escape");
    }
  }

  void read_number(std::string& word, std::size_t digits) {
    unsigned letter = 0;
    for (std::size_t digit = 0; digit < digits; ++digit) {
      constexpr std::string_view lower = "0123456789abcdef", upper = "0123456789ABCDEF";
      const char c = ++at_ < line_.size() ? line_[at_] : '\0';
      const std::size_t value = std::min(lower.find(c), upper.find(c));
      if (value == std::string_view::npos) return refuse("no number behind an escape");
      letter = (letter << 4U) | static_cast<unsigned>(value);
    }
    if (letter >= 0xd800 && letter <= 0xdfff) return refuse("half a letter");
    append_utf8(word, letter);
  }

  /// At the closing quote: nothing but a comment may follow.
  void expect_end() {
    const std::string_view rest = line_.substr(at_ + 1);
    const std::size_t next = rest.find_first_not_of(' ');
    if (next == std::string_view::npos || (next > 0 && rest[next] == '#')) return;
    refuse("something behind the quote");
  }

  std::string_view text_;
  std::string_view line_;
  std::size_t number_ = 0, at_ = 0;
  bool started_ = false, has_fields_ = false;
  TextTree tree_;
  std::vector<Open> open_;
  TextTree* waits_ = nullptr;  ///< The table whose first field must come.
  std::optional<Error> fault_;
};

}  // namespace

Result<TextTree> read_flat_yaml(std::string_view text) {
  if (auto good = check_identity_text(text); !good) return failure(good.error());
  return Reader(text).read();
}

}  // namespace flnet::io
