// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerOutbox: what is on its way to a broker that has no room for it right now.
#pragma once

#include <flnet/broker.hpp>
#include <flnet/job_set.hpp>
#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/ring.hpp>

#include <cstddef>
#include <functional>
#include <utility>

namespace flnet::net {

/// Emits in order: at once, or as soon as the broker has room. The broker must outlive it.
template <class Message>
class BrokerOutbox {
 public:
  /// What waits at most; beyond, `push` says queue_full.
  static constexpr std::size_t max_messages = 1024;

  /// `has_room` is called when `push` may take something again after a queue_full.
  BrokerOutbox(
      Loop& loop, const Broker<Message>& broker, std::function<void()> has_room = [] {})
      : broker_(broker), has_room_(std::move(has_room)), jobs_(loop) {}

  Result<> push(Message message) {
    if (waiting_.empty() && broker_.emit(message)) return {};
    if (waiting_.size() >= max_messages) {
      refused_ = true;
      return failure(ErrorCode::queue_full, "too much waits for the broker");
    }
    waiting_.push_back(std::move(message));
    if (waiting_.size() == 1) jobs_.add(drain(*this));
    return {};
  }

  bool empty() const { return waiting_.empty(); }

 private:
  static Task<> drain(BrokerOutbox& self) {
    while (!self.waiting_.empty()) {
      if (!co_await self.broker_.send(self.waiting_.front())) co_return;  // The broker is gone.
      self.waiting_.pop_front();
      if (self.waiting_.size() <= max_messages / 2 && std::exchange(self.refused_, false)) self.has_room_();
    }
  }

  const Broker<Message>& broker_;
  std::function<void()> has_room_;
  Ring<Message> waiting_;
  bool refused_ = false;
  JobSet jobs_;  // Last: its tasks use everything above.
};

}  // namespace flnet::net
