// SPDX-License-Identifier: MIT OR Apache-2.0
// Any bytes, read as YAML and as TOML, are an error or a tree within the limits.
#include "io/identity_text.hpp"

#include <flnet/bytes.hpp>

#include <algorithm>
#include <cstdlib>

namespace {

using flnet::TextTree;

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const TextTree& tree, std::size_t depth) {
  require(depth <= flnet::max_text_tree_depth + 1);
  if (const auto* list = std::get_if<TextTree::List>(&tree.value)) {
    for (const auto& element : *list) check(element, depth + 1);
  } else if (const auto* table = std::get_if<TextTree::Table>(&tree.value)) {
    require(table->size() <= flnet::max_text_tree_fields);
    for (const auto& field : *table) {
      require(std::ranges::count(*table, field.name, &TextTree::Field::name) == 1);
      check(field.value, depth + 1);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = flnet::as_text(flnet::ByteView(data, size));
  if (const auto yaml = flnet::io::read_yaml(text)) check(*yaml, 0);
  if (const auto toml = flnet::io::read_toml(text)) check(*toml, 0);
  return 0;
}
