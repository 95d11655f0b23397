// SPDX-License-Identifier: MIT OR Apache-2.0
// TextTree to JSON.
#include "wire/text_tree_json.hpp"

#include <nlohmann/json.hpp>

namespace flnet::wire {
namespace {

struct Converter {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(const std::string& word) const { return word; }
  Json operator()(std::uint64_t number) const { return number; }
  Json operator()(const TextTree::List& list) const {
    Json array = Json::array();
    for (const TextTree& element : list) array.push_back(text_tree_to_json(element));
    return array;
  }
  Json operator()(const TextTree::Table& table) const {
    Json object = Json::object();
    for (const auto& [name, value] : table) object[name] = text_tree_to_json(value);
    return object;
  }
};

}  // namespace

// The depth of the recursion is the tree's: max_text_tree_depth.
Json text_tree_to_json(const TextTree& tree) {
  return std::visit(Converter{}, tree.value);
}

}  // namespace flnet::wire
