// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInNetwork: real nodes over simulated sockets: links, cuts, a server that goes, and reproducible runs.
#include "support/stand_in_world.hpp"

#include <flnet/job_set.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flnet::test {
namespace {

using Received = NetReply::RcvNodeMessage;
using Disconnected = NetReply::Disconnected;

struct StandInNetworkTest : ::testing::Test {
  QuietLog quiet;  // Nodes warn of what is done to them.
  VirtualLoop loop;
  StandInNetwork world{{}, loop};
};

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
  const auto gone = co_await next<Disconnected>(bob);
  EXPECT_TRUE(gone && gone->peer == alice.id() && gone->reason.code == ErrorCode::closed);
}

TEST_F(StandInNetworkTest, two_nodes_greet_each_other_and_part) {
  run_virtually(loop, greet(world));
  EXPECT_EQ(world.counters().messages_delivered, 2U);
  EXPECT_EQ(world.counters().sessions_opened, 2U);
}

Task<> identities(StandInNetwork& world, StandInNetwork& other_seed) {
  const auto alice = co_await world.node_config("alice");
  EXPECT_EQ(alice, co_await world.node_config("alice"));
  EXPECT_NE(alice.info.id(), (co_await world.node_config("bob")).info.id());
  EXPECT_NE(alice.info.id(), (co_await other_seed.node_config("alice")).info.id());
  // The key pair is a real one: it can be stored and read again.
  const auto read = co_await NodeConfig::from_json(alice.to_json());
  EXPECT_TRUE(read && read->info.id() == alice.info.id());
}

TEST_F(StandInNetworkTest, a_name_and_a_seed_make_an_identity) {
  StandInNetwork other({.seed = 2, .conditions = {}}, loop);
  run_virtually(loop, identities(world, other));
}

Task<> as_brokers(StandInNetwork& world) {
  auto alice = co_await world.start_broker("alice");
  auto bob = co_await started(world.start_node("bob"));
  EXPECT_TRUE(alice.has_value());
  const NetCall::Any call = NetCall::SendNodeMessage{bob.id(), Message::from_text("hello")};
  EXPECT_TRUE(alice->broker().emit(call).has_value());
  const auto hello = co_await next<Received>(bob);
  EXPECT_TRUE(hello && hello->from == alice->id());
}

Task<> states(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "hello")).has_value());
  EXPECT_TRUE((co_await next<Received>(bob)).has_value());
  co_await sleep(1s);
  EXPECT_TRUE(alice.tick().has_value());
  while (auto state = co_await next<NetReply::ConnectionState>(alice, 10s)) {
    EXPECT_EQ(state->id, bob.id());
    if (state->stats.signaling != SignalingState::Stable || state->stats.tx_bytes == 0) continue;
    EXPECT_EQ(state->stats.type_local, ConnType::Host);
    EXPECT_EQ(state->stats.tx_bytes, 5U);
    EXPECT_EQ(state->stats.round_trip, Duration(20ms));
    co_return;
  }
  ADD_FAILURE() << "no state of an open link";
}

TEST_F(StandInNetworkTest, links_tell_their_state) {
  run_virtually(loop, states(world));
}

TEST_F(StandInNetworkTest, nodes_may_be_brokers) {
  run_virtually(loop, as_brokers(world));
}

Task<> listed(StandInNetwork& world) {
  auto alice = co_await started(world.start_node(*co_await NodeConfig::generate()));
  auto bob = co_await started(world.start_node("bob"));
  EXPECT_EQ(world.counters().nodes, 2U);
  while (auto list = co_await next<NetReply::RcvWSUpdateList>(alice)) {
    if (list->nodes.size() == 2) co_return;
  }
  ADD_FAILURE() << "alice never heard of bob";
}

TEST_F(StandInNetworkTest, everybody_is_in_the_list_whoever_made_the_identity) {
  run_virtually(loop, listed(world));
}

Task<> cut_and_heal(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "before")).has_value());
  EXPECT_TRUE((co_await next<Received>(bob)).has_value());

  world.partition(NodeIDs(1, alice.id()));
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "during")).has_value());
  EXPECT_FALSE((co_await next<Received>(bob, 20s)).has_value());
  world.heal();
  const auto during = co_await next<Received>(bob);
  EXPECT_TRUE(during && during->message.text() == "during") << "a short cut only delays";

  world.partition(NodeIDs(1, alice.id()));
  const auto timed_out = co_await next<Disconnected>(alice, 30s);
  EXPECT_TRUE(timed_out && timed_out->reason.code == ErrorCode::timed_out);
  EXPECT_FALSE(alice.connected(bob.id()));
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "after")).has_value());
  world.heal();
  const auto after = co_await next<Received>(bob);
  EXPECT_TRUE(after && after->message.text() == "after") << "the link is made anew";
}

