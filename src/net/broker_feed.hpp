// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerFeed: what waits, in order and bounded, until a broker has room for it.
#pragma once

#include <flnet/broker.hpp>
#include <flnet/event.hpp>
#include <flnet/job_set.hpp>
#include <flnet/ring.hpp>
#include <flnet/task.hpp>

#include <cstddef>
#include <utility>

namespace flnet::net {

/// Limits for a broker that holds `messages`; answers are few there.
inline BrokerLimits broker_limits(std::size_t messages) {
  return {.messages = messages, .with_answers = 4 * messages};
}

/// Emits nothing before `open`: whoever makes a broker can first hand it to its readers.
template <class Message>
class BrokerFeed {
 public:
  BrokerFeed(Broker<Message> broker, Loop& loop, std::size_t limit_bytes)
      : broker_(std::move(broker)), limit_bytes_(limit_bytes), job_(loop) {
    job_.add(pass_on(*this));
  }

  void open() { opened_.notify(); }
  bool empty() const { return waiting_.empty(); }
  /// False when the message, of `bytes` and an overhead, would go above the limit: it is not taken.
  bool push(Message message, std::size_t bytes) {
    if (waiting_bytes_ + bytes + overhead_bytes > limit_bytes_) return false;
    add(std::move(message), bytes + overhead_bytes);
    return true;
  }
  /// Above the limit, too: for what the caller bounds in another way.
  void push_always(Message message) { add(std::move(message), overhead_bytes); }

 private:
  static constexpr std::size_t overhead_bytes = 64;
  struct Waiting {
    Message message;
    std::size_t bytes;
  };

  void add(Message message, std::size_t bytes) {
    waiting_.push_back({std::move(message), bytes});
    waiting_bytes_ += bytes;
    news_.notify();
  }

  static Task<> pass_on(BrokerFeed& feed) {
    co_await feed.opened_.wait();
    while (true) {
      while (feed.waiting_.empty()) {
        feed.news_.reset();
        co_await feed.news_.wait();
      }
      Waiting next = feed.waiting_.take_front();
      feed.waiting_bytes_ -= next.bytes;
      // It only fails when the broker is gone, of which this object holds a handle.
      [[maybe_unused]] const Result<> sent = co_await feed.broker_.send(std::move(next.message));
    }
  }

  Broker<Message> broker_;
  std::size_t limit_bytes_;
  std::size_t waiting_bytes_ = 0;
  Ring<Waiting> waiting_;
  Event opened_, news_;
  JobSet job_;  // Last: its task uses everything above.
};

}  // namespace flnet::net
