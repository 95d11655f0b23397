// SPDX-License-Identifier: MIT OR Apache-2.0
// Keeps the announced nodes and writes their lists.
#include "protocol/signal_directory.hpp"

#include <cassert>
#include <string_view>
#include <utility>
#include <vector>

namespace flnet::protocol {
namespace {

constexpr std::array dialects{wire::Dialect::v0_7, wire::Dialect::v0_10};

constexpr std::size_t index_of(wire::Dialect dialect) {
  return std::to_underlying(dialect);
}
static_assert(index_of(wire::Dialect::v0_7) == 0 && index_of(wire::Dialect::v0_10) == 1);

}  // namespace

void SignalDirectory::add(const wire::ListedNode& node, ClientId client) {
  Node entry{client, {}};
  for (const wire::Dialect dialect : dialects) {
    std::string text = wire::encode_list_entry(node, dialect);
    entry_bytes_[index_of(dialect)] += text.size();
    entry.entries[index_of(dialect)] = std::move(text);
  }
  full_lists_ = {};
  [[maybe_unused]] const bool added = nodes_.emplace(node.info.id(), std::move(entry)).second;
  assert(added);
}

void SignalDirectory::remove(const NodeID& id) {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return;
  for (std::size_t i = 0; i < entry_bytes_.size(); ++i) entry_bytes_[i] -= found->second.entries[i].size();
  full_lists_ = {};
  nodes_.erase(found);
}

std::optional<ClientId> SignalDirectory::find(const NodeID& id) const {
  const auto found = nodes_.find(id);
  if (found == nodes_.end()) return std::nullopt;
  return found->second.client;
}

std::string SignalDirectory::list(const NodeID& reader, wire::Dialect dialect, Random& random) {
  const std::size_t index = index_of(dialect);
  if (!fits_one_list(index)) return part_list(reader, index, random);
  if (!full_lists_[index]) full_lists_[index] = full_list(index);
  return *full_lists_[index];
}

std::string SignalDirectory::full_list(std::size_t dialect) const {
  std::vector<std::string_view> entries;
  entries.reserve(nodes_.size());
  for (const auto& [id, node] : nodes_) entries.emplace_back(node.entries[dialect]);
  return wire::encode_list(entries);
}

std::string SignalDirectory::part_list(const NodeID& reader, std::size_t dialect, Random& random) const {
  const auto own = nodes_.find(reader);
  assert(own != nodes_.end());
  std::vector<std::string_view> entries{own->second.entries[dialect]};
  std::size_t bytes = entries.front().size();

  std::array<std::uint8_t, U256::size> start{};
  random.fill(start);
  auto at = nodes_.lower_bound(NodeID(start));
  for (std::size_t seen = 0; seen < nodes_.size() && entries.size() < limits_.nodes; ++seen, ++at) {
    if (at == nodes_.end()) at = nodes_.begin();
    if (at == own) continue;
    bytes += at->second.entries[dialect].size();
    if (bytes > limits_.bytes) break;
    entries.emplace_back(at->second.entries[dialect]);
  }
  return wire::encode_list(entries);
}

}  // namespace flnet::protocol
