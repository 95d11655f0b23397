// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalHub step by step: who is let in, listed, served, replaced and evicted.
#include "protocol/signal_hub.hpp"

#include "support/outputs.hpp"
#include "support/signal_words.hpp"

#include <gtest/gtest.h>

#include <map>

namespace flnet::protocol {
namespace {

using In = SignalHubInput;
using Out = SignalHubOutput;
using test::all_of_kind;
using test::count_of_kind;
using test::node_id;
using test::node_info;
using wire::Dialect;

class SignalHubTest : public ::testing::Test {
 protected:
  SignalHubTest() { restart({}); }

  void restart(SignalHubConfig config) { hub_ = std::make_unique<SignalHub>(config, random_); }

  SignalHub::Outbox give(In::Any input) {
    SignalHub::Outbox out;
    hub_->handle(std::move(input), now_, out);
    return out;
  }
  SignalHub::Outbox receive(std::uint64_t client, const wire::ClientMessage& message) {
    return give(In::Received{ClientId(client), wire::encode(message)});
  }
  SignalHub::Outbox pass(Duration time) {
    now_ += time;
    SignalHub::Outbox out;
    hub_->handle_timeout(now_, out);
    return out;
  }
  void open(std::uint64_t client) {
    const auto texts = all_of_kind<Out::SendText>(give(In::ClientOpened{ClientId(client)}));
    ASSERT_EQ(texts.size(), 1U);
    const auto read = wire::decode_server_message(texts[0].text);
    ASSERT_TRUE(read) << to_string(read.error());
    challenges_[client] = std::get<wire::Challenge>(*read).challenge;
  }
  SignalHub::Outbox announce(std::uint64_t client, std::uint64_t node, Dialect dialect) {
    return receive(client, test::announce(node, challenges_[client], dialect));
  }
  SignalHub::Outbox verified(std::uint64_t client, bool good = true) {
    return give(In::Verified{ClientId(client), good});
  }
  /// Client n becomes node n.
  void join(std::uint64_t client, Dialect dialect) {
    open(client);
    announce(client, client, dialect);
    verified(client);
    ASSERT_TRUE(hub_->node_count() > 0);
  }
  /// The texts for one client.
  static std::vector<std::string> texts_for(const SignalHub::Outbox& out, std::uint64_t client) {
    std::vector<std::string> texts;
    for (const auto& send : all_of_kind<Out::SendText>(out)) {
      if (send.client == ClientId(client)) texts.push_back(send.text);
    }
    return texts;
  }
  static std::vector<wire::ListedNode> list_in(const std::string& text) {
    const auto read = wire::decode_server_message(text);
    return std::get<wire::ListReply>(read.value()).nodes;
  }
  static wire::PeerSetup setup(std::uint64_t init, std::uint64_t follow) {
    return {{node_id(init), node_id(follow), PeerMessage::Init{}}};
  }

