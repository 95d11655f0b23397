// SPDX-License-Identifier: MIT OR Apache-2.0
// A node that is used by coroutines.
#include "event_loop.hpp"
#include "play.hpp"

#include <flnet/job_set.hpp>
#include <flnet/network.hpp>
#include <flnet/run.hpp>
#include <flnet/within.hpp>

#include <utility>

namespace ping_pong {
namespace {

flnet::Task<> watch(flnet::Network& node, View& view) {
  const flnet::Broker<PingPongMessage> news;
  flnet::JobSet jobs;
  jobs.add(show(news.tap(), view));
  jobs.add(event_loop(node, news));
  co_await flnet::stop_requested();
}

}  // namespace

flnet::Task<flnet::Result<>> play_in_a_loop(flnet::NodeConfig config, flnet::ConnectionConfig connection,
                                            View& view) {
  auto node = co_await flnet::network_start(std::move(config), std::move(connection));
  if (!node) co_return flnet::failure(node.error());
  view.begin(node->info());
  co_await watch(*node, view);
  co_await flnet::within(farewell, node->close());
  co_return flnet::Result<>{};
}

}  // namespace ping_pong
