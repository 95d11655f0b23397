// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerLinks: a user's Broker<WebRTCConnMessage> in the place of the links that flnet makes itself.
#pragma once

#include "net/broker_outbox.hpp"
#include "net/links.hpp"

#include <flnet/network.hpp>
#include <flnet/network_message.hpp>

#include <unordered_set>

namespace flnet::net {

/// Its messages are raw text and binary: how a peer wants them is the business of whoever sends them.
class BrokerLinks final : public Links {
 public:
  /// What goes out is pushed as NetworkMessage. Both must outlive it.
  BrokerLinks(const NodeID& self, BrokerOutbox<NetworkMessage>& outbox, LinksSink& sink)
      : self_(self), outbox_(outbox), sink_(sink) {}

  void take(const WebRTCConnMessage::OutputNC& output);
  /// The outbox has room again.
  void has_room();

  void listed(std::vector<wire::ListedNode> nodes) override;
  void setup(PeerInfo info) override;
  void connect(const NodeID& peer) override;
  void disconnect(const NodeID& peer) override;
  Result<> try_send(const NodeID& to, MessageView message) override;
  /// Nothing: who brings messages through a broker is slowed down by the broker's limit.
  void set_held_bytes(const NodeID&, std::size_t) override {}
  void report_states(const std::optional<NodeID>& peer) override;

  bool connected(const NodeID& peer) const override { return connected_.contains(peer); }
  NodeIDs peers() const override { return {known_.begin(), known_.end()}; }
  bool drained() const override { return outbox_.empty(); }
  bool closing() const override { return !outbox_.empty(); }

 private:
  void hear(const NodeID& peer, const NCOutput::Connected& output);
  void hear(const NodeID& peer, const NCOutput::Disconnected& output);
  void hear(const NodeID& peer, const NCOutput::Received& output);
  void hear(const NodeID& peer, const NCOutput::State& output);
  void hear(const NodeID& peer, const NCOutput::Setup& output);
  void hear(const NodeID& peer, const NCOutput::MessagesLost& output);
  void push(const NodeID& peer, NCInput::Any input);

  NodeID self_;
  BrokerOutbox<NetworkMessage>& outbox_;
  LinksSink& sink_;
  std::unordered_set<NodeID> known_;  ///< Those that something was asked of, or that said something.
  std::unordered_set<NodeID> connected_;
  std::unordered_set<NodeID> blocked_;  ///< Messages to them found no room.
};

}  // namespace flnet::net
