// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInNetwork: real nodes over simulated sockets: links, cuts, a server that goes, and reproducible runs.
#include "support/stand_in_world.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flnet::test {
namespace {

using Received = NetReply::RcvNodeMessage;

Task<> greet(StandInNetwork& world) {
  const auto binary = Message::from_binary(Bytes(1000, 7));
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  EXPECT_EQ(alice.info().name, "alice");
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "hello")).has_value());
  const auto hello = co_await next<Received>(bob);
  EXPECT_TRUE(hello && hello->from == alice.id() && hello->message == Message::from_text("hello"));
  EXPECT_TRUE((co_await bob.send(alice.id(), binary)).has_value());
  const auto back = co_await next<Received>(alice);
  EXPECT_TRUE(back && back->message == binary);
  EXPECT_TRUE((co_await alice.close()).has_value());
  const auto gone = co_await next<NetReply::Disconnected>(bob);
  EXPECT_TRUE(gone && gone->peer == alice.id() && gone->reason.code == ErrorCode::closed);
}

TEST(StandInNetwork, two_nodes_greet_each_other_and_part) {
  VirtualLoop loop;
  StandInNetwork world({}, loop);
  run_virtually(loop, greet(world));
}

}  // namespace
}  // namespace flnet::test
