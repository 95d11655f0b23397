// SPDX-License-Identifier: MIT OR Apache-2.0
// What FLNet's documentation promises its users, each promise in its words.
#include "support/broker_switch.hpp"
#include "support/stand_in_world.hpp"

#include <flnet/connection_config.hpp>
#include <flnet/network_broker.hpp>
#include <flnet/stand_in_network.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

using test::next;
using test::run_virtually;
using test::started;

struct FlnetPromises : testing::Test {
  VirtualLoop loop;
  StandInNetwork world{{.seed = 7}, loop};
  test::QuietLog quiet;
};

TEST(FlnetPromisesOnConfig, the_signalling_server_defaults_to_localhost_and_stun_to_a_public_server) {
  const ConnectionConfig config;
  EXPECT_EQ(config.signal_url, "ws://localhost:8765");
  ASSERT_EQ(config.stun_servers.size(), 1U);
  EXPECT_EQ(config.stun_servers[0], HostLogin("stun:stun.l.google.com:19302"));
  EXPECT_TRUE(config.turn_servers.empty()) << "there is no default available publicly";
}

TEST(FlnetPromisesOnConfig, from_signal_sets_only_the_url_of_the_signalling_server) {
  const auto config = ConnectionConfig::from_signal("wss://signal.example");
  EXPECT_EQ(config.signal_url, "wss://signal.example");
  EXPECT_EQ(config.stun_servers, ConnectionConfig().stun_servers);
  const ConnectionConfig converted = "ws://elsewhere:1";
  EXPECT_EQ(converted.signal_url, "ws://elsewhere:1");
}

TEST(FlnetPromisesOnConfig, servers_have_an_optional_login) {
  ConnectionConfig config;
  config.turn_servers = {{"turn:relay.example", {.user = "me", .pass = "secret"}}, "turn:open.example:3479"};
  EXPECT_EQ(config.turn_servers[0].login->user, "me");
  EXPECT_FALSE(config.turn_servers[1].login.has_value());
}

// "Upon starting, it waits for the connection to the signalling server."
Task<> waits(StandInNetwork& world) {
  const Time begin = now();
  auto net = co_await started(world.start_node("alice"));
  EXPECT_GE(now() - begin, 40ms) << "two round trips of the socket's";
  const auto list = co_await next<NetReply::RcvWSUpdateList>(net);
  EXPECT_TRUE(list && list->nodes.size() == 1 && list->nodes[0].id() == net.id());
}
TEST_F(FlnetPromises, starting_waits_for_the_signalling_server) {
  run_virtually(loop, waits(world));
}

// "Signalling server doesn't respond": an error after ten seconds.
Task<> gives_up(Loop& loop) {
  const Broker<WSClientMessage> silent_socket(loop);
  const Broker<WebRTCConnMessage::Any> web_rtc(loop);
  const auto config = *co_await NodeConfig::generate();
  const Time begin = now();
  const auto net = co_await network_start(config, silent_socket, web_rtc);
  EXPECT_FALSE(net.has_value());
  EXPECT_TRUE(!net && net.error().code == ErrorCode::timed_out);
  EXPECT_LE(now() - begin, 11s);
}
TEST_F(FlnetPromises, a_signalling_server_that_does_not_respond_is_an_error) {
  run_virtually(loop, gives_up(loop));
}

// "The NetworkBroker will start a connection with the node if there is none available. If the remote node is
// not available, no error is returned."
Task<> sends_to_nobody(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  const NodeConfig absent = co_await world.node_config("absent");
  EXPECT_TRUE((co_await alice.send_msg(absent.info.id(), "anybody?")).has_value());
  const auto lost = co_await next<NetReply::MessagesLost>(alice);
  EXPECT_TRUE(lost && lost->peer == absent.info.id() && lost->count == 1) << "but it is told what is lost";
}
TEST_F(FlnetPromises, sending_to_a_node_that_is_not_available_is_no_error) {
  run_virtually(loop, sends_to_nobody(world));
}

