// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerNode: walks through linked brokers until none of them has anything to do.
#include <flnet/broker_node.hpp>

#include <flnet/log.hpp>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <coroutine>
#include <unordered_set>
#include <utility>

namespace flnet::detail {
namespace {

constexpr log::Topic topic{"flnet::broker"};

/// Unique in the process, because a trail may outlive the brokers on it.
BrokerID next_broker_id() {
  static std::atomic<std::uint64_t> last = 0;
  return BrokerID{++last};
}

}  // namespace

BrokerNode::BrokerNode(Loop& loop, BrokerLimits limits)
    : loop_(loop), id_(next_broker_id()), ledger_(std::make_shared<BrokerLedger>(limits)) {
  assert(limits.messages > 0 && limits.with_answers >= limits.messages);
}

void BrokerNode::add_neighbour(const std::shared_ptr<BrokerNode>& other) {
  // Brokers that went before their links did.
  std::erase_if(neighbours_, [](const Neighbour& neighbour) { return neighbour.node.expired(); });
  neighbours_.push_back({other->id_, other});
}

void BrokerNode::remove_neighbour(BrokerID other) {
  const auto found = std::ranges::find(neighbours_, other, &Neighbour::id);
  if (found != neighbours_.end()) neighbours_.erase(found);
}

void BrokerNode::note_idle() {
  if (idle()) settling_.wake_all();
}

void BrokerNode::note_overrun() {
  // Once is enough to look for the handlers that answer each other; the counter has the rest.
  if (counters_.overrun++ == 0) topic.warn("answers lost, because there are too many unread ones");
}

std::shared_ptr<BrokerNode> BrokerNode::first_busy(const std::shared_ptr<BrokerNode>& start) {
  std::vector<std::shared_ptr<BrokerNode>> to_visit{start};
  std::unordered_set<BrokerID> seen{start->id_};
  while (!to_visit.empty()) {
    const std::shared_ptr<BrokerNode> node = std::move(to_visit.back());
    to_visit.pop_back();
    if (!node->idle()) return node;
    for (const Neighbour& neighbour : node->neighbours_) {
      std::shared_ptr<BrokerNode> next = neighbour.node.lock();
      if (next && seen.insert(next->id_).second) to_visit.push_back(std::move(next));
    }
  }
  return nullptr;
}

/// Waits until a broker is idle or gone; keeps it alive until the wait has begun, and no longer.
class BrokerNode::Idle {
 public:
  explicit Idle(std::shared_ptr<BrokerNode> node) : node_(std::move(node)), waiter_(node_->settling_) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    waiter_.await_suspend(coroutine);
    node_.reset();
  }
  void await_resume() const noexcept {}

 private:
  // Shared with the broker's handles.
  std::shared_ptr<BrokerNode> node_;
  WaitList::Waiter waiter_;
};

Task<> BrokerNode::settle(std::weak_ptr<BrokerNode> start) {
  while (std::shared_ptr<BrokerNode> node = start.lock()) {
    std::shared_ptr<BrokerNode> busy = first_busy(node);
    node.reset();
    if (!busy) co_return;
    Idle turn(std::move(busy));
    co_await turn;
  }
}

}  // namespace flnet::detail
