// SPDX-License-Identifier: MIT OR Apache-2.0
// Which of the chat's messages go to the node, and which of the node's and the clock's come from there.
#include "chat.hpp"

#include "room.hpp"

#include <optional>
#include <utility>

namespace chat {
namespace {

using flnet::NetworkMessage;

std::optional<NetworkMessage> to_node(const ChatMessage& message) {
  const auto* call = std::get_if<flnet::NetCall::Any>(&message);
  return call == nullptr ? std::nullopt : std::optional<NetworkMessage>(*call);
}

std::optional<ChatMessage> from_node(const NetworkMessage& message) {
  const auto* reply = std::get_if<flnet::NetReply::Any>(&message);
  return reply == nullptr ? std::nullopt : std::optional<ChatMessage>(*reply);
}

std::optional<ChatMessage> from_clock(const flnet::TimerMessage& tick) {
  return ChatMessage(tick);
}

}  // namespace

Chat::Chat(const flnet::NodeInfo& self, flnet::Broker<ChatMessage> broker) : broker_(std::move(broker)) {
  registrations_.push_back(broker_.add_handler(Room(self)));
}

void Chat::link_node(const flnet::Broker<NetworkMessage>& node) {
  registrations_.push_back(broker_.link(node, to_node, from_node));
}

void Chat::link_clock(const flnet::Broker<flnet::TimerMessage>& clock) {
  registrations_.push_back(clock.add_translator(broker_, from_clock));
}

}  // namespace chat
