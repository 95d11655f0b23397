// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeIDs: a list of nodes, with what applications do to lists of nodes.
#pragma once

#include <flnet/u256.hpp>

#include <cstddef>
#include <vector>

namespace flnet {

/// A vector of ids. The functions below keep the order of what stays, and cost O(n + m).
class NodeIDs : public std::vector<NodeID> {
 public:
  using std::vector<NodeID>::vector;

  /// `count` random ids, of nobody: for tests.
  static NodeIDs random(std::size_t count);

  bool contains(const NodeID& id) const;
  bool contains_any(const NodeIDs& others) const;
  bool contains_all(const NodeIDs& others) const;
  /// At most `count` ids from position `from` on; fewer where the list ends before.
  NodeIDs slice(std::size_t from, std::size_t count) const;
  /// Takes out what is not in `nodes`, and returns it.
  NodeIDs remove_missing(const NodeIDs& nodes);
  /// Takes out what is in `nodes`, and returns it.
  NodeIDs remove_existing(const NodeIDs& nodes);
  /// Appends those of `others` that are not there yet, each once.
  void merge(const NodeIDs& others);

 private:
  NodeIDs take_out(const NodeIDs& nodes, bool listed);
};

}  // namespace flnet