// "Connect to the given node. If the node is not connected to the signalling server, no connection is made,
// and no error is produced." "If there is no connection to this node, no error is produced."
Task<> connects_to_nobody(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  const NodeConfig absent = co_await world.node_config("absent");
  EXPECT_TRUE(alice.disconnect(absent.info.id()).has_value());
  EXPECT_TRUE(alice.connect(absent.info.id()).has_value());
  const auto disconnected = co_await next<NetReply::Disconnected>(alice);
  EXPECT_TRUE(disconnected && disconnected->peer == absent.info.id());
  EXPECT_FALSE(alice.connected(absent.info.id()));
}
TEST_F(FlnetPromises, connecting_to_a_node_that_is_not_there_makes_no_connection) {
  run_virtually(loop, connects_to_nobody(world));
}

// "In the best case, the signalling server will not be used anymore afterwards."
Task<> outlives_the_server(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "ping")).has_value());
  EXPECT_TRUE((co_await next<NetReply::RcvNodeMessage>(bob)).has_value());
  world.stop_signalling();
  co_await sleep(10min);
  EXPECT_TRUE((co_await bob.send_msg(alice.id(), "still here")).has_value());
  const auto received = co_await next<NetReply::RcvNodeMessage>(alice);
  EXPECT_TRUE(received && received->message.text() == "still here");
}
TEST_F(FlnetPromises, connected_nodes_need_no_signalling_server) {
  run_virtually(loop, outlives_the_server(world));
}

// "It can handle incoming and outgoing connections": two nodes that start concurrently have one connection
// each sees.
Task<> meet_at_once(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE((co_await alice.send_msg(bob.id(), "from alice")).has_value());
    EXPECT_TRUE((co_await bob.send_msg(alice.id(), "from bob")).has_value());
    EXPECT_TRUE((co_await next<NetReply::RcvNodeMessage>(alice)).has_value());
    EXPECT_TRUE((co_await next<NetReply::RcvNodeMessage>(bob)).has_value());
    EXPECT_TRUE(alice.disconnect(bob.id()).has_value());
    EXPECT_TRUE((co_await next<NetReply::Disconnected>(bob)).has_value());
    EXPECT_TRUE((co_await next<NetReply::Disconnected>(alice)).has_value());
  }
}
TEST_F(FlnetPromises, two_nodes_may_start_connecting_to_each_other_concurrently) {
  run_virtually(loop, meet_at_once(world));
}

// "Whenever the state of a connection changes, this message is sent to the user."
Task<> tells_states(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  EXPECT_TRUE(alice.connect(bob.id()).has_value());
  std::vector<SignalingState> states;
  while (states.empty() || states.back() != SignalingState::Stable) {
    const auto state = co_await next<NetReply::ConnectionState>(alice);
    if (!state) break;
    states.push_back(state->stats.signaling);
  }
  EXPECT_EQ(states.back(), SignalingState::Stable);
  EXPECT_TRUE(alice.disconnect(bob.id()).has_value());
  const auto last = co_await next<NetReply::ConnectionState>(alice);
  EXPECT_TRUE(last && last->id == bob.id() && last->stats.signaling == SignalingState::Closed);
}
TEST_F(FlnetPromises, each_change_of_a_connection_is_told) {
  run_virtually(loop, tells_states(world));
}

// A node is listed for as long as it lives, though it says nothing of its own accord for an hour; "Tick …
// should be sent once a second": nobody has to.
Task<> stays_listed(StandInNetwork& world) {
  auto alice = co_await started(world.start_node("alice"));
  auto bob = co_await started(world.start_node("bob"));
  co_await sleep(std::chrono::hours(1));
  EXPECT_EQ(world.counters().nodes, 2U);
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "after an hour")).has_value());
  EXPECT_TRUE((co_await next<NetReply::RcvNodeMessage>(bob)).has_value());
}
TEST_F(FlnetPromises, a_node_keeps_time_by_itself) {
  run_virtually(loop, stays_listed(world));
}

}  // namespace
}  // namespace flnet
