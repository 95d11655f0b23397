// SPDX-License-Identifier: MIT OR Apache-2.0
// ReceivedQueue: messages in, messages out.
#include "net/received_queue.hpp"

#include <utility>

namespace flnet::net {

bool ReceivedQueue::push(MessageView message) {
  if (!held_->take(HeldBytes::charge(message))) return false;
  messages_.push_back(Message::copy(message));
  return true;
}

std::optional<Message> ReceivedQueue::pop() {
  if (messages_.empty()) return std::nullopt;
  std::optional<Message> message(messages_.take_front());
  held_->give_back(HeldBytes::charge(message->view()));
  return message;
}

void ReceivedQueue::clear() {
  while (!messages_.empty()) held_->give_back(HeldBytes::charge(messages_.take_front().view()));
}

}  // namespace flnet::net
