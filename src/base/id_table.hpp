// SPDX-License-Identifier: MIT OR Apache-2.0
// IdTable: the hash table below IdMap, the same for values of all types.
#pragma once

#include <flnet/u256.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace flnet {

/// Finds nodes by their keys: U256 or std::uint64_t. It owns none of them. The order of a walk follows from
/// the keys and from what came before, and is the same on all platforms.
template <class Key>
class IdTable {
 public:
  struct Node {
    explicit Node(const Key& its_key) : key(its_key) {}
    const Key key;
    Node* next = nullptr;  ///< Of the same bucket.
  };

  Node* find(const Key& key) const;
  /// Of a key that is not there yet.
  void insert(Node& node);
  /// It is no longer in the table; null when there is none.
  Node* take(const Key& key);
  /// All nodes, chained by `next`; none is left.
  Node* take_all();
  std::size_t size() const { return size_; }

  // A walk; the table must not change meanwhile.
  Node* first() const { return first_from(0); }
  Node* after(const Node& node) const;

 private:
  std::size_t bucket_of(const Key& key) const;
  Node* first_from(std::size_t bucket) const;
  void grow();

  std::vector<Node*> buckets_;  ///< A power of two of them, or none.
  std::size_t size_ = 0;
};

extern template class IdTable<U256>;
extern template class IdTable<std::uint64_t>;

}  // namespace flnet
