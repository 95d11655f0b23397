// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalClient step by step: what it says to servers of both dialects, and when it starts over.
#include "protocol/signal_client.hpp"

#include "support/outputs.hpp"
#include "support/signal_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace flnet::protocol {
namespace {

using In = SignalClientInput;
using Out = SignalClientOutput;
using test::all_of_kind;
using test::count_of_kind;
using test::node_id;
using test::node_info;
using wire::Dialect;

class SignalClientTest : public ::testing::Test {
 protected:
  SignalClientTest() : client_({.info = node_info(0)}, random_) {}

  SignalClient::Outbox give(In::Any input) {
    SignalClient::Outbox out;
    client_.handle(std::move(input), now_, out);
    return out;
  }
  SignalClient::Outbox receive(const wire::ServerMessage& message, Dialect dialect = Dialect::v0_7) {
    return give(In::Received{wire::encode(message, dialect)});
  }
  SignalClient::Outbox pass(Duration time) {
    now_ += time;
    SignalClient::Outbox out;
    client_.handle_timeout(now_, out);
    return out;
  }
  void start_announcing() {
    give(In::Start{});
    give(In::SocketOpened{});
    receive(wire::Challenge{3, challenge_});
    give(In::Signed{test::fake_signature(node_id(0), challenge_)});
  }
  void become_ready() {
    start_announcing();
    receive(wire::ListReply{});
    ASSERT_TRUE(client_.ready());
  }
  static PeerInfo setup_with(const NodeID& init, const NodeID& follow, std::string sdp = "v=0") {
    return {init, follow, PeerMessage::Offer{std::move(sdp)}};
  }

