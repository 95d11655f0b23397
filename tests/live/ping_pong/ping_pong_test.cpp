// SPDX-License-Identifier: MIT OR Apache-2.0
// Both versions of ping-pong on loopback, over real WebSockets and WebRTC.
#include "../net/live_network.hpp"
#include "shared/event_loop.hpp"
#include "shared/handler.hpp"

#include <gtest/gtest.h>

#include <variant>

namespace ping_pong {
namespace {

using flnet::Task;
using flnet::testing::patience;

Task<bool> has_round_trips(flnet::Tap<PingPongMessage>& tap, flnet::NodeID peer, int wanted) {
  while (const auto message = co_await tap.recv()) {
    const auto* trip = std::get_if<RoundTrip>(&*message);
    if (trip == nullptr || trip->peer != peer) continue;
    EXPECT_GT(trip->time, flnet::Duration::zero());
    if (--wanted == 0) co_return true;
  }
  co_return false;
}

TEST(LivePingPong, handler_and_loop_measure_each_other_on_loopback) {
  struct Case {
    static Task<> run() {
      const auto server = flnet::testing::start_server();
      const auto url = flnet::testing::url_of(server);
      auto alice = co_await flnet::network_broker_start(*co_await flnet::NodeConfig::generate(), url);
      EXPECT_TRUE(alice.has_value());
      if (!alice) co_return;
      const PingPong handler(alice->id(), alice->broker());
      auto alices = handler.broker().tap();

      auto bob = co_await flnet::testing::join(url);
      const flnet::Broker<PingPongMessage> views;
      auto bobs = views.tap();
      flnet::JobSet jobs;
      jobs.add(event_loop(bob, views));

      EXPECT_TRUE(co_await flnet::within(patience, has_round_trips(alices, bob.id(), 3)));
      EXPECT_TRUE(co_await flnet::within(patience, has_round_trips(bobs, alice->id(), 3)));
      EXPECT_TRUE(co_await bob.close());
      co_await jobs.empty();
      EXPECT_TRUE(co_await alice->close());
    }
  };
  flnet::testing::run_test(Case::run());
}

}  // namespace
}  // namespace ping_pong
