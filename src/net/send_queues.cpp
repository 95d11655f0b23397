// SPDX-License-Identifier: MIT OR Apache-2.0
// SendQueues: tries at once; what finds no room waits in order.
#include "net/send_queues.hpp"

namespace flnet::net {

void SendQueues::send(const NodeID& to, Message message) {
  Queue* const waiting = queues_.find(to);
  if (waiting == nullptr) {
    const auto sent = traffic_.try_send(to, message.view());
    if (sent) return;
    if (sent.error().code != ErrorCode::queue_full) return lose(to, sent.error());
  }
  Queue& queue = waiting == nullptr ? queues_[to] : *waiting;
  if (queue.messages.size() >= max_messages || queue.bytes + message.bytes.size() > max_bytes)
    return lose(to, {ErrorCode::queue_full, "the peer is slower than its messages come"});
  queue.bytes += message.bytes.size();
  queue.messages.push_back(std::move(message));
  if (waiting == nullptr) jobs_.add(drain(*this, to));
}

Task<> SendQueues::drain(SendQueues& self, NodeID to) {
  Queue& queue = *self.queues_.find(to);
  while (!queue.messages.empty()) {
    Message message = queue.messages.take_front();
    queue.bytes -= message.bytes.size();
    const auto sent = co_await self.traffic_.send(to, std::move(message));
    if (!sent) self.lose(to, sent.error());
  }
  self.queues_.erase(to);
}

}  // namespace flnet::net