  const U256 challenge_ = node_id(1000);
  SeededRandom random_{1};
  SignalClient client_;
  Time now_{};
};

TEST_F(SignalClientTest, says_nothing_before_it_is_started) {
  EXPECT_EQ(client_.deadline(), std::nullopt);
  EXPECT_TRUE(give(In::SocketOpened{}).empty());
  EXPECT_TRUE(give(In::RequestList{}).empty());
  EXPECT_TRUE(receive(wire::Challenge{3, challenge_}).empty());
}

TEST_F(SignalClientTest, announces_in_both_dialects_and_asks_for_the_list_at_once) {
  EXPECT_EQ(count_of_kind<Out::OpenSocket>(give(In::Start{})), 1U);
  EXPECT_TRUE(give(In::SocketOpened{}).empty());
  const auto signs = all_of_kind<Out::Sign>(receive(wire::Challenge{3, challenge_}));
  ASSERT_EQ(signs.size(), 1U);
  EXPECT_EQ(signs[0].challenge, challenge_);

  const auto texts =
      all_of_kind<Out::SendText>(give(In::Signed{test::fake_signature(node_id(0), challenge_)}));
  ASSERT_EQ(texts.size(), 3U);
  EXPECT_EQ(texts[0].text, test::text_of(test::announce(0, challenge_, Dialect::v0_10)));
  EXPECT_EQ(texts[1].text, test::text_of(test::announce(0, challenge_, Dialect::v0_7)));
  EXPECT_EQ(texts[2].text, R"("ListIDsRequest")");
  EXPECT_FALSE(client_.ready());
}

TEST_F(SignalClientTest, is_ready_with_the_first_list_of_a_0_7_server) {
  start_announcing();
  const wire::ListReply list{{{node_info(0), Dialect::v0_7}, {node_info(1), Dialect::v0_7}}};
  const auto out = receive(list, Dialect::v0_7);
  const auto announced = all_of_kind<Out::Announced>(out);
  ASSERT_EQ(announced.size(), 1U);
  EXPECT_EQ(announced[0].server_dialect, Dialect::v0_7);
  const auto lists = all_of_kind<Out::List>(out);
  ASSERT_EQ(lists.size(), 1U);
  EXPECT_EQ(lists[0].nodes, list.nodes);
  EXPECT_TRUE(client_.ready());
  EXPECT_EQ(count_of_kind<Out::Announced>(receive(list)), 0U) << "only once";
}

TEST_F(SignalClientTest, knows_a_0_10_server_by_its_system_config_or_by_its_list) {
  start_announcing();
  EXPECT_TRUE(receive(wire::SystemConfig{}).empty());
  const auto by_config = all_of_kind<Out::Announced>(receive(wire::ListReply{}));
  ASSERT_EQ(by_config.size(), 1U);
  EXPECT_EQ(by_config[0].server_dialect, Dialect::v0_10);

  give(In::Stop{});
  start_announcing();
  const auto by_list =
      all_of_kind<Out::Announced>(receive(wire::ListReply{{{node_info(1), Dialect::v0_10}}}, Dialect::v0_10));
  ASSERT_EQ(by_list.size(), 1U);
  EXPECT_EQ(by_list[0].server_dialect, Dialect::v0_10);
}

TEST_F(SignalClientTest, gives_up_on_a_server_of_another_version) {
  give(In::Start{});
  give(In::SocketOpened{});
  const auto out = receive(wire::Challenge{4, challenge_});
  ASSERT_EQ(out.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<Out::CloseSocket>(out[0]));
  ASSERT_TRUE(std::holds_alternative<Out::Failed>(out[1]));
  EXPECT_EQ(std::get<Out::Failed>(out[1]).reason.code, ErrorCode::unsupported);
  EXPECT_EQ(client_.deadline(), std::nullopt);
  EXPECT_TRUE(give(In::SocketClosed{}).empty());
  EXPECT_EQ(count_of_kind<Out::OpenSocket>(give(In::Start{})), 1U) << "unless the user insists";
}

TEST_F(SignalClientTest, every_step_towards_the_list_has_a_deadline) {
  const auto expect_lost_after = [&](Duration timeout, auto... inputs) {
    give(In::Stop{});
    give(In::Start{});
    (give(inputs), ...);
    ASSERT_TRUE(client_.deadline());
    EXPECT_EQ(*client_.deadline(), now_ + timeout);
    EXPECT_TRUE(pass(timeout - Duration(1)).empty());
    const auto out = pass(Duration(1));
    ASSERT_EQ(out.size(), 2U);
    EXPECT_TRUE(std::holds_alternative<Out::CloseSocket>(out[0]));
    ASSERT_TRUE(std::holds_alternative<Out::Lost>(out[1]));
    EXPECT_EQ(std::get<Out::Lost>(out[1]).reason.code, ErrorCode::timed_out);
    EXPECT_EQ(std::get<Out::Lost>(out[1]).retry_at, client_.deadline());
  };
  const In::Received challenge{wire::encode(wire::Challenge{3, challenge_}, Dialect::v0_7)};
  expect_lost_after(10s);
  expect_lost_after(10s, In::SocketOpened{});
  expect_lost_after(10s, In::SocketOpened{}, challenge);
  expect_lost_after(10s, In::SocketOpened{}, challenge, In::Signed{});
}

TEST_F(SignalClientTest, comes_back_with_growing_back_off_and_full_jitter) {
  give(In::Start{});
  std::vector<Duration> waits;
  for (int attempt = 0; attempt < 200; ++attempt) {
    const auto lost = all_of_kind<Out::Lost>(give(In::SocketClosed{{ErrorCode::refused, "no"}}));
    ASSERT_EQ(lost.size(), 1U);
    ASSERT_TRUE(lost[0].retry_at);
    const Duration wait = *lost[0].retry_at - now_;
    const Duration bound =
        std::min<Duration>(30s, Duration(500ms) * (std::int64_t{1} << std::min(attempt, 10)));
    EXPECT_LE(wait, bound) << attempt;
    waits.push_back(wait);
    EXPECT_EQ(count_of_kind<Out::OpenSocket>(pass(wait)), 1U);
  }
  EXPECT_GT(*std::ranges::max_element(waits), Duration(25s));
  EXPECT_LT(*std::min_element(waits.begin() + 10, waits.end()), Duration(5s)) << "full jitter";
  EXPECT_EQ(client_.counters().connects, 201U);
}

TEST_F(SignalClientTest, starts_the_back_off_anew_only_after_a_stable_time) {
  const auto lose_and_return_bound = [&](Duration ready_for) {
    // The largest of many waits stands for the bound.
    Duration largest{};
    for (int i = 0; i < 40; ++i) {
      start_announcing();
      receive(wire::ListReply{});
      now_ += ready_for;
      const auto lost = all_of_kind<Out::Lost>(give(In::SocketClosed{}));
      largest = std::max(largest, *lost.at(0).retry_at - now_);
      pass(*lost[0].retry_at - now_);
      give(In::SocketOpened{});
      receive(wire::Challenge{3, challenge_});
      give(In::Signed{});
      receive(wire::ListReply{});
    }
    return largest;
  };
  EXPECT_GT(lose_and_return_bound(1s), Duration(10s));
  give(In::Stop{});
  EXPECT_LE(lose_and_return_bound(31s), Duration(500ms));
}

TEST_F(SignalClientTest, asks_for_the_list_every_interval_and_on_request) {
  become_ready();
  EXPECT_EQ(*client_.deadline(), now_ + Duration(45s));
  const auto asked = all_of_kind<Out::SendText>(pass(45s));
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].text, R"("ListIDsRequest")");
  receive(wire::ListReply{});
  pass(10s);
  EXPECT_EQ(count_of_kind<Out::SendText>(give(In::RequestList{})), 1U);
  EXPECT_EQ(*client_.deadline(), now_ + Duration(45s));
}

