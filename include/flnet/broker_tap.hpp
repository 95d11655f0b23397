// SPDX-License-Identifier: MIT OR Apache-2.0
// Tap: a queue of the messages of a broker that an application reads at its own pace.
#pragma once

#include <flnet/broker_core.hpp>
#include <flnet/broker_member.hpp>
#include <flnet/task.hpp>
#include <flnet/wait_list.hpp>

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace flnet {

namespace detail {

/// What a tap has not read yet. Bounded by the places that its parcels hold.
template <class Message>
class BrokerTapQueue final : public BrokerMember<Message> {
 public:
  using BrokerMember<Message>::BrokerMember;

  void take(const std::shared_ptr<BrokerParcel<Message>>& parcel) {
    parcels_.push_back(parcel);
    receivers_.wake_one();
  }
  /// What is there can still be read.
  void close() {
    closed_ = true;
    receivers_.wake_all();
  }
  std::size_t size() const { return parcels_.size(); }

  std::optional<Message> next() {
    if (parcels_.empty()) return std::nullopt;
    std::shared_ptr<BrokerParcel<Message>> parcel = std::move(parcels_.front());
    parcels_.pop_front();
    return message_of(parcel);
  }

  static Task<std::optional<Message>> receive(std::shared_ptr<BrokerTapQueue> queue) {
    while (queue->parcels_.empty() && !queue->closed_) {
      WaitList::Waiter turn(queue->receivers_);
      co_await turn;
    }
    co_return queue->next();
  }

 private:
  void leave(BrokerCore<Message>& core) override { core.taps.remove(this); }
  void drop() override {
    close();
    const auto unread = std::exchange(parcels_, {});
  }

  std::deque<std::shared_ptr<BrokerParcel<Message>>> parcels_;
  bool closed_ = false;
  WaitList receivers_;
};

}  // namespace detail

/// Gets what is emitted from the time it is made, and nothing of it is ever dropped: what a tap has not
/// read yet counts at the broker where it was emitted, which refuses more when its limit is reached (see
/// BrokerLimits). A tap that nobody reads any more must therefore be destroyed. On the broker's loop.
template <class Message>
class Tap {
 public:
  Tap(Tap&&) noexcept = default;
  Tap& operator=(Tap&&) noexcept = default;

  /// The next message, or nothing once the broker, or the tap, is gone and all is read. The task may
  /// outlive the tap. Several may wait: each message goes to one of them.
  Task<std::optional<Message>> recv() { return Queue::receive(queue_); }
  /// The next message, if there is one. Never blocks, never waits.
  std::optional<Message> try_next() { return queue_->next(); }
  /// Messages to read.
  std::size_t size() const { return queue_->size(); }

 private:
  template <class>
  friend class Broker;
  using Queue = detail::BrokerTapQueue<Message>;
  explicit Tap(std::shared_ptr<Queue> queue) : queue_(std::move(queue)), registration_(queue_) {}

  // Shared with the broker, and with the tasks of recv.
  std::shared_ptr<Queue> queue_;
  Registration registration_;
};

}  // namespace flnet
