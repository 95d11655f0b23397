// SPDX-License-Identifier: MIT OR Apache-2.0
// A node whose modules are linked by brokers.
#include "handler.hpp"
#include "play.hpp"

#include <flnet/job_set.hpp>
#include <flnet/network_broker.hpp>
#include <flnet/run.hpp>
#include <flnet/within.hpp>

#include <utility>

namespace ping_pong {
namespace {

flnet::Task<> watch(const flnet::NetworkBroker& node, View& view) {
  const PingPong game(node.id(), node.broker());
  flnet::JobSet jobs;
  jobs.add(show(game.broker().tap(), view));
  co_await flnet::stop_requested();
}

}  // namespace

flnet::Task<flnet::Result<>> play_with_handler(flnet::NodeConfig config, flnet::ConnectionConfig connection,
                                               View& view) {
  auto node = co_await flnet::network_broker_start(std::move(config), std::move(connection));
  if (!node) co_return flnet::failure(node.error());
  view.begin(node->info());
  co_await watch(*node, view);
  co_await flnet::within(farewell, node->close());
  co_return flnet::Result<>{};
}

}  // namespace ping_pong