TEST_F(SignalClientTest, reconnects_when_the_server_is_silent) {
  become_ready();
  const Time last_heard = now_;
  for (int i = 0; i < 100 && client_.ready(); ++i) {
    const auto out = pass(*client_.deadline() - now_);
    if (client_.ready()) continue;
    EXPECT_EQ(now_ - last_heard, Duration(120s));
    EXPECT_EQ(count_of_kind<Out::CloseSocket>(out), 1U);
    EXPECT_EQ(count_of_kind<Out::Lost>(out), 1U);
  }
  EXPECT_FALSE(client_.ready());
}

TEST_F(SignalClientTest, stays_with_a_server_that_answers) {
  become_ready();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(count_of_kind<Out::SendText>(pass(*client_.deadline() - now_)), 1U);
    receive(wire::ListReply{});
  }
  EXPECT_TRUE(client_.ready());
}

TEST_F(SignalClientTest, keeps_setups_until_it_is_ready_and_loses_the_oldest_first) {
  give(In::Start{});
  for (int i = 0; i < 70; ++i) {
    EXPECT_TRUE(give(In::SendSetup{setup_with(node_id(0), node_id(1), std::to_string(i))}).empty());
  }
  EXPECT_EQ(client_.counters().dropped_pending, 6U);
  give(In::SocketOpened{});
  receive(wire::Challenge{3, challenge_});
  give(In::Signed{});
  const auto texts = all_of_kind<Out::SendText>(receive(wire::ListReply{}));
  ASSERT_EQ(texts.size(), 64U);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto read = wire::decode_client_message(texts[i].text);
    EXPECT_EQ(std::get<wire::PeerSetup>(read.value()).info,
              setup_with(node_id(0), node_id(1), std::to_string(i + 6)));
  }
  EXPECT_EQ(count_of_kind<Out::SendText>(give(In::SendSetup{setup_with(node_id(0), node_id(1))})), 1U);
}

