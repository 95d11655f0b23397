// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads TOML by toml++; nothing of toml++, and none of its exceptions, leaves this file.
#include "io/identity_text.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <exception>

namespace flnet::io {
namespace {

struct Refusal {
  toml::source_position at;
  std::string why;
};

/// Where the string that begins at `at` ends.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string triple(3, quote);
  const bool has_lines = text.substr(at, 3) == triple;
  at += has_lines ? 3 : 1;
  for (; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (has_lines) {
      if (text.substr(at, 3) != triple) continue;
      // Two more quotes may stand before the three that close.
      const std::size_t end = text.find_first_not_of(quote, at);
      return std::min({end, at + 5, text.size()});
    } else if (text[at] == quote || text[at] == '\n') {
      return at + 1;
    }
  }
  return text.size();
}

/// toml++ bounds how deep values are nested (more generously than we do) but not the dots of a key:
/// a.a.a.a… becomes as many tables, one in the other, that are taken down by recursion. So this looks
/// before it parses. Text with broken strings may be misjudged here; the parser refuses it anyway.
bool is_nested_too_deep(std::string_view text) {
  std::size_t depth = 0;
  std::size_t dots = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"' || c == '\'') {
      at = end_of_string(text, at) - 1;
    } else if (c == '#') {
      at = std::min(text.find('\n', at), text.size()) - 1;
    } else if (c == '.') {
      ++dots;
    } else if (c == '[' || c == '{') {
      ++depth;
      dots = 0;
    } else if (c == ']' || c == '}') {
      if (depth > 0) --depth;
      dots = 0;
    } else if (c == '\n' || c == ',' || c == '=') {
      dots = 0;
    }
    if (depth > max_text_tree_depth || dots > max_text_tree_depth) return true;
  }
  return false;
}

TextTree converted(const toml::node& node, std::size_t depth);

TextTree::Table converted_fields(const toml::table& table, std::size_t depth) {
  if (table.size() > max_text_tree_fields) throw Refusal{table.source().begin, "too many fields"};
  TextTree::Table fields;
  for (auto&& [key, value] : table) fields.push_back({std::string(key.str()), converted(value, depth + 1)});
  return fields;
}

TextTree converted(const toml::node& node, std::size_t depth) {
  if (depth > max_text_tree_depth) throw Refusal{node.source().begin, "nested too deep"};
  if (const auto* table = node.as_table()) return {converted_fields(*table, depth)};
  if (const auto* array = node.as_array()) {
    TextTree::List list;
    for (const toml::node& element : *array) list.push_back(converted(element, depth + 1));
    return {std::move(list)};
  }
  if (const auto* text = node.as_string()) return {text->get()};
  if (const auto* number = node.as_integer(); number != nullptr && number->get() >= 0) {
    return {static_cast<std::uint64_t>(number->get())};
  }
  return {};
}

Error fault(const toml::source_position& at, std::string_view why) {
  return identity_text_fault("TOML", at.line, at.column, why);
}

}  // namespace

Result<TextTree> read_toml(std::string_view text) {
  if (auto good = check_identity_text(text); !good) return failure(good.error());
  if (is_nested_too_deep(text)) return failure(ErrorCode::invalid_message, "TOML: nested too deep");
  try {
    return converted(toml::parse(text), 0);
  } catch (const Refusal& refusal) {
    return failure(fault(refusal.at, refusal.why));
  } catch (const toml::parse_error& error) {
    return failure(fault(error.source().begin, error.description()));
  } catch (const std::exception& error) {
    return failure(ErrorCode::invalid_message, std::string("TOML: ") + error.what());
  }
}

}  // namespace flnet::io
