// SPDX-License-Identifier: MIT OR Apache-2.0
// Channel: a bounded queue between coroutines of one loop.
#pragma once

#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/ring.hpp>
#include <flnet/task.hpp>
#include <flnet/wait_list.hpp>

#include <cassert>
#include <cstddef>
#include <optional>
#include <utility>

namespace flnet {

/// A bounded queue: many senders, many receivers, one loop. Closing lets receivers empty it first; who
/// waits for a channel that is destroyed is told that it is closed.
template <class T>
class Channel {
 public:
  /// `capacity` > 0.
  explicit Channel(std::size_t capacity) : capacity_(capacity) { assert(capacity > 0); }
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
  bool closed() const { return closed_; }
  std::size_t size() const { return values_.size(); }

 private:
  static std::unexpected<Error> closed_failure() {
    return failure(ErrorCode::closed, "the channel is closed");
  }

  std::size_t capacity_;
  Ring<T> values_;
  bool closed_ = false;
  WaitList receivers_, senders_;
};

template <class T>
Result<> Channel<T>::try_send(T value) {
  if (closed_) return closed_failure();
  if (values_.size() >= capacity_) return failure(ErrorCode::queue_full, "the channel is full");
  values_.push_back(std::move(value));
  receivers_.wake_one();
  return {};
}

template <class T>
Task<Result<>> Channel<T>::send(T value) {
  while (!closed_ && values_.size() >= capacity_) {
    WaitList::Waiter turn(senders_);
    const bool alive = co_await turn;
    if (!alive) co_return closed_failure();
  }
  co_return try_send(std::move(value));
}

template <class T>
std::optional<T> Channel<T>::try_recv() {
  if (values_.empty()) return std::nullopt;
  std::optional<T> value(values_.take_front());
  senders_.wake_one();
  return value;
}

template <class T>
Task<std::optional<T>> Channel<T>::recv() {
  while (!closed_ && values_.empty()) {
    WaitList::Waiter turn(receivers_);
    const bool alive = co_await turn;
    if (!alive) co_return std::nullopt;
  }
  co_return try_recv();
}

template <class T>
void Channel<T>::close() {
  closed_ = true;
  receivers_.wake_all();
  senders_.wake_all();
}

}  // namespace flnet
