// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerWebSocketServer: a user's Broker<WSServerMessage> in the place of the server's WebSockets.
#pragma once

#include "io/web_socket_server.hpp"
#include "net/broker_outbox.hpp"

#include <flnet/broker.hpp>
#include <flnet/web_socket_message.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <unordered_map>

namespace flnet::net {

class BrokerWebSocketServer final : public io::WebSocketServer {
 public:
  /// `stopped` is called when the user's server says that it has. `sink` must outlive it.
  BrokerWebSocketServer(Loop& loop, Broker<WSServerMessage> sockets, io::WebSocketServerSink& sink,
                        std::function<void()> stopped);

  std::vector<SocketAddress> addresses() const override { return {}; }
  void send(io::WebSocketId id, std::string text) override;
  void ping(io::WebSocketId id) override;
  void close(io::WebSocketId id, std::string reason) override;
  const io::WebSocketServerCounters& counters() const override { return counters_; }

 private:
  void hear(const WSServerOutput::NewConnection& output);
  void hear(const WSServerOutput::Message& output);
  void hear(const WSServerOutput::Pong& output);
  void hear(const WSServerOutput::Disconnection& output);
  void hear(const WSServerOutput::Stopped& output);

  /// Pushes what `input` makes of the connection, if it is there.
  template <class Input>
  void push(io::WebSocketId id, Input input);
  void lose(io::WebSocketId id, Error reason);
  std::optional<io::WebSocketId> id_of(WSConnection connection) const;

  io::WebSocketServerSink& sink_;
  std::function<void()> stopped_;
  io::WebSocketServerCounters counters_;
  std::uint64_t last_id_ = 0;
  // A user's server may use a number again; our ids it may not see twice.
  std::unordered_map<WSConnection, io::WebSocketId> ids_;
  std::map<io::WebSocketId, WSConnection> connections_;
  Broker<WSServerMessage> sockets_;
  BrokerOutbox<WSServerMessage> outbox_;
  Registration outputs_;  // Last: it calls what is above.
};

}  // namespace flnet::net
