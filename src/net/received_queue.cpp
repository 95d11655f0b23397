// SPDX-License-Identifier: MIT OR Apache-2.0
// ReceivedQueue: what each message is charged, and when the peer has to know.
#include "net/received_queue.hpp"

#include <flnet/peer_connection.hpp>

#include <utility>

namespace flnet::net {
namespace {

std::size_t charge(std::size_t message_bytes) {
  return message_bytes + PeerConnectionLimits::message_overhead_bytes;
}

}  // namespace

bool ReceivedQueue::push(MessageView message) {
  const std::size_t bytes = charge(message.bytes.size());
  if (held_ + bytes > PeerConnectionLimits::receive_bytes) return false;
  held_ += bytes;
  messages_.push_back(Message::copy(message));
  return true;
}

std::optional<Message> ReceivedQueue::pop() {
  if (messages_.empty()) return std::nullopt;
  std::optional<Message> message(std::move(messages_.front()));
  messages_.pop_front();
  held_ -= charge(message->bytes.size());
  return message;
}

void ReceivedQueue::clear() {
  messages_.clear();
  held_ = 0;
}

std::optional<std::size_t> ReceivedQueue::news() {
  const std::size_t change = held_ > told_ ? held_ - told_ : told_ - held_;
  const bool emptied = held_ == 0 && told_ > 0;
  if (change < step_bytes && !emptied) return std::nullopt;
  told_ = held_;
  return held_;
}

}  // namespace flnet::net
