// SPDX-License-Identifier: MIT OR Apache-2.0
// ReplyQueue: bookkeeping of what waits for the application.
#include "net/reply_queue.hpp"

#include <utility>

namespace flnet::net {
namespace {

/// What a message in the queue costs beside its bytes, so that empty ones don't come free.
constexpr std::size_t message_overhead_bytes = 64;

std::size_t cost_of(MessageView message) {
  return message.bytes.size() + message_overhead_bytes;
}

}  // namespace

bool ReplyQueue::push_message(const NodeID& from, MessageView message) {
  const std::size_t cost = cost_of(message);
  if (held_total_ + cost > NetworkLimits::receive_bytes) return false;
  held_total_ += cost;
  held_[from] += cost;
  append(NetReply::RcvNodeMessage{from, Message::copy(message)});
  return true;
}

void ReplyQueue::push(NetReply::RcvWSUpdateList list) {
  if (auto* waiting = waiting_at<NetReply::RcvWSUpdateList>(list_)) {
    *waiting = std::move(list);
  } else {
    list_ = append(std::move(list));
  }
}

void ReplyQueue::push(NetReply::ConnectionState state) {
  Place& place = states_[static_cast<std::size_t>(state.direction)][state.id];
  if (auto* waiting = waiting_at<NetReply::ConnectionState>(place)) {
    *waiting = std::move(state);
  } else {
    place = append(std::move(state));
  }
}

void ReplyQueue::push(NetReply::MessagesLost lost) {
  Place& place = losses_[lost.peer];
  auto* waiting = waiting_at<NetReply::MessagesLost>(place);
  if (waiting != nullptr && waiting->reason == lost.reason) {
    waiting->count += lost.count;
  } else {
    place = append(std::move(lost));
  }
}

std::optional<NetReply::Any> ReplyQueue::pop() {
  if (replies_.empty()) return std::nullopt;
  NetReply::Any reply = replies_.take_front();
  ++first_;
  if (const auto* received = std::get_if<NetReply::RcvNodeMessage>(&reply)) {
    release(*received);
  } else if (const auto* state = std::get_if<NetReply::ConnectionState>(&reply)) {
    states_[static_cast<std::size_t>(state->direction)].erase(state->id);
  } else if (const auto* lost = std::get_if<NetReply::MessagesLost>(&reply)) {
    // A later loss of the same peer has taken the place over.
    if (const Place* place = losses_.find(lost->peer); place != nullptr && *place < first_)
      losses_.erase(lost->peer);
  }
  return reply;
}

void ReplyQueue::release(const NetReply::RcvNodeMessage& received) {
  const std::size_t cost = cost_of(received.message.view());
  held_total_ -= cost;
  std::size_t& held = held_[received.from];
  held -= cost;
  if (held == 0) held_.erase(received.from);
  if (roomy()) room_.notify();
}

ReplyQueue::Place ReplyQueue::append(NetReply::Any reply) {
  replies_.push_back(std::move(reply));
  ready_.notify();
  return first_ + replies_.size() - 1;
}

void ReplyQueue::close() {
  closed_ = true;
  ready_.notify();
  room_.notify();
}

std::size_t ReplyQueue::held_bytes(const NodeID& peer) const {
  const std::size_t* const held = held_.find(peer);
  return held == nullptr ? 0 : *held;
}

Task<> ReplyQueue::ready() {
  while (replies_.empty() && !closed_) {
    ready_.reset();
    co_await ready_.wait();
  }
}

Task<> ReplyQueue::room() {
  while (!roomy() && !closed_) {
    room_.reset();
    co_await room_.wait();
  }
}

}  // namespace flnet::net
