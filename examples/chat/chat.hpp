// SPDX-License-Identifier: MIT OR Apache-2.0
// Chat: the module; a broker with a Room on it, to be linked to a node, a clock and whoever plays the user.
#pragma once

#include "chat_words.hpp"

#include <flnet/broker.hpp>
#include <flnet/network_message.hpp>
#include <flnet/node_info.hpp>
#include <flnet/timer_broker.hpp>

#include <vector>

namespace chat {

/// Emit Wish, receive News. Without a clock it neither sees who comes and goes, nor that signalling is lost.
class Chat {
 public:
  explicit Chat(const flnet::NodeInfo& self,
                flnet::Broker<ChatMessage> broker = flnet::Broker<ChatMessage>());

  const flnet::Broker<ChatMessage>& broker() const { return broker_; }

  /// The node's replies come in, our calls go out. Before the node's first list is delivered.
  void link_node(const flnet::Broker<flnet::NetworkMessage>& node);
  void link_clock(const flnet::Broker<flnet::TimerMessage>& clock);

 private:
  flnet::Broker<ChatMessage> broker_;
  std::vector<flnet::Registration> registrations_;
};

}  // namespace chat