TEST_F(StandInNetworkTest, a_short_cut_delays_and_a_long_one_ends_the_link) {
  run_virtually(loop, cut_and_heal(world));
}

Task<> lose_the_server(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  auto carol = co_await started(world.start_node("carol"));
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "hello")).has_value());
  EXPECT_TRUE((co_await next<Received>(bob)).has_value());

  world.stop_signalling();
  co_await sleep(1s);
  EXPECT_EQ(world.counters().nodes, 0U);
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "without it")).has_value());
  EXPECT_TRUE((co_await next<Received>(bob)).has_value()) << "links don't need the server";
  const auto late = co_await world.start_node("late");
  EXPECT_TRUE(!late && late.error().code == ErrorCode::unreachable);
  EXPECT_TRUE((co_await alice.send_msg(carol.id(), "when it is back")).has_value());
  EXPECT_FALSE((co_await next<Received>(carol, 30s)).has_value());

  world.start_signalling();
  EXPECT_TRUE((co_await next<Received>(carol)).has_value());
  co_await sleep(30s);  // The longest pause of a node that looks for its server.
  EXPECT_EQ(world.counters().nodes, 3U);
}

TEST_F(StandInNetworkTest, links_outlive_the_server_and_new_ones_wait_for_it) {
  run_virtually(loop, lose_the_server(world));
}

Task<> isolated(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  world.isolate(alice.id());
  co_await sleep(3min);
  EXPECT_EQ(world.counters().nodes, 1U) << "the server has dropped who does not answer";
  EXPECT_TRUE((co_await bob.send_msg(alice.id(), "hello")).has_value());
  co_await sleep(10s);
  world.rejoin(alice.id());
  EXPECT_TRUE((co_await next<Received>(alice)).has_value());
  EXPECT_EQ(world.counters().nodes, 2U);
}

TEST_F(StandInNetworkTest, an_isolated_node_is_forgotten_and_comes_back) {
  run_virtually(loop, isolated(world));
}

Task<> die(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = std::optional(co_await started(world.start_node("bob")));
  const NodeID id = bob->id();
  EXPECT_TRUE((co_await alice.send_msg(id, "hello")).has_value());
  EXPECT_TRUE((co_await next<Received>(*bob)).has_value());
  // Without a last word, as when the power goes.
  world.isolate(id);
  bob.reset();
  world.rejoin(id);
  bob = co_await started(world.start_node("bob"));
  EXPECT_EQ(bob->id(), id);
  EXPECT_TRUE((co_await bob->send_msg(alice.id(), "back again")).has_value());
  const auto again = co_await next<Received>(alice);
  EXPECT_TRUE(again && again->message.text() == "back again");
}

TEST_F(StandInNetworkTest, a_node_dies_unseen_and_comes_back_with_its_identity) {
  run_virtually(loop, die(world));
}

Task<> slow_reader(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  const Bytes block(256 * 1024, 7);
  const MessageView message{MessageKind::binary, block};
  EXPECT_TRUE(alice.connect(bob.id()).has_value());
  EXPECT_TRUE((co_await next<NetReply::Connected>(alice)).has_value());
  std::size_t accepted = 0;
  for (int idle_rounds = 0; idle_rounds < 20;) {
    if (alice.try_send(bob.id(), message)) {
      ++accepted;
      idle_rounds = 0;
    } else {
      ++idle_rounds;
      co_await sleep(20ms);
    }
  }
  EXPECT_LT(accepted * block.size(), 32U * 1024 * 1024);
  for (std::size_t i = 0; i < accepted; ++i) EXPECT_TRUE((co_await next<Received>(bob)).has_value()) << i;
  EXPECT_TRUE(alice.connected(bob.id()));
}

TEST_F(StandInNetworkTest, a_slow_reader_slows_the_sender_down_and_loses_nothing) {
  run_virtually(loop, slow_reader(world));
}

Task<Network> left_alone(VirtualLoop& loop) {
  StandInNetwork world({}, loop);
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "hello")).has_value());
  EXPECT_TRUE((co_await next<Received>(bob)).has_value());
  co_return std::move(bob);
}

Task<> close(Network& net) {
  EXPECT_TRUE((co_await net.close()).has_value());
}

TEST_F(StandInNetworkTest, nodes_may_outlive_the_network_they_are_in) {
  auto bob = loop.run(left_alone(loop));
  ASSERT_TRUE(bob.has_value());
  loop.advance(10min);
  run_virtually(loop, close(*bob));
}

}  // namespace
}  // namespace flnet::test