  SeededRandom random_{1};
  std::unique_ptr<SignalHub> hub_;
  std::map<std::uint64_t, U256> challenges_;
  Time now_{};
};

TEST_F(SignalHubTest, gives_each_client_a_challenge_of_its_own) {
  open(1);
  open(2);
  EXPECT_NE(challenges_[1], challenges_[2]);
  EXPECT_EQ(hub_->client_count(), 2U);
  EXPECT_EQ(hub_->node_count(), 0U);
}

TEST_F(SignalHubTest, follows_the_flow_of_a_0_7_node) {
  open(1);
  const auto checks = all_of_kind<Out::Verify>(announce(1, 1, Dialect::v0_7));
  ASSERT_EQ(checks.size(), 1U);
  EXPECT_EQ(checks[0].key, node_id(1));
  EXPECT_EQ(checks[0].challenge, challenges_[1]);
  EXPECT_EQ(checks[0].signature, test::fake_signature(node_id(1), challenges_[1]));
  EXPECT_TRUE(receive(1, wire::ListRequest{}).empty()) << "it waits for the verdict";

  const auto out = verified(1);
  EXPECT_EQ(count_of_kind<Out::NodeJoined>(out), 1U);
  const auto texts = texts_for(out, 1);
  ASSERT_EQ(texts.size(), 1U) << "no SystemConfig for 0.7";
  EXPECT_EQ(texts[0], wire::encode(wire::ListReply{{{node_info(1), Dialect::v0_7}}}, Dialect::v0_7));
}

TEST_F(SignalHubTest, follows_the_flow_of_a_0_10_node) {
  restart({.realm = node_id(77)});
  open(1);
  announce(1, 1, Dialect::v0_10);
  receive(1, wire::ListRequest{});
  const auto texts = texts_for(verified(1), 1);
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(texts[0], wire::encode(wire::SystemConfig{node_id(77)}, Dialect::v0_10));
  EXPECT_EQ(texts[1], wire::encode(wire::ListReply{{{node_info(1), Dialect::v0_10}}}, Dialect::v0_10));
}

TEST_F(SignalHubTest, takes_the_first_of_two_announces_and_ignores_the_second) {
  open(1);
  EXPECT_EQ(count_of_kind<Out::Verify>(announce(1, 1, Dialect::v0_10)), 1U);
  EXPECT_TRUE(announce(1, 1, Dialect::v0_7).empty());
  EXPECT_TRUE(receive(1, wire::ListRequest{}).empty());
  const auto out = verified(1);
  EXPECT_EQ(count_of_kind<Out::Verify>(out), 0U);
  const auto texts = texts_for(out, 1);
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_NE(texts[1].find("NodeInfoV3"), std::string::npos);
  EXPECT_TRUE(announce(1, 1, Dialect::v0_7).empty());
  EXPECT_EQ(hub_->counters().bad_signatures, 0U);
  EXPECT_EQ(hub_->counters().announced, 1U);
}

TEST_F(SignalHubTest, verifies_the_second_announce_when_the_first_was_bad_and_keeps_the_order) {
  open(1);
  announce(1, 1, Dialect::v0_10);
  announce(1, 1, Dialect::v0_7);
  receive(1, wire::ListRequest{});
  const auto out = verified(1, false);
  EXPECT_EQ(count_of_kind<Out::Verify>(out), 1U);
  EXPECT_TRUE(texts_for(out, 1).empty());
  const auto texts = texts_for(verified(1), 1);
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(list_in(texts[0]).at(0).dialect, Dialect::v0_7);
  EXPECT_EQ(hub_->counters().bad_signatures, 1U);
}

TEST_F(SignalHubTest, refuses_a_signature_over_another_challenge_without_looking_at_it) {
  open(1);
  open(2);
  const auto out = receive(1, test::announce(1, challenges_[2], Dialect::v0_7));
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(hub_->counters().bad_signatures, 1U);
  EXPECT_EQ(count_of_kind<Out::Verify>(announce(1, 1, Dialect::v0_7)), 1U) << "it may be retried";
}

TEST_F(SignalHubTest, keeps_a_bounded_number_of_messages_while_it_verifies) {
  restart({.pending_messages = 3});
  open(1);
  announce(1, 1, Dialect::v0_7);
  for (int i = 0; i < 5; ++i) receive(1, wire::ListRequest{});
  EXPECT_EQ(hub_->counters().dropped_pending, 2U);
  EXPECT_EQ(texts_for(verified(1), 1).size(), 3U);
}

TEST_F(SignalHubTest, keeps_a_bounded_number_of_bytes_while_it_verifies) {
  restart({.pending_bytes = 100000});
  open(1);
  announce(1, 1, Dialect::v0_7);
  const wire::PeerSetup large{{node_id(1), node_id(2), PeerMessage::Offer{std::string(60000, 's')}}};
  receive(1, large);
  receive(1, large);
  receive(1, wire::ListRequest{});
  EXPECT_EQ(hub_->counters().dropped_pending, 1U);
  EXPECT_EQ(texts_for(verified(1), 1).size(), 1U);
}

TEST_F(SignalHubTest, ignores_a_verdict_that_comes_too_late) {
  open(1);
  announce(1, 1, Dialect::v0_7);
  give(In::ClientClosed{ClientId(1)});
  EXPECT_TRUE(verified(1).empty());
  open(2);
  EXPECT_TRUE(verified(2).empty()) << "nobody asked";
  EXPECT_EQ(hub_->node_count(), 0U);
}

TEST_F(SignalHubTest, writes_every_list_for_its_reader) {
  join(1, Dialect::v0_7);
  join(2, Dialect::v0_10);
  const auto old_texts = texts_for(receive(1, wire::ListRequest{}), 1);
  const auto new_texts = texts_for(receive(2, wire::ListRequest{}), 2);
  ASSERT_EQ(old_texts.size(), 1U);
  ASSERT_EQ(new_texts.size(), 1U);
  EXPECT_EQ(old_texts[0].find("NodeInfoV3"), std::string::npos);
  const auto nodes = list_in(new_texts[0]);
  ASSERT_EQ(nodes.size(), 2U);
  for (const auto& node : nodes) {
    EXPECT_EQ(node.dialect, node.info.id() == node_id(1) ? Dialect::v0_7 : Dialect::v0_10);
  }
  EXPECT_EQ(list_in(old_texts[0]).size(), 2U);
}

TEST_F(SignalHubTest, passes_a_setup_from_one_of_its_two_nodes_to_the_other) {
  join(1, Dialect::v0_7);
  join(2, Dialect::v0_10);
  join(3, Dialect::v0_7);
  for (const auto& [from, to] : {std::pair{1, 2}, std::pair{2, 1}}) {
    const auto out = receive(from, setup(1, 2));
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(texts_for(out, to), std::vector{wire::encode(wire::ServerMessage(setup(1, 2)), Dialect::v0_7)});
  }
  EXPECT_TRUE(receive(3, setup(1, 2)).empty());
  EXPECT_TRUE(receive(1, setup(1, 1)).empty());
  EXPECT_EQ(hub_->counters().dropped_foreign, 2U);
  EXPECT_TRUE(receive(1, setup(1, 9)).empty());
  EXPECT_EQ(hub_->counters().dropped_no_target, 1U);
  EXPECT_EQ(hub_->counters().setups_passed, 2U);
}

TEST_F(SignalHubTest, does_nothing_for_who_has_not_announced_itself) {
  join(1, Dialect::v0_7);
  open(2);
  EXPECT_TRUE(receive(2, wire::ListRequest{}).empty());
  EXPECT_TRUE(receive(2, setup(2, 1)).empty());
  EXPECT_TRUE(receive(2, wire::NodeStats{}).empty());
  EXPECT_EQ(hub_->counters().dropped_unannounced, 3U);
}

TEST_F(SignalHubTest, hands_out_statistics_with_who_sent_them) {
  join(1, Dialect::v0_7);
  const wire::NodeStats stats{{{node_id(2), "0.7", 1, 2}}};
  const auto out = all_of_kind<Out::Stats>(receive(1, stats));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].from, node_id(1));
  EXPECT_EQ(out[0].stats, stats);
}

