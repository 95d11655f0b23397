// SPDX-License-Identifier: MIT OR Apache-2.0
// NetworkBroker on loopback: nodes as brokers, and nodes over brokers of the user's own.
#include "live_network.hpp"
#include "support/broker_switch.hpp"

#include <flnet/network_broker.hpp>
#include <flnet/web_rtc_conn.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flnet::testing {
namespace {

using NetworkTap = Tap<NetworkMessage>;

Task<NetworkBroker> join_as_broker(std::string url) {
  const auto config = co_await NodeConfig::generate();
  auto node = co_await network_broker_start(config, url);
  EXPECT_TRUE(node.has_value()) << to_string(node.error());
  co_return std::move(*node);
}

/// The next reply of the wanted kind that `fits`.
template <class Reply>
Task<std::optional<Reply>> next_reply(
    NetworkTap& tap, std::function<bool(const Reply&)> fits = [](const Reply&) { return true; }) {
  const Time give_up = now() + patience;
  while (now() < give_up) {
    const auto message = co_await within(give_up - now(), tap.recv());
    if (!message || !*message) co_return std::nullopt;
    const auto* reply = std::get_if<NetReply::Any>(&**message);
    const auto* wanted = reply ? std::get_if<Reply>(reply) : nullptr;
    if (wanted != nullptr && fits(*wanted)) co_return *wanted;
  }
  co_return std::nullopt;
}

Result<> call(const NetworkBroker& node, NetCall::Any what) {
  return node.broker().emit(std::move(what));
}

TEST(NetworkBroker, exchanges_messages_and_reports_real_numbers) {
  struct Case {
    static Task<> run() {
      const auto server = start_server();
      auto alice = co_await join_as_broker(url_of(server));
      auto alices = alice.broker().tap();
      EXPECT_TRUE(co_await next_reply<NetReply::RcvWSUpdateList>(alices)) << "the first list is not lost";
      auto bob = co_await join_as_broker(url_of(server));
      auto bobs = bob.broker().tap();

      const std::string text(100000, 'x');
      EXPECT_TRUE(call(alice, NetCall::SendNodeMessage{bob.id(), Message::from_text(text)}));
      const auto received = co_await next_reply<NetReply::RcvNodeMessage>(bobs);
      EXPECT_TRUE(received && received->from == alice.id() && received->message.text() == text);
      EXPECT_TRUE(call(bob, NetCall::SendNodeMessage{alice.id(), Message::from_binary({1, 2, 3})}));
      const auto answer = co_await next_reply<NetReply::RcvNodeMessage>(alices);
      EXPECT_TRUE(answer && answer->message == Message::from_binary({1, 2, 3}));

      EXPECT_TRUE(call(alice, NetCall::Tick{}));
      const auto state = co_await next_reply<NetReply::ConnectionState>(
          alices, [](const auto& each) { return each.stats.tx_bytes >= 100000; });
      EXPECT_TRUE(state && state->id == bob.id());
      if (state) {
        EXPECT_GE(state->stats.rx_bytes, 3U);
        EXPECT_TRUE(state->stats.round_trip && *state->stats.round_trip > Duration::zero());
        EXPECT_FALSE(state->stats.remote_address.empty());
      }
      EXPECT_TRUE(co_await alice.close());
      EXPECT_TRUE(co_await next_reply<NetReply::Disconnected>(bobs));
    }
  };
  run_test(Case::run());
}

TEST(NetworkBroker, carries_out_every_call) {
  struct Case {
    static Task<> run() {
      const auto server = start_server();
      auto outputs = server.broker().tap();
      auto alice = co_await join_as_broker(url_of(server));
      auto alices = alice.broker().tap();
      auto bob = co_await join_as_broker(url_of(server));

      EXPECT_TRUE(co_await next_reply<NetReply::RcvWSUpdateList>(alices));
      EXPECT_TRUE(call(alice, NetCall::SendWSUpdateListRequest{}));
      const auto list = co_await next_reply<NetReply::RcvWSUpdateList>(
          alices, [](const auto& each) { return each.nodes.size() == 2; });
      EXPECT_TRUE(list.has_value());

      EXPECT_TRUE(call(alice, NetCall::Connect{bob.id()}));
      const auto connected = co_await next_reply<NetReply::Connected>(alices);
      EXPECT_TRUE(connected && connected->peer == bob.id());
      EXPECT_TRUE(call(alice, NetCall::Disconnect{bob.id()}));
      const auto disconnected = co_await next_reply<NetReply::Disconnected>(alices);
      EXPECT_TRUE(disconnected && disconnected->peer == bob.id());

      EXPECT_TRUE(call(alice, NetCall::SendWSStats{{NodeStat{bob.id(), "0.7", 5, 1}}}));
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

TEST(NetworkBroker, says_which_messages_are_lost) {
  struct Case {
    static Task<> run() {
      const auto server = start_server();
      auto alice = co_await join_as_broker(url_of(server));
      auto tap = alice.broker().tap();
      EXPECT_TRUE(call(alice, NetCall::SendNodeMessage{alice.id(), Message::from_text("to myself")}));
      const auto lost = co_await next_reply<NetReply::MessagesLost>(tap);
      EXPECT_TRUE(lost && lost->reason.code == ErrorCode::invalid_argument);
      const Bytes large(NetworkLimits::max_message_bytes + 1);
      EXPECT_TRUE(
          call(alice, NetCall::SendNodeMessage{U256::parse("12").value(), Message::from_binary(large)}));
      const auto too_large = co_await next_reply<NetReply::MessagesLost>(tap);
      EXPECT_TRUE(too_large && too_large->reason.code == ErrorCode::too_large && too_large->count == 1);
    }
  };
  run_test(Case::run());
}

TEST(NetworkBroker, loses_nothing_when_nobody_reads_for_a_while) {
  struct Case {
    /// As many as always fit into a peer's queue, however slow the machine is.
    static constexpr int batch() { return 900; }

    static Task<> send_batch(const NetworkBroker& from, NodeID to, int first) {
      for (int number = first; number < first + batch(); ++number) {
        // Not within the co_await: GCC 12 destroys what is made there with braces twice.
        NetworkMessage message =
            NetCall::SendNodeMessage{to, Message::from_text(std::to_string(number) + std::string(4000, ' '))};
        EXPECT_TRUE(co_await from.broker().send(std::move(message)));
      }
    }
    static Task<> run() {
      const auto server = start_server();
      auto alice = co_await join_as_broker(url_of(server));
      auto bob = co_await join_as_broker(url_of(server));
      auto bobs = bob.broker().tap();
      co_await send_batch(alice, bob.id(), 0);
      const Time give_up = now() + patience;
      while (bobs.size() < static_cast<std::size_t>(batch()) && now() < give_up) co_await sleep(10ms);
      co_await send_batch(alice, bob.id(), batch());
      co_await sleep(200ms);
      EXPECT_LE(bobs.size(), BrokerLimits{}.messages);
      for (int number = 0; number < 2 * batch(); ++number) {
        const auto received = co_await next_reply<NetReply::RcvNodeMessage>(bobs);
        if (!received) {
          ADD_FAILURE() << "message " << number << " did not come";
          co_return;
        }
        EXPECT_EQ(std::stoi(std::string(received->message.text())), number);
      }
    }
  };
  run_test(Case::run());
}

TEST(NetworkBroker, close_delivers_what_was_emitted) {
  struct Case {
    static Task<> run() {
      const auto server = start_server();
      auto alice = co_await join_as_broker(url_of(server));
      auto bob = co_await join(url_of(server));
      for (int number = 0; number < 100; ++number)
        EXPECT_TRUE(
            call(alice, NetCall::SendNodeMessage{bob.id(), Message::from_text(std::to_string(number))}));
      EXPECT_TRUE(co_await alice.close());
      for (int number = 0; number < 100; ++number) {
        const auto received = co_await next<NetReply::RcvNodeMessage>(bob);
        EXPECT_TRUE(received && received->message.text() == std::to_string(number));
      }
    }
  };
  run_test(Case::run());
}

TEST(NetworkBroker, fails_to_start_without_a_server) {
  struct Case {
    static Task<> run() {
      const auto config = co_await NodeConfig::generate();
      const auto refused = co_await network_broker_start(config, "ws://127.0.0.1:1");
      EXPECT_FALSE(refused.has_value());
      const auto bad = co_await network_broker_start(config, "http://localhost");
      EXPECT_TRUE(!bad && bad.error().code == ErrorCode::invalid_argument);
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
      const auto alice_config = co_await NodeConfig::generate(), bob_config = co_await NodeConfig::generate();
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
      const auto config = co_await NodeConfig::generate();
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
