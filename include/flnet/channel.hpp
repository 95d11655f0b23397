// SPDX-License-Identifier: MIT OR Apache-2.0
// Channel: a bounded queue between coroutines of one loop.
#pragma once

#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <cstddef>
#include <deque>
#include <optional>

namespace flnet {

/// A bounded queue: many senders, many receivers, one loop. Closing lets receivers empty it first.
template <class T>
class Channel {
 public:
  /// `capacity` > 0.
  explicit Channel(std::size_t capacity);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  /// queue_full or closed when it can't be taken now.
  Result<> try_send(T value);
  /// Waits for room; closed when the channel closes first.
  Task<Result<>> send(T value);
  std::optional<T> try_recv();
  /// The next value, or nothing once the channel is closed and empty.
  Task<std::optional<T>> recv();
  void close();
  bool closed() const;
  std::size_t size() const;
  // Members are the implementer's.
};

}  // namespace flnet