TEST_F(SignalHubTest, replaces_the_older_client_of_an_id_and_tells_it_in_its_dialect) {
  for (const Dialect dialect : {Dialect::v0_7, Dialect::v0_10}) {
    restart({});
    join(1, dialect);
    open(2);
    announce(2, 1, dialect);
    const auto out = verified(2);
    const auto closed = all_of_kind<Out::Close>(out);
    ASSERT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed[0].client, ClientId(1));
    EXPECT_EQ(texts_for(out, 1).size(), dialect == Dialect::v0_10 ? 1U : 0U);
    if (dialect == Dialect::v0_10) {
      EXPECT_EQ(texts_for(out, 1)[0], R"({"Error":"New Connection with same ID"})");
    }
    EXPECT_EQ(hub_->node_count(), 1U);
    EXPECT_EQ(hub_->client_count(), 1U);
    EXPECT_EQ(hub_->counters().replaced, 1U);

    give(In::ClientClosed{ClientId(1)});
    EXPECT_EQ(hub_->node_count(), 1U) << "the older socket's end is not the newer one's";
  }
}

TEST_F(SignalHubTest, closes_who_does_not_announce_itself_in_time) {
  open(1);
  pass(10s);
  open(2);
  announce(2, 2, Dialect::v0_7);
  verified(2);
  pass(10s);
  open(3);
  announce(3, 3, Dialect::v0_7);  // No verdict comes.
  EXPECT_EQ(*hub_->deadline(), Time{} + Duration(30s));
  const auto first = all_of_kind<Out::Close>(pass(10s));
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].client, ClientId(1));
  const auto second = all_of_kind<Out::Close>(pass(20s));
  ASSERT_EQ(second.size(), 1U);
  EXPECT_EQ(second[0].client, ClientId(3));
  EXPECT_EQ(hub_->client_count(), 1U);
}

