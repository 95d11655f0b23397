// SPDX-License-Identifier: MIT OR Apache-2.0
// NetworkBroker: a node as a broker, to be linked to an application's modules.
#pragma once

#include <flnet/broker.hpp>
#include <flnet/connection_config.hpp>
#include <flnet/loop.hpp>
#include <flnet/network.hpp>
#include <flnet/network_message.hpp>
#include <flnet/node_info.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <memory>

namespace flnet {

/// A running node whose calls and replies are the messages of its broker: emit NetCall, receive NetReply.
/// All on one loop. Destroying it closes everything at once; `close` delivers first. The broker itself lives
/// as long as somebody has a handle of it.
///
/// While the broker has no room for a reply, peers are slowed down. A message that can't be sent comes back
/// as NetReply::MessagesLost.
class NetworkBroker {
 public:
  /// A node over brokers of the user's own: `web_socket` leads to a signalling server, `web_rtc` to peers.
  /// NetworkMessage's WebSocket and WebRTC variants are translated to and from them. The WebSocket counts as
  /// open; its next Challenge starts the announcement. Nothing is waited for.
  static NetworkBroker start(NodeConfig config, const Broker<WSClientMessage>& web_socket,
                             const Broker<WebRTCConnMessage::Any>& web_rtc, Loop& loop = Loop::current());

  NetworkBroker(NetworkBroker&&) noexcept;
  NetworkBroker& operator=(NetworkBroker&&) noexcept;
  ~NetworkBroker();

  const Broker<NetworkMessage>& broker() const;
  const NodeInfo& info() const;
  NodeID id() const { return info().id(); }

  /// As Network::close, for all calls that the broker has taken. timed_out when something was not delivered.
  Task<Result<>> close();

  /// What it is made of; complete inside flnet only.
  struct State;
  explicit NetworkBroker(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

/// As network_start, for those who link brokers. What is replied before, the first list among it, is emitted
/// after the present callback of the loop: a tap that is made right after the `co_await` gets it.
Task<Result<NetworkBroker>> network_broker_start(NodeConfig config, ConnectionConfig connection);

/// A Network over brokers of the user's own, see NetworkBroker::start; waits for the first list, as the
/// other network_start does.
Task<Result<Network>> network_start(NodeConfig config, Broker<WSClientMessage> web_socket,
                                    Broker<WebRTCConnMessage::Any> web_rtc);

}  // namespace flnet
