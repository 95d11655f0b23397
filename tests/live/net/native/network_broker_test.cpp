// SPDX-License-Identifier: MIT OR Apache-2.0
// NetworkBroker beside a server in the same process: what its operator hears, and nodes over brokers of the
// user's own.
#include "live/native/signal_server.hpp"
#include "live/net/live_brokers.hpp"
#include "support/broker_switch.hpp"

#include <flnet/web_rtc_conn.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace flnet::testing {
namespace {

TEST(NetworkBroker, hands_statistics_to_the_servers_operator) {
  struct Case {
    static Task<> run() {
      const auto server = start_signal_server();
      auto outputs = server.broker().tap();
      auto alice = co_await join_as_broker(url_of(server));
      const NodeID bob = U256::parse("b0").value();
      EXPECT_TRUE(call(alice, NetCall::SendWSStats{{NodeStat{bob, "0.7", 5, 1}}}));
      while (auto output = co_await within(patience, outputs.recv())) {
        if (!*output) break;
        const auto* stats = std::get_if<SignalOutput::NodeStats>(&**output);
        if (stats == nullptr) continue;
        EXPECT_EQ(stats->from, alice.id());
        co_return;
      }
      ADD_FAILURE() << "the server's operator was not told";
    }
  };
  run_test(Case::run());
}

TEST(NetworkBroker, tells_how_long_a_round_trip_takes) {
  struct Case {
    static Task<> run() {
      const auto server = start_server();
      auto alice = co_await join_as_broker(url_of(server));
      auto alices = alice.broker().tap();
      auto bob = co_await join_as_broker(url_of(server));
      EXPECT_TRUE(call(alice, NetCall::Connect{bob.id()}));
      EXPECT_TRUE(co_await next_reply<NetReply::Connected>(alices));
      EXPECT_TRUE(call(alice, NetCall::Tick{}));
      const auto state = co_await next_reply<NetReply::ConnectionState>(alices);
      EXPECT_TRUE(state && state->stats.round_trip > Duration::zero());
    }
  };
  run_test(Case::run());
}

/// A signalling server and its nodes, joined by brokers: no WebSocket anywhere, but real WebRTC.
struct World {
  test::BrokerSwitch sockets{Loop::current()};
  SignalServer server = SignalServer::start(sockets.server, 2);
};

/// WebRTC and the handles that keep it and its socket alive.
struct Legs {
  Broker<WSClientMessage> socket;
  WebRTCConn web_rtc;
};

Legs legs_of(World& world, const NodeID& id) {
  auto web_rtc = WebRTCConn::start(id, "ws://localhost");
  EXPECT_TRUE(web_rtc.has_value()) << to_string(web_rtc.error());
  return {world.sockets.plug(), std::move(*web_rtc)};
}

TEST(NetworkBrokerOverBrokers, a_node_lives_on_brokers_of_its_user) {
  struct Case {
    static Task<> run() {
      World world;
      const auto alice_config = *co_await NodeConfig::generate(),
                 bob_config = *co_await NodeConfig::generate();
      auto alices_legs = legs_of(world, alice_config.info.id());
      auto alice = NetworkBroker::start(alice_config, alices_legs.socket, alices_legs.web_rtc.broker());
      auto alices = alice.broker().tap();
      auto bobs_legs = legs_of(world, bob_config.info.id());
      auto bob = co_await network_start(bob_config, bobs_legs.socket, bobs_legs.web_rtc.broker());
      EXPECT_TRUE(bob.has_value()) << to_string(bob.error());
      if (!bob) co_return;

      EXPECT_TRUE(co_await bob->send(alice.id(), Message::from_text("hello")));
      const auto hello = co_await next_reply<NetReply::RcvNodeMessage>(alices);
      EXPECT_TRUE(hello && hello->from == bob->id() && hello->message.text() == "hello");
      const std::string large(NetworkLimits::max_message_bytes, 'y');
      EXPECT_TRUE(call(alice, NetCall::SendNodeMessage{bob->id(), Message::from_text(large)}));
      const auto answer = co_await next<NetReply::RcvNodeMessage>(*bob);
      EXPECT_TRUE(answer && answer->message.text() == large);
      EXPECT_TRUE(bob->connected(alice.id()));

      EXPECT_TRUE(bob->tick());
      const auto state = co_await next<NetReply::ConnectionState>(*bob);
      EXPECT_TRUE(state && state->id == alice.id());

      EXPECT_TRUE(bob->disconnect(alice.id()));
      EXPECT_TRUE(co_await next<NetReply::Disconnected>(*bob));
      EXPECT_TRUE(co_await bob->close());
    }
  };
  run_test(Case::run());
}

TEST(NetworkBrokerOverBrokers, announces_itself_again_when_the_socket_comes_back) {
  struct Case {
    static Task<> run() {
      World world;
      const auto config = *co_await NodeConfig::generate();
      auto legs = legs_of(world, config.info.id());
      auto node = NetworkBroker::start(config, legs.socket, legs.web_rtc.broker());
      auto tap = node.broker().tap();
      EXPECT_TRUE(co_await next_reply<NetReply::RcvWSUpdateList>(tap));

      world.sockets.unplug(1);
      EXPECT_TRUE(legs.socket.emit(WSClientOutput::Any(WSClientOutput::Disconnected{})));
      co_await sleep(50ms);
      EXPECT_EQ(world.server.counters().nodes, 0U);
      EXPECT_TRUE(legs.socket.emit(WSClientOutput::Any(WSClientOutput::Connected{})));
      EXPECT_TRUE(world.sockets.server.emit(WSServerOutput::Any(WSServerOutput::NewConnection{1})));
      EXPECT_TRUE(co_await next_reply<NetReply::RcvWSUpdateList>(tap));
      EXPECT_EQ(world.server.counters().nodes, 1U);
    }
  };
  run_test(Case::run());
}

}  // namespace
}  // namespace flnet::testing
