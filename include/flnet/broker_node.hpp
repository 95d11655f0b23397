// SPDX-License-Identifier: MIT OR Apache-2.0
// What brokers of all messages have in common: the ledger of places, the links, and when all is settled.
#pragma once

#include <flnet/broker_words.hpp>
#include <flnet/loop.hpp>
#include <flnet/task.hpp>
#include <flnet/wait_list.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace flnet::detail {

/// Counts what stems from messages emitted at one broker. Whoever emits there is held up by the slowest
/// reader of what it led to, however many brokers away; no broker ever waits for another one.
class BrokerLedger {
 public:
  explicit BrokerLedger(BrokerLimits limits) : limits_(limits) {}

  bool has_room() const { return used_ < limits_.messages; }
  bool has_room_for_answers() const { return used_ < limits_.with_answers; }
  std::size_t used() const { return used_; }
  /// Those who wait in `send`.
  WaitList& senders() { return senders_; }

 private:
  friend class BrokerPlace;
  void give_back() {
    --used_;
    if (has_room()) senders_.wake_one();
  }

  BrokerLimits limits_;
  std::size_t used_ = 0;
  WaitList senders_;
};

/// One message's entry in a ledger, for as long as somebody has to read it; or none.
class BrokerPlace {
 public:
  BrokerPlace() = default;
  explicit BrokerPlace(std::shared_ptr<BrokerLedger> ledger) : ledger_(std::move(ledger)) {
    ++ledger_->used_;
  }
  ~BrokerPlace() {
    if (ledger_) ledger_->give_back();
  }
  BrokerPlace(BrokerPlace&&) noexcept = default;
  BrokerPlace& operator=(BrokerPlace&& other) noexcept {
    std::swap(ledger_, other.ledger_);
    return *this;
  }

  /// For an answer or a translation: another place in the same ledger, if it has one.
  std::optional<BrokerPlace> another() const {
    if (!ledger_->has_room_for_answers()) return std::nullopt;
    return BrokerPlace(ledger_);
  }

 private:
  // Shared by the broker and all that was emitted there: a message may outlive its broker.
  std::shared_ptr<BrokerLedger> ledger_;
};

/// A broker as the others of its graph see it, whatever its messages are.
class BrokerNode {
 public:
  BrokerNode(Loop& loop, BrokerLimits limits);
  virtual ~BrokerNode() = default;
  BrokerNode(const BrokerNode&) = delete;
  BrokerNode& operator=(const BrokerNode&) = delete;

  Loop& loop() const { return loop_; }
  BrokerID id() const { return id_; }
  BrokerCounters& counters() { return counters_; }
  const std::shared_ptr<BrokerLedger>& ledger() const { return ledger_; }

  /// A link, in either direction. As many times as there are links.
  void add_neighbour(const std::shared_ptr<BrokerNode>& other);
  void remove_neighbour(BrokerID other);

  /// Nothing to process: unread taps don't count.
  virtual bool idle() const = 0;
  /// Wakes those who wait in `settle`, when it is idle.
  void note_idle();
  /// Something was lost at BrokerLimits::with_answers.
  void note_overrun();
  /// Completes when all brokers linked to it are idle at once, or when it is gone.
  static Task<> settle(std::weak_ptr<BrokerNode> start);

 private:
  class Idle;
  struct Neighbour {
    BrokerID id;
    std::weak_ptr<BrokerNode> node;
  };
  static std::shared_ptr<BrokerNode> first_busy(const std::shared_ptr<BrokerNode>& start);

  Loop& loop_;
  BrokerID id_;
  BrokerCounters counters_;
  // Shared with the places in it: see BrokerPlace.
  std::shared_ptr<BrokerLedger> ledger_;
  std::vector<Neighbour> neighbours_;
  WaitList settling_;
};

}  // namespace flnet::detail