TEST_F(SignalHubTest, lets_silent_nodes_stay_as_long_as_they_answer_pings) {
  join(1, Dialect::v0_7);
  for (int i = 0; i < 100; ++i) {
    const auto out = pass(*hub_->deadline() - now_);
    if (out.empty()) continue;  // The push after the join.
    ASSERT_EQ(out.size(), 1U);
    EXPECT_EQ(std::get<Out::Ping>(out[0]).client, ClientId(1));
    pass(59s);
    give(In::Pong{ClientId(1)});
  }
  EXPECT_EQ(hub_->node_count(), 1U);
}

TEST_F(SignalHubTest, evicts_who_does_not_answer_a_ping) {
  join(1, Dialect::v0_7);
  EXPECT_EQ(count_of_kind<Out::Ping>(pass(30s)), 1U);
  EXPECT_EQ(count_of_kind<Out::Ping>(pass(59s)), 0U);
  const auto out = pass(1s);
  EXPECT_EQ(count_of_kind<Out::Close>(out), 1U);
  EXPECT_EQ(count_of_kind<Out::NodeLeft>(out), 1U);
  EXPECT_EQ(hub_->counters().evicted, 1U);
  EXPECT_EQ(hub_->client_count(), 0U);
  EXPECT_EQ(hub_->deadline(), std::nullopt);
}

TEST_F(SignalHubTest, takes_text_for_a_sign_of_life) {
  join(1, Dialect::v0_7);
  pass(30s);
  receive(1, wire::ListRequest{});
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(count_of_kind<Out::Ping>(pass(29s)), 0U);
    receive(1, wire::ListRequest{});
  }
}

TEST_F(SignalHubTest, closes_who_sends_too_much_that_is_no_good) {
  open(1);
  for (int i = 0; i < 16; ++i) give(In::Received{ClientId(1), "rubbish"});
  for (int i = 0; i < 15; ++i) {
    announce(1, 1, Dialect::v0_7);
    EXPECT_EQ(count_of_kind<Out::Close>(verified(1, false)), 0U);
  }
  const auto out = give(In::Received{ClientId(1), "\xff"});
  EXPECT_EQ(count_of_kind<Out::Close>(out), 1U);
  EXPECT_EQ(hub_->client_count(), 0U);
  EXPECT_TRUE(give(In::Received{ClientId(1), "\xff"}).empty());
}

TEST_F(SignalHubTest, refuses_clients_beyond_its_limit) {
  restart({.max_clients = 2});
  open(1);
  open(2);
  const auto out = give(In::ClientOpened{ClientId(3)});
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Out::Close>(out[0]));
  EXPECT_EQ(hub_->client_count(), 2U);
  give(In::ClientClosed{ClientId(1)});
  open(4);
}

