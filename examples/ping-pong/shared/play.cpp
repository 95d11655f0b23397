// SPDX-License-Identifier: MIT OR Apache-2.0
// play: what both versions do around the game itself.
#include "play.hpp"

#include "event_loop.hpp"
#include "handler.hpp"

#include <flnet/job_set.hpp>
#include <flnet/network.hpp>
#include <flnet/network_broker.hpp>
#include <flnet/run.hpp>
#include <flnet/within.hpp>

#include <utility>

namespace ping_pong {
namespace {

using flnet::ConnectionConfig;
using flnet::NodeConfig;
using flnet::Result;
using flnet::Task;
using namespace std::chrono_literals;

Task<> show(flnet::Tap<PingPongMessage> tap, View& view) {
  while (const auto message = co_await tap.recv()) view.hear(*message);
}

/// Says goodbye. A ping is not worth waiting for: what is not delivered soon stays undelivered.
template <class Node>
Task<> leave(Node& node) {
  co_await flnet::within(1s, node.close());
}

Task<> watch_handler(const flnet::NetworkBroker& node, View& view) {
  const PingPong game(node.id(), node.broker());
  flnet::JobSet jobs;
  jobs.add(show(game.broker().tap(), view));
  co_await flnet::stop_requested();
}

Task<Result<>> play_with_handler(NodeConfig config, ConnectionConfig connection, View& view) {
  auto node = co_await flnet::network_broker_start(std::move(config), std::move(connection));
  if (!node) co_return flnet::failure(node.error());
  view.begin(node->info());
  co_await watch_handler(*node, view);
  co_await leave(*node);
  co_return Result<>{};
}

Task<> watch_loop(flnet::Network& node, View& view) {
  const flnet::Broker<PingPongMessage> news;
  flnet::JobSet jobs;
  jobs.add(show(news.tap(), view));
  jobs.add(event_loop(node, news));
  co_await flnet::stop_requested();
}

Task<Result<>> play_in_a_loop(NodeConfig config, ConnectionConfig connection, View& view) {
  auto node = co_await flnet::network_start(std::move(config), std::move(connection));
  if (!node) co_return flnet::failure(node.error());
  view.begin(node->info());
  co_await watch_loop(*node, view);
  co_await leave(*node);
  co_return Result<>{};
}

}  // namespace

Task<Result<>> play(Version version, NodeConfig config, ConnectionConfig connection, View& view) {
  if (version == Version::loop) return play_in_a_loop(std::move(config), std::move(connection), view);
  return play_with_handler(std::move(config), std::move(connection), view);
}

}  // namespace ping_pong
