// SPDX-License-Identifier: MIT OR Apache-2.0
// ReplyQueue: bookkeeping of what waits for the application.
#include "net/reply_queue.hpp"

#include <algorithm>

namespace flnet::net {

bool ReplyQueue::push_message(const NodeID& from, MessageView message) {
  if (held_total_ + message.bytes.size() > NetworkLimits::receive_bytes) return false;
  held_total_ += message.bytes.size();
  held_[from] += message.bytes.size();
  replies_.emplace_back(NetReply::RcvNodeMessage{from, Message::copy(message)});
  wake();
  return true;
}

void ReplyQueue::push(NetReply::Any reply) {
  if (std::holds_alternative<NetReply::RcvWSUpdateList>(reply)) {
    const auto older = std::ranges::find_if(replies_, [](const NetReply::Any& waiting) {
      return std::holds_alternative<NetReply::RcvWSUpdateList>(waiting);
    });
    if (older != replies_.end()) {
      *older = std::move(reply);
      return;
    }
  }
  replies_.push_back(std::move(reply));
  wake();
}

std::optional<NetReply::Any> ReplyQueue::pop() {
  if (replies_.empty()) return std::nullopt;
  NetReply::Any reply = std::move(replies_.front());
  replies_.pop_front();
  if (const auto* received = std::get_if<NetReply::RcvNodeMessage>(&reply)) {
    const std::size_t size = received->message.bytes.size();
    held_total_ -= size;
    const auto held = held_.find(received->from);
    held->second -= size;
    if (held->second == 0) held_.erase(held);
  }
  return reply;
}

void ReplyQueue::close() {
  closed_ = true;
  wake();
}

std::size_t ReplyQueue::held_bytes(const NodeID& peer) const {
  const auto held = held_.find(peer);
  return held == held_.end() ? 0 : held->second;
}

Task<> ReplyQueue::ready() {
  while (replies_.empty() && !closed_) {
    ready_.reset();
    co_await ready_.wait();
  }
}

void ReplyQueue::wake() {
  ready_.notify();
}

}  // namespace flnet::net
