// SPDX-License-Identifier: MIT OR Apache-2.0
// Network: the public face over Network::State.
#include <flnet/network.hpp>

#include "io/web_socket_client.hpp"
#include "net/network_parts.hpp"
#include "net/network_state.hpp"
#include "net/peer_host_config.hpp"

namespace flnet {
namespace {

Error closed_error() {
  return {ErrorCode::closed, "the network is closed"};
}

}  // namespace

Network::Network(std::unique_ptr<State> state) : state_(std::move(state)) {}
Network::Network(Network&&) noexcept = default;
Network& Network::operator=(Network&&) noexcept = default;
Network::~Network() = default;

const NodeInfo& Network::info() const {
  return state_->info();
}

Task<std::optional<NetReply::Any>> Network::recv() {
  State& state = *state_;
  co_await state.replies().ready();
  co_return state.try_recv();
}

std::optional<NetReply::Any> Network::try_recv() {
  return state_->try_recv();
}

Task<Result<>> Network::send(NodeID to, Message message) {
  return state_->send(to, std::move(message));
}

Task<Result<>> Network::send_msg(NodeID to, std::string_view text) {
  return state_->send(to, Message::from_text(text));
}

Result<> Network::try_send(const NodeID& to, MessageView message) {
  return state_->try_send(to, message);
}

Result<> Network::send_list_request() {
  if (state_->closed()) return failure(closed_error());
  state_->signalling().request_list();
  return {};
}

Result<> Network::send_stats(std::vector<NodeStat> stats) {
  if (state_->closed()) return failure(closed_error());
  state_->signalling().send_stats({std::move(stats)});
  return {};
}

Result<> Network::connect(const NodeID& peer) {
  if (state_->closed()) return failure(closed_error());
  if (peer == id()) return failure(ErrorCode::invalid_argument, "a node can't connect to itself");
  state_->connect(peer);
  return {};
}

Result<> Network::disconnect(const NodeID& peer) {
  if (state_->closed()) return failure(closed_error());
  state_->disconnect(peer);
  return {};
}

bool Network::connected(const NodeID& peer) const {
  return state_->connected(peer);
}

Task<Result<>> Network::close() {
  return state_->close();
}

Task<Result<Network>> network_start(NodeConfig config, ConnectionConfig connection) {
  if (auto url = io::check_web_socket_url(connection.signal_url); !url) co_return failure(url.error());
  Loop& loop = Loop::current();
  auto host_config = net::peer_host_config(connection);
  if (!host_config) co_return failure(host_config.error());
  auto host = io::PeerHost::open(loop, *std::move(host_config));
  if (!host) co_return failure(host.error());
  const io::WebSocketClientConfig socket{.url = connection.signal_url, .ca_file = connection.ca_file};
  net::NetworkParts parts{.loop = loop,
                          .random = std::make_unique<SystemRandom>(),
                          .host = std::move(*host),
                          .open_web_socket = [&loop, socket](io::WebSocketClientSink& sink) {
                            return io::WebSocketClient::open(loop, socket, sink);
                          }};
  co_return co_await net::start_network(std::move(config), std::move(parts));
}

Task<Result<Network>> net::start_network(NodeConfig config, NetworkParts parts) {
  auto state = std::make_unique<Network::State>(std::move(config), std::move(parts));
  const auto started = co_await state->start();
  if (!started) co_return failure(started.error());
  co_return Network(std::move(state));
}

}  // namespace flnet
