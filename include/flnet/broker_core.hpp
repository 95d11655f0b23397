// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerCore: the queue of one broker, and the way of each message through its subsystems.
#pragma once

#include <flnet/broker_member.hpp>
#include <flnet/broker_node.hpp>
#include <flnet/result.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace flnet::detail {

/// What the handles of one broker share.
///
/// ```
///  emit, send ──┐                       ┌─ a translator wants it ──▶ the queues of other brokers
///  answers ─────┼─▶ queue ─▶ deliver() ─┤
///  other brokers┘     ▲                 └─ none does ─▶ taps, callbacks, handlers ─┐
///                     └──────────────────────── answers ──────────────────────────┘
/// ```
template <class Message>
class BrokerCore final : public BrokerNode, public std::enable_shared_from_this<BrokerCore<Message>> {
 public:
  using Parcel = BrokerParcel<Message>;
  using Parcels = std::vector<std::shared_ptr<Parcel>>;

  using BrokerNode::BrokerNode;
  ~BrokerCore() override {
    taps.for_each([](auto& tap) { tap.close(); });
    handlers.for_each([](auto& handler) { handler.forget(); });
    ledger()->senders().wake_all();
  }

  Result<> emit(Destination to, Message message) {
    if (!ledger()->has_room()) {
      ++counters().refused;
      return failure(ErrorCode::queue_full, "too many messages of this broker are unread");
    }
    enqueue({std::move(message), to, {}, {}, {}, BrokerPlace(ledger())});
    return {};
  }

  /// From a translator of the broker that is last on the trail.
  void forward(Message message, BrokerTrail trail, BrokerPlace place) {
    enqueue({std::move(message), Destination::All, std::move(trail), {}, {}, std::move(place)});
  }

  /// What a handler answers to a batch. Each answer takes a place where a message of the batch has one.
  void answer(const Parcels& batch, std::vector<Message> answers, std::uint64_t handler) {
    for (std::size_t i = 0; i < answers.size(); ++i) {
      std::optional<BrokerPlace> place = batch[i * batch.size() / answers.size()]->place.another();
      if (place) {
        enqueue({std::move(answers[i]), Destination::All, {}, handler, {}, std::move(*place)});
      } else {
        note_overrun();
      }
    }
  }

  /// Processes what is there, from the loop's ready queue.
  void schedule() {
    if (scheduled_) return;
    scheduled_ = true;
    next_call_ = loop().soon([this] { process(); });
  }
  std::uint64_t next_number() { return ++last_number_; }
  void handler_busy() { ++busy_handlers_; }
  void handler_rests() {
    --busy_handlers_;
    note_idle();
  }
  bool idle() const override { return queue_.empty() && busy_handlers_ == 0 && !processing_; }

  BrokerMembers<BrokerTranslator<Message>> translators;
  BrokerMembers<BrokerTapQueue<Message>> taps;
  BrokerMembers<BrokerCallback<Message>> callbacks;
  BrokerMembers<BrokerHandler<Message>> handlers;

 private:
  /// Other callbacks of the loop get their turn after so many messages.
  static constexpr int messages_per_call = 256;

  void enqueue(Parcel parcel) {
    parcel.number = next_number();
    queue_.push_back(std::make_shared<Parcel>(std::move(parcel)));
    schedule();
  }

  void process() {
    // Whom we call may drop the last handle of this broker.
    const auto self = this->shared_from_this();
    scheduled_ = false;
    processing_ = true;
    for (int i = 0; i < messages_per_call && !queue_.empty() && self.use_count() > 1; ++i) {
      const std::shared_ptr<Parcel> parcel = std::move(queue_.front());
      queue_.pop_front();
      deliver(parcel);
    }
    handlers.for_each([&](auto& handler) {
      if (self.use_count() > 1) handler.start();
    });
    processing_ = false;
    if (!queue_.empty()) schedule();
    note_idle();
  }

  void deliver(const std::shared_ptr<Parcel>& parcel) {
    const Destination to = parcel->to;
    const auto take = [&parcel](auto& member) {
      if (member.may_have(*parcel)) member.take(parcel);
    };
    if (to != Destination::Handled && translate(*parcel)) return;
    if (to == Destination::Forwarded) {
      ++counters().unclaimed;
      return;
    }
    if (to != Destination::NoTap) taps.for_each(take);
    callbacks.for_each(take);
    handlers.for_each(take);
  }

  /// To all who want it; true consumes it.
  bool translate(const Parcel& parcel) {
    bool wanted = false;
    translators.for_each([&](auto& translator) {
      if (translator.may_have(parcel) && translator.translate(parcel, *this)) wanted = true;
    });
    return wanted;
  }

  // Its parcels are shared with the taps and handlers that have not read them yet.
  std::deque<std::shared_ptr<Parcel>> queue_;
  std::uint64_t last_number_ = 0;
  std::size_t busy_handlers_ = 0;
  bool scheduled_ = false, processing_ = false;
  Deferred next_call_;
};

}  // namespace flnet::detail
