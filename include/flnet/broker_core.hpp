// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerCore: the queue of one broker, and the way of each message through its subsystems.
#pragma once

#include <flnet/broker_member.hpp>
#include <flnet/broker_node.hpp>
#include <flnet/broker_parcel.hpp>
#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/ring.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace flnet::detail {

/// What the handles of one broker share.
///
/// ```
///  emit, send ──┐                       ┌─ a translator wants it ──▶ the queues of other brokers
///  answers ─────┼─▶ queue ─▶ deliver() ─┤
///  other brokers┘     ▲                 └─ none does ─▶ taps, callbacks, handlers ─┐
///                     └──────────────────────── answers ──────────────────────────┘
/// ```
///
/// It is the same for all messages: what knows their type is at its ends, in Broker, Tap and the others.
class BrokerCore final : public BrokerNode, public std::enable_shared_from_this<BrokerCore> {
 public:
  using BrokerNode::BrokerNode;
  ~BrokerCore() override;

  /// queue_full, counted, when no more may be emitted now.
  Result<> room();
  /// When there is room.
  void emit(std::shared_ptr<BrokerParcel> parcel, Destination to);
  /// From a translator of the broker that is last on the trail.
  void forward(std::shared_ptr<BrokerParcel> parcel, BrokerTrail trail, BrokerPlace place);
  /// What a handler answers to a batch. Each answer takes a place where a message of the batch has one.
  void answer(const BrokerParcels& batch, BrokerParcels answers, std::uint64_t handler);

  void add(std::shared_ptr<BrokerMember> member);
  void remove(const BrokerMember& member) { members(member.kind()).remove(member); }

  /// Processes what is there, from the loop's ready queue.
  void schedule();
  std::uint64_t next_number() { return ++last_number_; }
  void handler_busy() { ++busy_handlers_; }
  void handler_rests();
  bool idle() const override { return queue_.empty() && busy_handlers_ == 0 && !processing_; }

 private:
  BrokerMembers& members(BrokerKind kind) { return members_.at(static_cast<std::size_t>(kind)); }
  void enqueue(std::shared_ptr<BrokerParcel> parcel);
  void process();
  void deliver(const std::shared_ptr<BrokerParcel>& parcel);
  bool translate(const BrokerParcel& parcel);

  std::array<BrokerMembers, 4> members_;
  // Its parcels are shared with the taps and handlers that have not read them yet.
  Ring<std::shared_ptr<BrokerParcel>> queue_;
  std::uint64_t last_number_ = 0;
  std::size_t busy_handlers_ = 0;
  bool scheduled_ = false, processing_ = false;
  Deferred next_call_;
};

}  // namespace flnet::detail
