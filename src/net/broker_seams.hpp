// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerSeams: puts a node together from the WebSocket and WebRTC brokers of a user.
#pragma once

#include "net/broker_links.hpp"
#include "net/broker_outbox.hpp"
#include "net/broker_web_socket.hpp"
#include "net/network_parts.hpp"
#include "net/peer_traffic.hpp"

#include <flnet/broker.hpp>
#include <flnet/network_message.hpp>

#include <memory>
#include <vector>

namespace flnet::net {

/// The node's own broker carries NetworkMessage::WebSocket and WebRTC; links translate between it and the
/// user's two.
class BrokerSeams {
 public:
  using WebSocketBroker = Broker<WSClientMessage>;
  using WebRTCBroker = Broker<WebRTCConnMessage::Any>;

  BrokerSeams(Loop& loop, Broker<NetworkMessage> broker, const WebSocketBroker& web_socket,
              const WebRTCBroker& web_rtc);

  /// Parts that rest on `seams`.
  static NetworkParts parts(Loop& loop, std::shared_ptr<BrokerSeams> seams);
  /// What comes from the WebRTC broker waits while `traffic` holds much that nobody has taken. The seams are
  /// the ground of its network: they end right after it.
  void connect(PeerTraffic& traffic) { traffic_ = &traffic; }
  /// Asks the WebSocket's broker to close its socket.
  void close_web_socket();

 private:
  struct FromWebRTC;

  Broker<NetworkMessage> broker_;
  BrokerOutbox<NetworkMessage> outbox_;
  BrokerWebSocket web_socket_;
  BrokerLinks* links_ = nullptr;  ///< The traffic's.
  PeerTraffic* traffic_ = nullptr;
  std::vector<Registration> registrations_;  // Last: what they call uses everything above.
};

}  // namespace flnet::net
