// SPDX-License-Identifier: MIT OR Apache-2.0
// NetworkBroker on loopback: nodes as brokers. On every platform.
#include "live/net/live_brokers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace flnet::testing {
namespace {

/// What Tick tells once the path is known: a browser answers with what it knew a moment ago.
Task<std::optional<NetReply::ConnectionState>> measured(const NetworkBroker& node, NetworkTap& tap) {
  const Time give_up = now() + patience;
  while (now() < give_up) {
    EXPECT_TRUE(call(node, NetCall::Tick{}));
    auto state = co_await next_reply<NetReply::ConnectionState>(tap);
    if (!state || !state->stats.remote_address.empty()) co_return state;
    co_await sleep(50ms);
  }
  co_return std::nullopt;
}

bool lists(const NetReply::RcvWSUpdateList& list, const NodeID& id) {
  return std::ranges::any_of(list.nodes, [&id](const auto& node) { return node.id() == id; });
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

      const auto state = co_await measured(alice, alices);
      EXPECT_TRUE(state && state->id == bob.id());
      if (state) {
        EXPECT_GE(state->stats.rx_bytes, 3U);
        EXPECT_GE(state->stats.tx_bytes, 100000U);
      }
      EXPECT_TRUE(co_await alice.close());
      EXPECT_TRUE(co_await next_reply<NetReply::Disconnected>(bobs));
    }
  };
  run_test(Case::run());
}

TEST(NetworkBroker, carries_out_calls) {
  struct Case {
    static Task<> run() {
      const auto server = start_server();
      auto alice = co_await join_as_broker(url_of(server));
      auto alices = alice.broker().tap();
      auto bob = co_await join_as_broker(url_of(server));

      EXPECT_TRUE(co_await next_reply<NetReply::RcvWSUpdateList>(alices));
      EXPECT_TRUE(call(alice, NetCall::SendWSUpdateListRequest{}));
      const auto list = co_await next_reply<NetReply::RcvWSUpdateList>(
          alices, [&bob](const auto& each) { return lists(each, bob.id()); });
      EXPECT_TRUE(list.has_value());

      EXPECT_TRUE(call(alice, NetCall::Connect{bob.id()}));
      const auto connected = co_await next_reply<NetReply::Connected>(alices);
      EXPECT_TRUE(connected && connected->peer == bob.id());
      EXPECT_TRUE(call(alice, NetCall::Disconnect{bob.id()}));
      const auto disconnected = co_await next_reply<NetReply::Disconnected>(alices);
      EXPECT_TRUE(disconnected && disconnected->peer == bob.id());
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
      const auto config = *co_await NodeConfig::generate();
      const auto refused = co_await network_broker_start(config, "ws://127.0.0.1:1");
      EXPECT_FALSE(refused.has_value());
      const auto bad = co_await network_broker_start(config, "http://localhost");
      EXPECT_TRUE(!bad && bad.error().code == ErrorCode::invalid_argument);
    }
  };
  run_test(Case::run());
}

}  // namespace
}  // namespace flnet::testing
