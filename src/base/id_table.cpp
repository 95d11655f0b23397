// SPDX-License-Identifier: MIT OR Apache-2.0
// IdTable: chains in buckets, as many as there are nodes.
#include "base/id_table.hpp"

#include "base/byte_io.hpp"

#include <bit>
#include <utility>

namespace flnet {
namespace {

constexpr std::size_t first_buckets = 8;
/// 2^64 by the golden ratio: multiples of it spread over all of the upper bits (Knuth, vol. 3, 6.4).
constexpr std::uint64_t spread = 0x9e37'79b9'7f4a'7c15;

std::uint64_t hash_of(std::uint64_t key) {
  return key * spread;
}
std::uint64_t hash_of(const U256& key) {
  std::uint64_t hash = 0;
  for (std::size_t at = 0; at < key.bytes().size(); at += 8)
    hash = (std::rotl(hash, 23) ^ load_u64(key.bytes().data() + at)) * spread;
  return hash;
}

}  // namespace

template <class Key>
std::size_t IdTable<Key>::bucket_of(const Key& key) const {
  const int bits = std::countr_zero(buckets_.size());
  return static_cast<std::size_t>(hash_of(key) >> (64 - bits));
}

template <class Key>
IdTable<Key>::Node* IdTable<Key>::find(const Key& key) const {
  if (size_ == 0) return nullptr;
  Node* node = buckets_[bucket_of(key)];
  while (node != nullptr && !(node->key == key)) node = node->next;
  return node;
}

template <class Key>
void IdTable<Key>::insert(Node& node) {
  if (size_ == buckets_.size()) grow();
  Node*& bucket = buckets_[bucket_of(node.key)];
  node.next = std::exchange(bucket, &node);
  ++size_;
}

template <class Key>
IdTable<Key>::Node* IdTable<Key>::take(const Key& key) {
  if (size_ == 0) return nullptr;
  Node** place = &buckets_[bucket_of(key)];
  while (*place != nullptr && !((*place)->key == key)) place = &(*place)->next;
  Node* const node = *place;
  if (node == nullptr) return nullptr;
  *place = node->next;
  --size_;
  return node;
}

template <class Key>
IdTable<Key>::Node* IdTable<Key>::take_all() {
  Node* all = nullptr;
  for (Node* node : std::exchange(buckets_, {})) {
    while (node != nullptr) {
      Node* const next = node->next;
      node->next = std::exchange(all, node);
      node = next;
    }
  }
  size_ = 0;
  return all;
}

template <class Key>
IdTable<Key>::Node* IdTable<Key>::after(const Node& node) const {
  return node.next != nullptr ? node.next : first_from(bucket_of(node.key) + 1);
}

template <class Key>
IdTable<Key>::Node* IdTable<Key>::first_from(std::size_t bucket) const {
  while (bucket < buckets_.size() && buckets_[bucket] == nullptr) ++bucket;
  return bucket < buckets_.size() ? buckets_[bucket] : nullptr;
}

template <class Key>
void IdTable<Key>::grow() {
  std::vector<Node*> old(buckets_.empty() ? first_buckets : 2 * buckets_.size());
  old.swap(buckets_);
  for (Node* node : old) {
    while (node != nullptr) {
      Node* const next = node->next;
      node->next = std::exchange(buckets_[bucket_of(node->key)], node);
      node = next;
    }
  }
}

template class IdTable<U256>;
template class IdTable<std::uint64_t>;

}  // namespace flnet
