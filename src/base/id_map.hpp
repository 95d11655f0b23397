// SPDX-License-Identifier: MIT OR Apache-2.0
// IdMap: what is known by a node's id, or by a number that is never given twice.
#pragma once

#include "base/id_table.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace flnet {

/// A hash map whose code is little for each type of values: as WASM a std::unordered_map is a kilobyte each.
/// The order of its entries is the same on all platforms. `Key` is U256 or an enum of 64 bits. Entries stay
/// where they are in memory. Peers may choose their ids: whoever keys a map by ids bounds it.
template <class Key, class Value>
class IdMap {
  using TableKey = std::conditional_t<std::is_enum_v<Key>, std::uint64_t, U256>;
  using Table = IdTable<TableKey>;
  struct Entry final : Table::Node {
    template <class... Parts>
    explicit Entry(const TableKey& its_key, Parts&&... parts)
        : Table::Node(its_key), value(std::forward<Parts>(parts)...) {}
    Value value;
  };

 public:
  IdMap() = default;
  IdMap(IdMap&& other) noexcept : table_(std::exchange(other.table_, {})) {}
  IdMap& operator=(IdMap&& other) noexcept {
    std::swap(table_, other.table_);
    other.clear();
    return *this;
  }
  ~IdMap() { clear(); }

  std::size_t size() const { return table_.size(); }
  bool empty() const { return table_.size() == 0; }
  bool contains(const Key& key) const { return table_.find(table_key(key)) != nullptr; }

  /// Null when there is none.
  Value* find(const Key& key) { return value_of(table_.find(table_key(key))); }
  const Value* find(const Key& key) const { return value_of(table_.find(table_key(key))); }
  /// Makes one where there is none.
  Value& operator[](const Key& key) {
    Value* const found = find(key);
    return found != nullptr ? *found : emplace(key);
  }
  /// For a key that is not there yet.
  template <class... Parts>
  Value& emplace(const Key& key, Parts&&... parts) {
    auto entry = std::make_unique<Entry>(table_key(key), std::forward<Parts>(parts)...);
    table_.insert(*entry);
    return entry.release()->value;
  }
  /// The value dies when the map is whole again: its destructor may come back to us.
  bool erase(const Key& key) {
    const std::unique_ptr<Entry> entry(entry_of(table_.take(table_key(key))));
    return entry != nullptr;
  }
  void clear() {
    for (typename Table::Node* node = table_.take_all(); node != nullptr;) {
      const std::unique_ptr<Entry> entry(entry_of(node));
      node = node->next;
    }
  }

  /// Over pairs of a key and a reference to its value. The map must not change meanwhile.
  template <bool is_const>
  class Iterator {
   public:
    using Table = const IdMap::Table;
    using Reference = std::pair<Key, std::conditional_t<is_const, const Value&, Value&>>;
    Iterator(const Table& table, Table::Node* node) : table_(&table), node_(node) {}
    Reference operator*() const { return {Key{node_->key}, entry_of(node_)->value}; }
    Iterator& operator++() {
      node_ = table_->after(*node_);
      return *this;
    }
    bool operator==(const Iterator& other) const { return node_ == other.node_; }

   private:
    const Table* table_;
    Table::Node* node_;
  };
  Iterator<false> begin() { return {table_, table_.first()}; }
  Iterator<false> end() { return {table_, nullptr}; }
  Iterator<true> begin() const { return {table_, table_.first()}; }
  Iterator<true> end() const { return {table_, nullptr}; }

 private:
  static TableKey table_key(const Key& key) {
    if constexpr (std::is_enum_v<Key>) {
      return std::to_underlying(key);
    } else {
      return key;
    }
  }
  static Entry* entry_of(typename Table::Node* node) { return static_cast<Entry*>(node); }
  static Value* value_of(typename Table::Node* node) {
    return node == nullptr ? nullptr : &entry_of(node)->value;
  }

  Table table_;  // Its nodes are ours.
};

}  // namespace flnet
