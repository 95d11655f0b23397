// SPDX-License-Identifier: MIT OR Apache-2.0
// FifoDeadlines: deadlines that all lie the same span ahead when they are set, so that the queue is sorted
// by itself and everything costs O(1).
#pragma once

#include <flnet/time.hpp>

#include <list>
#include <optional>
#include <utility>

namespace flnet::protocol {

template <class Key>
class FifoDeadlines {
 public:
  struct Entry {
    Time when;
    Key key;
  };
  using Handle = typename std::list<Entry>::iterator;

  explicit FifoDeadlines(Duration span) : span_(span) {}

  Handle add(Key key, Time now) {
    return entries_.insert(entries_.end(), Entry{now + span_, std::move(key)});
  }
  /// Sets the deadline anew.
  void renew(Handle handle, Time now) {
    handle->when = now + span_;
    entries_.splice(entries_.end(), entries_, handle);
  }
  void remove(Handle handle) { entries_.erase(handle); }

  std::optional<Time> earliest() const {
    return entries_.empty() ? std::nullopt : std::optional(entries_.front().when);
  }
  /// The key whose deadline has passed longest ago, if any has. It stays until it is renewed or removed.
  const Key* due(Time now) const {
    return entries_.empty() || now < entries_.front().when ? nullptr : &entries_.front().key;
  }
  bool empty() const { return entries_.empty(); }

 private:
  Duration span_;
  std::list<Entry> entries_;
};

}  // namespace flnet::protocol
