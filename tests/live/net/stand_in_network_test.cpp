// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInNetwork on a real loop: time passes, and the same nodes exchange messages.
#include "live/net/live_network.hpp"

#include <flnet/stand_in_network.hpp>

namespace flnet::testing {
namespace {

Task<> real_time() {
  StandInNetwork world({.conditions = {.latency = 20ms}});
  auto alice = co_await world.start_node("alice");
  auto bob = co_await world.start_node("bob");
  EXPECT_TRUE(alice && bob);
  const Time start = now();
  EXPECT_TRUE((co_await alice->send_msg(bob->id(), "hello")).has_value());
  EXPECT_TRUE((co_await next<NetReply::RcvNodeMessage>(*bob)).has_value());
  EXPECT_GT(now() - start, Duration(200ms)) << "the link's round trips take their time";
  EXPECT_TRUE((co_await bob->send_msg(alice->id(), "hello back")).has_value());
  EXPECT_TRUE((co_await next<NetReply::RcvNodeMessage>(*alice)).has_value());
  EXPECT_TRUE((co_await alice->close()).has_value());
  EXPECT_TRUE((co_await next<NetReply::Disconnected>(*bob)).has_value());
}

TEST(StandInNetwork, works_in_real_time_too) {
  run_test(real_time());
}

}  // namespace
}  // namespace flnet::testing