TEST_F(SignalClientTest, passes_on_setups_that_name_it_and_no_others) {
  become_ready();
  const auto setups = [&](const NodeID& init, const NodeID& follow) {
    return all_of_kind<Out::Setup>(receive(wire::PeerSetup{setup_with(init, follow)}));
  };
  EXPECT_EQ(setups(node_id(0), node_id(1)).size(), 1U);
  EXPECT_EQ(setups(node_id(1), node_id(0)).size(), 1U);
  EXPECT_EQ(setups(node_id(1), node_id(2)).size(), 0U);
  EXPECT_EQ(setups(node_id(0), node_id(0)).size(), 0U);
  EXPECT_EQ(client_.counters().dropped_foreign, 2U);
}

TEST_F(SignalClientTest, counts_what_it_cannot_use_and_goes_on) {
  become_ready();
  for (const char* text : {"", "{", R"({"Else":1})", "\"Challenge\"", "\xff", "{\"PeerSetup\":{}}"}) {
    EXPECT_TRUE(give(In::Received{text}).empty()) << text;
  }
  EXPECT_EQ(client_.counters().dropped_malformed, 6U);
  EXPECT_TRUE(receive(wire::Challenge{3, challenge_}).empty());
  EXPECT_EQ(client_.counters().dropped_unexpected, 1U);
  EXPECT_TRUE(client_.ready());
}

TEST_F(SignalClientTest, takes_no_list_or_setup_before_it_has_announced_itself) {
  give(In::Start{});
  give(In::SocketOpened{});
  EXPECT_TRUE(receive(wire::ListReply{}).empty());
  EXPECT_TRUE(receive(wire::PeerSetup{setup_with(node_id(0), node_id(1))}).empty());
  EXPECT_EQ(client_.counters().dropped_unexpected, 2U);
}

TEST_F(SignalClientTest, comes_back_later_when_another_node_took_its_id) {
  become_ready();
  const auto out = receive(wire::ServerError{"New Connection with same ID"}, Dialect::v0_10);
  EXPECT_EQ(count_of_kind<Out::CloseSocket>(out), 1U);
  const auto lost = all_of_kind<Out::Lost>(out);
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].reason.code, ErrorCode::refused);
  EXPECT_TRUE(lost[0].retry_at);
}

TEST_F(SignalClientTest, says_nothing_but_close_after_stop) {
  become_ready();
  const auto out = give(In::Stop{});
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Out::CloseSocket>(out[0]));
  EXPECT_EQ(client_.deadline(), std::nullopt);
  EXPECT_TRUE(give(In::SocketClosed{}).empty());
  EXPECT_TRUE(give(In::SocketOpened{}).empty());
  EXPECT_TRUE(give(In::Signed{}).empty());
  EXPECT_TRUE(give(In::SendSetup{setup_with(node_id(0), node_id(1))}).empty());
  EXPECT_TRUE(give(In::SendStats{}).empty());
  EXPECT_TRUE(receive(wire::ListReply{}).empty());
  EXPECT_TRUE(pass(1h).empty());
  EXPECT_TRUE(give(In::Stop{}).empty());
}

TEST_F(SignalClientTest, stopped_while_backing_off_it_stays_stopped) {
  give(In::Start{});
  give(In::SocketClosed{});
  EXPECT_TRUE(give(In::Stop{}).empty());
  EXPECT_TRUE(pass(1h).empty());
}

TEST_F(SignalClientTest, sends_statistics_only_when_it_is_ready) {
  const wire::NodeStats stats{{{node_id(1), "0.1", 2, 3}}};
  give(In::Start{});
  EXPECT_TRUE(give(In::SendStats{stats}).empty());
  give(In::Stop{});
  become_ready();
  const auto texts = all_of_kind<Out::SendText>(give(In::SendStats{stats}));
  ASSERT_EQ(texts.size(), 1U);
  EXPECT_EQ(texts[0].text, test::text_of(stats));
}

}  // namespace
}  // namespace flnet::protocol
