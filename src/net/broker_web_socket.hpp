// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerWebSocket: a user's Broker<WSClientMessage> in the place of the WebSocket to the signalling server.
#pragma once

#include "io/web_socket_client.hpp"
#include "net/broker_outbox.hpp"
#include "net/network_parts.hpp"

#include <flnet/network_message.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace flnet::net {

/// The socket outlives the clients that are opened on it: a client that signalling leaves is just not heard
/// any more, and the next one hears what comes then.
///
/// When the first client comes, the socket counts as open, as FLNet's does when it is handed over; from then
/// on Connected and Disconnected say so. The server speaks first, maybe before signalling is back.
class BrokerWebSocket {
 public:
  /// What goes out is pushed as NetworkMessage. Both must outlive it.
  BrokerWebSocket(Loop& loop, BrokerOutbox<NetworkMessage>& outbox) : loop_(loop), outbox_(outbox) {}
  BrokerWebSocket(const BrokerWebSocket&) = delete;
  BrokerWebSocket& operator=(const BrokerWebSocket&) = delete;

  std::unique_ptr<io::WebSocketClient> open(io::WebSocketClientSink& sink);
  void take(const WSClientOutput::Any& output);

 private:
  static constexpr std::size_t max_early = 16;
  class Client;
  void hear(const WSClientOutput::Connected& output);
  void hear(const WSClientOutput::Message& output);
  void hear(const WSClientOutput::Disconnected& output);
  void hear(const WSClientOutput::Error& output);

  Loop& loop_;
  BrokerOutbox<NetworkMessage>& outbox_;
  Client* client_ = nullptr;  ///< The one that signalling uses now.
  bool up_ = true;
  std::vector<std::string> early_;  ///< Came on the present socket while no client was open.
};

}  // namespace flnet::net
