// SPDX-License-Identifier: MIT OR Apache-2.0
// What the reader of flat YAML reads, the whole reader reads too, and as the same.
#include "io/flat_yaml.hpp"
#include "io/identity_text.hpp"

#include <flnet/bytes.hpp>

#include <cstdlib>

namespace {

using flnet::TextTree;

bool same(const TextTree& one, const TextTree& other) {
  if (one.value.index() != other.value.index()) return false;
  if (const auto* word = std::get_if<std::string>(&one.value))
    return *word == std::get<std::string>(other.value);
  const auto* table = std::get_if<TextTree::Table>(&one.value);
  if (table == nullptr) return true;
  const auto& fields = std::get<TextTree::Table>(other.value);
  if (table->size() != fields.size()) return false;
  for (std::size_t at = 0; at < fields.size(); ++at)
    if ((*table)[at].name != fields[at].name || !same((*table)[at].value, fields[at].value)) return false;
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = flnet::as_text(flnet::ByteView(data, size));
  const auto flat = flnet::io::read_flat_yaml(text);
  if (!flat) return 0;
  const auto whole = flnet::io::read_yaml(text);
  if (!whole || !same(*flat, *whole)) std::abort();
  return 0;
}
