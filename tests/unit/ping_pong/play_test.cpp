// SPDX-License-Identifier: MIT OR Apache-2.0
// Both versions of ping-pong in the stand-in network: with each other, through cuts, and without a server.
#include "shared/event_loop.hpp"
#include "shared/handler.hpp"
#include "support/stand_in_world.hpp"

#include <flnet/job_set.hpp>
#include <flnet/network_broker.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace ping_pong {
namespace {

using namespace std::chrono_literals;
using flnet::Broker;
using flnet::Duration;
using flnet::JobSet;
using flnet::Network;
using flnet::NetworkBroker;
using flnet::NodeID;
using flnet::StandInNetwork;
using flnet::Tap;
using flnet::Task;
using flnet::test::run_virtually;

/// The handler version, on a node of its own.
struct HandlerNode {
  HandlerNode(NetworkBroker its_node) : node(std::move(its_node)), game(node.id(), node.broker()) {}
  NodeID id() const { return node.id(); }
  NetworkBroker node;
  PingPong game;
  Tap<PingPongMessage> tap = game.broker().tap();
};

/// The coroutine version, on a node of its own.
struct LoopNode {
  LoopNode(Network its_node) : node(std::move(its_node)) { jobs.add(event_loop(node, views)); }
  NodeID id() const { return node.id(); }
  Network node;
  Broker<PingPongMessage> views;
  Tap<PingPongMessage> tap = views.tap();
  JobSet jobs;
};

Task<std::unique_ptr<HandlerNode>> start_handler(StandInNetwork& world, std::string name) {
  auto node = co_await world.start_broker(std::move(name));
  EXPECT_TRUE(node.has_value());
  co_return std::make_unique<HandlerNode>(std::move(*node));
}

Task<std::unique_ptr<LoopNode>> start_loop(StandInNetwork& world, std::string name) {
  co_return std::make_unique<LoopNode>(co_await flnet::test::started(world.start_node(name)));
}

/// All that a tap has heard in the meantime.
std::vector<PingPongMessage> all_of(Tap<PingPongMessage>& tap) {
  std::vector<PingPongMessage> all;
  while (auto message = tap.try_next()) all.push_back(std::move(*message));
  return all;
}

template <class Kind>
std::vector<Kind> each(const std::vector<PingPongMessage>& messages) {
  std::vector<Kind> found;
  for (const auto& message : messages)
    if (const auto* one = std::get_if<Kind>(&message)) found.push_back(*one);
  return found;
}

std::size_t count(const std::vector<PingPongMessage>& messages, const PingPongMessage& wanted) {
  return static_cast<std::size_t>(std::ranges::count(messages, wanted));
}

struct PingPongPlay : ::testing::Test {
  flnet::test::QuietLog quiet;  // Nodes warn of what is done to them.
  flnet::VirtualLoop loop;
  StandInNetwork world{{.conditions = {.latency = 20ms}}, loop};
};

void expect_a_good_game(const std::vector<PingPongMessage>& heard, const NodeID& other) {
  const auto trips = each<RoundTrip>(heard);
  EXPECT_GE(trips.size(), 7U);
  for (const RoundTrip& trip : trips) EXPECT_EQ(trip, (RoundTrip{other, 40ms}));
  EXPECT_GE(count(heard, FromNetwork{other, Word::ping}), 7U);
  EXPECT_EQ(count(heard, FromNetwork{other, Word::ping}), count(heard, ToNetwork{other, Word::pong}));
  const auto shown = each<Peers>(heard);
  EXPECT_FALSE(shown.empty());
  if (shown.empty()) return;
  const Peer& peer = shown.back().peers.at(0);
  EXPECT_EQ(peer.state, PeerState::linked);
  EXPECT_EQ(peer.lost, 0U);
  EXPECT_GE(peer.sent, 7U);
  EXPECT_LE(peer.sent - peer.received, 1U);
  EXPECT_GE(*peer.linked_for, 6s);
}

Task<> both_play(StandInNetwork& world) {
  const auto handler = co_await start_handler(world, "handler");
  const auto coroutine = co_await start_loop(world, "loop");
  co_await flnet::sleep(10s);
  const auto handlers = all_of(handler->tap), loops = all_of(coroutine->tap);
  expect_a_good_game(handlers, coroutine->id());
  expect_a_good_game(loops, handler->id());
  EXPECT_EQ(each<Peers>(handlers).back().peers.at(0).name, "loop");
}

TEST_F(PingPongPlay, both_versions_play_with_each_other) {
  run_virtually(loop, both_play(world));
}

Task<> by_hand(StandInNetwork& world) {
  const auto handler = co_await start_handler(world, "handler");
  auto other = co_await flnet::test::started(world.start_node("other"));
  EXPECT_TRUE(handler->game.broker().emit(ToNetwork{other.id(), Word::ping}));
  const auto heard = co_await flnet::test::next<flnet::NetReply::RcvNodeMessage>(other);
  EXPECT_TRUE(heard && heard->from == handler->id() && heard->message.text() == "\"Ping\"");
  EXPECT_TRUE(co_await other.send_msg(handler->id(), "\"Ping\""));
  std::optional<flnet::NetReply::RcvNodeMessage> answer;
  do {
    answer = co_await flnet::test::next<flnet::NetReply::RcvNodeMessage>(other);
  } while (answer && answer->message.text() == "\"Ping\"");
  EXPECT_TRUE(answer && answer->message.text() == "\"Pong\"");
}

TEST_F(PingPongPlay, a_ping_may_be_sent_by_hand) {
  run_virtually(loop, by_hand(world));
}

template <class Node>
Task<> through_a_cut(StandInNetwork& world, Node& watched, NodeID other) {
  co_await flnet::sleep(10s);
  all_of(watched.tap);
  world.isolate(other);
  co_await flnet::sleep(10s);
  auto heard = all_of(watched.tap);
  EXPECT_EQ(each<Peers>(heard).back().peers.at(0).state, PeerState::silent);
  co_await flnet::sleep(60s);
  heard = all_of(watched.tap);
  EXPECT_EQ(each<Unlinked>(heard).size(), 1U);
  world.heal();
  co_await flnet::sleep(90s);
  heard = all_of(watched.tap);
  const Peer peer = each<Peers>(heard).back().peers.at(0);
  EXPECT_EQ(peer.state, PeerState::linked);
  EXPECT_GT(peer.lost, 0U);
  EXPECT_EQ(peer.trouble, "");
}

Task<> cut_for_handler(StandInNetwork& world) {
  const auto handler = co_await start_handler(world, "handler");
  const auto coroutine = co_await start_loop(world, "loop");
  co_await through_a_cut(world, *handler, coroutine->id());
}

Task<> cut_for_loop(StandInNetwork& world) {
  const auto handler = co_await start_handler(world, "handler");
  const auto coroutine = co_await start_loop(world, "loop");
  co_await through_a_cut(world, *coroutine, handler->id());
}

TEST_F(PingPongPlay, the_handler_tells_of_a_cut_and_plays_on_after_it) {
  run_virtually(loop, cut_for_handler(world));
}

TEST_F(PingPongPlay, the_loop_tells_of_a_cut_and_plays_on_after_it) {
  run_virtually(loop, cut_for_loop(world));
}

template <class Node>
Task<> without_a_server(StandInNetwork& world, Node& watched, NodeID other) {
  co_await flnet::sleep(5s);
  all_of(watched.tap);
  world.stop_signalling();
  co_await flnet::sleep(20s);
  auto heard = all_of(watched.tap);
  EXPECT_EQ(each<Signalling>(heard), std::vector<Signalling>{{false}});
  EXPECT_GE(count(heard, FromNetwork{other, Word::pong}), 18U) << "links stay";
  world.start_signalling();
  co_await flnet::sleep(120s);
  heard = all_of(watched.tap);
  EXPECT_EQ(each<Signalling>(heard), std::vector<Signalling>{{true}});
  EXPECT_TRUE(each<Unlinked>(heard).empty());
}

Task<> no_server(StandInNetwork& world) {
  const auto handler = co_await start_handler(world, "handler");
  const auto coroutine = co_await start_loop(world, "loop");
  co_await without_a_server(world, *handler, coroutine->id());
}

TEST_F(PingPongPlay, goes_on_without_the_signalling_server_and_says_so) {
  run_virtually(loop, no_server(world));
}

Task<> one_leaves(StandInNetwork& world) {
  const auto handler = co_await start_handler(world, "handler");
  auto coroutine = co_await start_loop(world, "loop");
  co_await flnet::sleep(5s);
  EXPECT_TRUE(co_await coroutine->node.close());
  coroutine.reset();
  co_await flnet::sleep(5s);
  auto heard = all_of(handler->tap);
  EXPECT_EQ(each<Peers>(heard).back().peers.at(0).state, PeerState::gone);
  co_await flnet::sleep(20s);
  heard = all_of(handler->tap);
  EXPECT_TRUE(each<Peers>(heard).back().peers.empty());
}

TEST_F(PingPongPlay, forgets_who_has_left) {
  run_virtually(loop, one_leaves(world));
}

Task<> a_crowd(StandInNetwork& world) {
  std::vector<std::unique_ptr<HandlerNode>> handlers;
  std::vector<std::unique_ptr<LoopNode>> loops;
  for (int i = 0; i < 5; ++i) {
    handlers.push_back(co_await start_handler(world, "handler " + std::to_string(i)));
    loops.push_back(co_await start_loop(world, "loop " + std::to_string(i)));
  }
  co_await flnet::sleep(20s);
  for (const auto& node : handlers) {
    const auto peers = each<Peers>(all_of(node->tap)).back().peers;
    EXPECT_EQ(peers.size(), 9U);
    for (const Peer& peer : peers) EXPECT_EQ(peer.state, PeerState::linked) << peer.name;
  }
}

TEST_F(PingPongPlay, a_crowd_of_both_kinds_links_with_everybody) {
  run_virtually(loop, a_crowd(world));
}

}  // namespace
}  // namespace ping_pong
