// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeIDs: lists of nodes as sets.
#include <flnet/node_ids.hpp>

#include <algorithm>
#include <unordered_set>

namespace flnet {
namespace {

using Set = std::unordered_set<NodeID>;

Set set_of(const NodeIDs& ids) {
  return {ids.begin(), ids.end()};
}

}  // namespace

NodeIDs NodeIDs::random(std::size_t count) {
  NodeIDs ids;
  while (ids.size() < count) ids.push_back(U256::random());
  return ids;
}

bool NodeIDs::contains(const NodeID& id) const {
  return std::ranges::find(*this, id) != end();
}

bool NodeIDs::contains_any(const NodeIDs& others) const {
  const Set set = set_of(*this);
  return std::ranges::any_of(others, [&set](const NodeID& id) { return set.contains(id); });
}

bool NodeIDs::contains_all(const NodeIDs& others) const {
  const Set set = set_of(*this);
  return std::ranges::all_of(others, [&set](const NodeID& id) { return set.contains(id); });
}

NodeIDs NodeIDs::slice(std::size_t from, std::size_t count) const {
  const std::size_t first = std::min(from, size());
  const auto start = begin() + static_cast<difference_type>(first);
  return {start, start + static_cast<difference_type>(std::min(count, size() - first))};
}

NodeIDs NodeIDs::remove_missing(const NodeIDs& nodes) {
  return take_out(nodes, false);
}

NodeIDs NodeIDs::remove_existing(const NodeIDs& nodes) {
  return take_out(nodes, true);
}

NodeIDs NodeIDs::take_out(const NodeIDs& nodes, bool listed) {
  const Set set = set_of(nodes);
  NodeIDs taken;
  std::erase_if(*this, [&](const NodeID& id) {
    if (set.contains(id) != listed) return false;
    taken.push_back(id);
    return true;
  });
  return taken;
}

void NodeIDs::merge(const NodeIDs& others) {
  Set set = set_of(*this);
  for (const NodeID& id : others)
    if (set.insert(id).second) push_back(id);
}

}  // namespace flnet