TEST_F(SignalHubTest, pushes_one_list_to_each_0_10_node_for_many_joins) {
  join(1, Dialect::v0_10);
  join(2, Dialect::v0_7);
  for (std::uint64_t n = 3; n < 50; ++n) join(n, Dialect::v0_7);
  EXPECT_EQ(*hub_->deadline(), now_ + Duration(100ms));
  const auto out = pass(100ms);
  ASSERT_EQ(out.size(), 1U);
  const auto texts = texts_for(out, 1);
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(list_in(texts[0]).size(), 49U);
  EXPECT_EQ(*hub_->deadline() - now_, Duration(29900ms)) << "nothing more to push";
}

TEST_F(SignalHubTest, does_not_push_a_list_to_who_just_got_one) {
  join(1, Dialect::v0_10);
  join(2, Dialect::v0_10);
  receive(1, wire::ListRequest{});
  EXPECT_TRUE(pass(100ms).empty());
}

TEST_F(SignalHubTest, pushes_no_more_bytes_than_its_limit_at_once_and_goes_on_later) {
  restart({.push_bytes = 1});
  for (std::uint64_t n = 0; n < 10; ++n) join(n, Dialect::v0_10);
  std::map<std::uint64_t, int> pushed;
  for (int i = 0; i < 9; ++i) {
    const auto out = all_of_kind<Out::SendText>(pass(100ms));
    ASSERT_EQ(out.size(), 1U) << i;
    ++pushed[std::to_underlying(out[0].client)];
  }
  EXPECT_EQ(pushed.size(), 9U) << "everybody but the last to come";
  EXPECT_TRUE(pass(100ms).empty());
}

TEST_F(SignalHubTest, bounds_a_list_and_always_names_the_asking_node) {
  restart({.max_list_nodes = 5});
  for (std::uint64_t n = 0; n < 20; ++n) join(n, n % 2 == 0 ? Dialect::v0_7 : Dialect::v0_10);
  std::map<NodeID, int> seen;
  for (int round = 0; round < 50; ++round) {
    for (std::uint64_t n = 0; n < 20; ++n) {
      const auto nodes = list_in(texts_for(receive(n, wire::ListRequest{}), n).at(0));
      ASSERT_EQ(nodes.size(), 5U);
      std::map<NodeID, int> once;
      for (const auto& node : nodes) EXPECT_EQ(++once[node.info.id()], 1);
      EXPECT_EQ(once.count(node_id(n)), 1U);
      for (const auto& [id, times] : once) seen[id] += times;
    }
  }
  EXPECT_EQ(seen.size(), 20U) << "all come up some time";
}

TEST_F(SignalHubTest, bounds_a_list_in_bytes_so_that_nodes_can_read_it) {
  restart({.max_list_bytes = 1000});
  for (std::uint64_t n = 0; n < 20; ++n) join(n, Dialect::v0_7);
  const auto text = texts_for(receive(3, wire::ListRequest{}), 3).at(0);
  EXPECT_LE(text.size(), 1100U);
  EXPECT_GE(list_in(text).size(), 5U);
}

TEST_F(SignalHubTest, forgets_everything_of_clients_that_close) {
  for (std::uint64_t n = 0; n < 20; ++n) join(n, n % 2 == 0 ? Dialect::v0_7 : Dialect::v0_10);
  open(100);
  open(101);
  announce(101, 101, Dialect::v0_7);
  pass(30s);
  std::size_t left = 0;
  for (std::uint64_t n = 0; n < 102; ++n) {
    left += count_of_kind<Out::NodeLeft>(give(In::ClientClosed{ClientId(n)}));
  }
  EXPECT_EQ(left, 20U);
  EXPECT_EQ(hub_->client_count(), 0U);
  EXPECT_EQ(hub_->node_count(), 0U);
  pass(1s);
  EXPECT_EQ(hub_->deadline(), std::nullopt);
}

}  // namespace
}  // namespace flnet::protocol
