// SPDX-License-Identifier: MIT OR Apache-2.0
// Tap: a queue of the messages of a broker that an application reads at its own pace.
#pragma once

#include <flnet/broker_core.hpp>
#include <flnet/broker_member.hpp>
#include <flnet/broker_parcel.hpp>
#include <flnet/ring.hpp>
#include <flnet/task.hpp>
#include <flnet/wait_list.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace flnet {

namespace detail {

/// What a tap has not read yet. Bounded by the places that its parcels hold.
class BrokerTapQueue final : public BrokerMember {
 public:
  explicit BrokerTapQueue(BrokerCore& core) : BrokerMember(core, BrokerKind::tap) {}

  void take(const std::shared_ptr<BrokerParcel>& parcel) override;
  /// What is there can still be read.
  void forget() override;
  std::size_t size() const { return parcels_.size(); }

  /// Null when there is none.
  std::shared_ptr<BrokerParcel> next();
  /// Whether the next one may still come. Then whoever waits here is woken.
  bool has_to_wait() const { return parcels_.empty() && !closed_; }
  WaitList& receivers() { return receivers_; }

 private:
  void drop() override;

  Ring<std::shared_ptr<BrokerParcel>> parcels_;
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
  Task<std::optional<Message>> recv() { return receive(queue_); }
  /// The next message, if there is one. Never blocks, never waits.
  std::optional<Message> try_next() { return next_of(*queue_); }
  /// Messages to read.
  std::size_t size() const { return queue_->size(); }

 private:
  template <class>
  friend class Broker;
  using Queue = detail::BrokerTapQueue;
  explicit Tap(std::shared_ptr<Queue> queue) : queue_(std::move(queue)), registration_(queue_) {}

  static Task<std::optional<Message>> receive(std::shared_ptr<Queue> queue) {
    while (queue->has_to_wait()) {
      WaitList::Waiter turn(queue->receivers());
      co_await turn;
    }
    co_return next_of(*queue);
  }
  static std::optional<Message> next_of(Queue& queue) {
    const std::shared_ptr<detail::BrokerParcel> parcel = queue.next();
    if (!parcel) return std::nullopt;
    return detail::message_of<Message>(parcel);
  }

  // Shared with the broker, and with the tasks of recv.
  std::shared_ptr<Queue> queue_;
  Registration registration_;
};

}  // namespace flnet
