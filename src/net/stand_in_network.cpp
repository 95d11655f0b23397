// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInNetwork: the public face over a stand-in world and its signalling server.
#include <flnet/stand_in_network.hpp>

#include "base/random.hpp"
#include "io/keys.hpp"
#include "net/network_parts.hpp"
#include "net/node_links.hpp"
#include "net/stand_in_server.hpp"
#include "net/stand_in_session.hpp"
#include "net/stand_in_socket.hpp"

#include <cstdlib>
#include <utility>

namespace flnet {

struct StandInNetwork::State {
  State(Loop& loop, const StandInConfig& config) : world(loop, config), server(world) {}

  net::StandInWorld world;
  net::StandInServer server;
  std::uint64_t nodes_made = 0;
};

namespace {

/// Each node has an address of its own in 10.0.0.0/8.
std::string address_of(std::uint64_t number) {
  const auto byte = [&](int shift) { return std::to_string(number >> shift & 0xffU); };
  return "10." + byte(16) + "." + byte(8) + "." + byte(0) + ":4000";
}

Task<NodeConfig> named_config(std::uint64_t world_seed, std::string name) {
  NodeConfig config;
  SeededRandom(net::stand_in_seed(world_seed, "identity " + name)).fill(config.seed);
  const auto key = co_await io::public_key(config.seed);
  // Without keys there is nothing to go on with.
  if (!key) std::abort();
  config.info = {.name = std::move(name), .client = "libc", .public_key = *key};
  co_return config;
}

net::NetworkParts parts_of(const std::shared_ptr<StandInNetwork::State>& state, const NodeID& node) {
  const std::uint64_t number = ++state->nodes_made;
  const std::uint64_t seed = net::stand_in_seed(state->world.config.seed, "node " + std::to_string(number));
  // They share the whole state, of which they see a part each.
  const std::shared_ptr<net::StandInWorld> world(state, &state->world);
  return {.loop = world->loop,
          .random = std::make_unique<SeededRandom>(seed),
          .open_web_socket =
              [state, node](io::WebSocketClientSink& sink) {
                return std::make_unique<net::StandInSocket>(state, state->world.loop, state->server, node,
                                                            sink);
              },
          .make_links = net::links_over(
              net::make_stand_in_host({.world = world, .node = node, .address = address_of(number)})),
          .ground = state};
}

Task<Result<Network>> start_named(std::shared_ptr<StandInNetwork::State> state, std::string name) {
  const NodeConfig config = co_await named_config(state->world.config.seed, std::move(name));
  co_return co_await net::start_network(config, parts_of(state, config.info.id()));
}

Task<Result<NetworkBroker>> start_named_broker(std::shared_ptr<StandInNetwork::State> state,
                                               std::string name) {
  const NodeConfig config = co_await named_config(state->world.config.seed, std::move(name));
  co_return co_await net::start_network_broker(config, parts_of(state, config.info.id()));
}

}  // namespace

StandInNetwork::StandInNetwork(StandInConfig config, Loop& loop)
    : state_(std::make_shared<State>(loop, config)) {}
StandInNetwork::~StandInNetwork() = default;
StandInNetwork::StandInNetwork(StandInNetwork&&) noexcept = default;
StandInNetwork& StandInNetwork::operator=(StandInNetwork&&) noexcept = default;

Task<Result<Network>> StandInNetwork::start_node(NodeConfig config) {
  const NodeID id = config.info.id();
  return net::start_network(std::move(config), parts_of(state_, id));
}

Task<Result<Network>> StandInNetwork::start_node(std::string name) {
  return start_named(state_, std::move(name));
}

Task<Result<NetworkBroker>> StandInNetwork::start_broker(NodeConfig config) {
  const NodeID id = config.info.id();
  return net::start_network_broker(std::move(config), parts_of(state_, id));
}

Task<Result<NetworkBroker>> StandInNetwork::start_broker(std::string name) {
  return start_named_broker(state_, std::move(name));
}

Task<NodeConfig> StandInNetwork::node_config(std::string name) const {
  return named_config(state_->world.config.seed, std::move(name));
}

void StandInNetwork::set_conditions(const StandInConditions& conditions) {
  state_->world.terrain.set_conditions(conditions);
}

void StandInNetwork::set_conditions(const NodeID& from, const NodeID& to,
                                    const StandInConditions& conditions) {
  state_->world.terrain.set_conditions(from, to, conditions);
}

void StandInNetwork::partition(const NodeIDs& side) {
  state_->world.terrain.partition(side);
  state_->world.cuts_changed();
}

void StandInNetwork::cut(const NodeID& a, const NodeID& b) {
  state_->world.terrain.cut(a, b);
  state_->world.cuts_changed();
}

void StandInNetwork::isolate(const NodeID& node) {
  state_->world.terrain.isolate(node);
  state_->world.cuts_changed();
}

void StandInNetwork::rejoin(const NodeID& node) {
  state_->world.terrain.rejoin(node);
  state_->world.cuts_changed();
}

void StandInNetwork::heal() {
  state_->world.terrain.heal();
  state_->world.cuts_changed();
}

void StandInNetwork::stop_signalling() {
  state_->server.stop();
}

void StandInNetwork::start_signalling() {
  state_->server.start();
}

StandInCounters StandInNetwork::counters() const {
  StandInCounters counters = state_->world.counters;
  state_->server.count_in(counters);
  return counters;
}

}  // namespace flnet
