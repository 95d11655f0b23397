// SPDX-License-Identifier: MIT OR Apache-2.0
// A TextTree in one line: {name:'word',list:[1,'2',-,],}
#pragma once

#include "base/text_tree.hpp"

#include <string>

namespace flnet::test {

struct TreeText {
  std::string operator()(std::monostate /*nothing*/) const { return "-"; }
  std::string operator()(const TextTree::Other& /*other*/) const { return "other"; }
  std::string operator()(std::uint64_t number) const { return std::to_string(number); }
  std::string operator()(const std::string& word) const { return "'" + word + "'"; }
  std::string operator()(const TextTree::List& list) const {
    std::string text = "[";
    for (const TextTree& element : list) text += std::visit(*this, element.value) + ',';
    return text + ']';
  }
  std::string operator()(const TextTree::Table& table) const {
    std::string text = "{";
    for (const auto& [name, value] : table) text += name + ':' + std::visit(*this, value.value) + ',';
    return text + '}';
  }
};

inline std::string tree_text(const TextTree& tree) {
  return std::visit(TreeText{}, tree.value);
}

}  // namespace flnet::test
