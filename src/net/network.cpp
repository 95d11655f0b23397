// SPDX-License-Identifier: MIT OR Apache-2.0
// Network: the public face over Network::State.
#include <flnet/network.hpp>

#include "net/network_parts.hpp"
#include "net/network_state.hpp"
#include "net/real_parts.hpp"

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
  return state_->traffic().recv();
}

std::optional<NetReply::Any> Network::try_recv() {
  return state_->traffic().try_recv();
}

Task<Result<>> Network::send(NodeID to, Message message) {
  return state_->traffic().send(to, std::move(message));
}

Task<Result<>> Network::send_msg(NodeID to, std::string_view text) {
  return state_->traffic().send(to, Message::from_text(text));
}

Result<> Network::try_send(const NodeID& to, MessageView message) {
  return state_->traffic().try_send(to, message);
}

Result<> Network::send_list_request() {
  if (state_->traffic().closed()) return failure(closed_error());
  state_->signalling().request_list();
  return {};
}

Result<> Network::send_stats(std::vector<NodeStat> stats) {
  if (state_->traffic().closed()) return failure(closed_error());
  state_->signalling().send_stats({std::move(stats)});
  return {};
}

Result<> Network::connect(const NodeID& peer) {
  if (state_->traffic().closed()) return failure(closed_error());
  if (peer == id()) return failure(ErrorCode::invalid_argument, "a node can't connect to itself");
  state_->traffic().links().connect(peer);
  return {};
}

Result<> Network::disconnect(const NodeID& peer) {
  if (state_->traffic().closed()) return failure(closed_error());
  state_->traffic().links().disconnect(peer);
  return {};
}

Result<> Network::tick() {
  if (state_->traffic().closed()) return failure(closed_error());
  state_->traffic().links().report_states(std::nullopt);
  return {};
}

bool Network::connected(const NodeID& peer) const {
  return state_->traffic().links().connected(peer);
}

Task<Result<>> Network::close() {
  return state_->close();
}

Task<Result<Network>> network_start(NodeConfig config, ConnectionConfig connection) {
  return net::start_network(std::move(config), net::real_parts(Loop::current(), connection));
}

Task<Result<Network>> net::start_network(NodeConfig config, Result<NetworkParts> parts) {
  if (!parts) co_return failure(parts.error());
  auto state = std::make_unique<Network::State>(std::move(config), *std::move(parts));
  const auto started = co_await state->start();
  if (!started) co_return failure(started.error());
  co_return Network(std::move(state));
}

}  // namespace flnet
