// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerWebSocketServer: words of the broker on one side, a WebSocketServer on the other.
#include "net/broker_web_socket_server.hpp"

#include <flnet/log.hpp>

#include <utility>

namespace flnet::net {
namespace {

constexpr log::Topic topic{"flnet::web_socket_server"};

}  // namespace

BrokerWebSocketServer::BrokerWebSocketServer(Loop& loop, Broker<WSServerMessage> sockets,
                                             io::WebSocketServerSink& sink, std::function<void()> stopped)
    : sink_(sink),
      stopped_(std::move(stopped)),
      sockets_(std::move(sockets)),
      outbox_(loop, sockets_),
      outputs_(sockets_.add_callback([this](const WSServerMessage& message) {
        if (const auto* output = std::get_if<WSServerOutput::Any>(&message))
          std::visit([this](const auto& each) { hear(each); }, *output);
      })) {}

// To the sockets.

template <class Input>
void BrokerWebSocketServer::push(io::WebSocketId id, Input input) {
  const auto connection = connections_.find(id);
  if (connection == connections_.end()) return;
  input.connection = connection->second;
  const auto pushed = outbox_.push(WSServerInput::Any(std::move(input)));
  if (pushed) return;
  ++counters_.closed_slow;
  topic.warn("the WebSocket server's broker takes nothing: ", pushed.error());
}

void BrokerWebSocketServer::send(io::WebSocketId id, std::string text) {
  push(id, WSServerInput::Message{0, std::move(text)});
}

void BrokerWebSocketServer::ping(io::WebSocketId id) {
  push(id, WSServerInput::Ping{});
}

void BrokerWebSocketServer::close(io::WebSocketId id, std::string reason) {
  topic.debug("closing connection ", static_cast<std::uint64_t>(id), ": ", reason);
  push(id, WSServerInput::Close{});
}

// From the sockets.

std::optional<io::WebSocketId> BrokerWebSocketServer::id_of(WSConnection connection) const {
  const auto id = ids_.find(connection);
  return id == ids_.end() ? std::nullopt : std::optional(id->second);
}

void BrokerWebSocketServer::hear(const WSServerOutput::NewConnection& output) {
  if (const auto former = id_of(output.connection))
    lose(*former, {ErrorCode::closed, "its number came again"});
  const io::WebSocketId id{++last_id_};
  ids_[output.connection] = id;
  connections_[id] = output.connection;
  sink_.socket_opened(id, {});
}

void BrokerWebSocketServer::hear(const WSServerOutput::Message& output) {
  if (const auto id = id_of(output.connection)) sink_.socket_received(*id, output.text);
}

void BrokerWebSocketServer::hear(const WSServerOutput::Pong& output) {
  if (const auto id = id_of(output.connection)) sink_.socket_pong(*id);
}

void BrokerWebSocketServer::hear(const WSServerOutput::Disconnection& output) {
  if (const auto id = id_of(output.connection)) lose(*id, {ErrorCode::closed, "disconnected"});
}

void BrokerWebSocketServer::hear(const WSServerOutput::Stopped&) {
  while (!connections_.empty())
    lose(connections_.begin()->first, {ErrorCode::closed, "the WebSocket server has stopped"});
  stopped_();
}

void BrokerWebSocketServer::lose(io::WebSocketId id, Error reason) {
  const auto connection = connections_.find(id);
  ids_.erase(connection->second);
  connections_.erase(connection);
  sink_.socket_closed(id, std::move(reason));
}

}  // namespace flnet::net
