// SPDX-License-Identifier: MIT OR Apache-2.0
// IceAgent datagram by datagram: answers, triggered checks, nomination, role conflicts, consent, limits.
#include "rtc/ice_agent.hpp"

#include "rtc/ice_checklist.hpp"
#include "support/event_queue.hpp"
#include "support/ice_host.hpp"
#include "support/virtual_network.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace flnet::rtc {
namespace {

using test::EventQueue;
using test::IceHost;
using test::VirtualNetwork;

constexpr Duration one_way = 1ms;

SocketAddress address(std::string_view text) {
  return SocketAddress::parse(text).value();
}

struct Sent {
  DatagramPath path;
  Bytes datagram;
  StunMessage message() const { return decode_stun(datagram).value(); }
};

/// An agent whose peer is played by the test.
class IceAgentTest : public ::testing::Test, public IceSink {
 protected:
  void start(IceRole role) {
    IceConfig config;
    config.role = role;
    config.local = local_;
    config.max_remote_candidates = 4;
    config.max_pairs = 6;
    agent_.emplace(config, random_, *this);
    agent_->add_local_candidate(host_candidate(path_.local, 0), now_);
  }
  void start_with_peer(IceRole role) {
    start(role);
    agent_->set_remote_credentials(remote_, now_);
    agent_->add_remote_candidate(host_candidate(path_.remote, 0), now_);
  }

  StunMessage check(IceRole peer_role, std::uint64_t tie_breaker = 7) {
    StunMessage check;
    random_.fill(check.transaction);
    check.username = local_.ufrag + ":" + remote_.ufrag;
    check.priority = 1000;
    (peer_role == IceRole::controlling ? check.ice_controlling : check.ice_controlled) = tie_breaker;
    return check;
  }
  void receive_check(const StunMessage& check, const DatagramPath& path) {
    agent_->receive(path, encode_stun(check, as_bytes(local_.password)), now_);
  }
  /// Answers the oldest request of the agent that has not been taken yet; `password` is the peer's.
  void answer(const Sent& request, std::optional<DatagramPath> path = {}, std::string password = {}) {
    StunMessage response;
    response.message_class = StunClass::success;
    response.transaction = request.message().transaction;
    response.mapped_address = request.path.local;
    if (password.empty()) password = remote_.password;
    agent_->receive(path.value_or(request.path), encode_stun(response, as_bytes(password)), now_);
  }
  std::vector<Sent> take_sent() { return std::exchange(sent_, {}); }
  void pass(Duration time) {
    const Time end = now_ + time;
    while (agent_->deadline() && *agent_->deadline() <= end) {
      now_ = *agent_->deadline();
      agent_->handle_timeout(now_);
    }
    now_ = end;
  }

  void send_ice(const DatagramPath& path, ByteView datagram) override {
    sent_.push_back({path, to_bytes(datagram)});
  }
  void ice_state_changed(IceState state) override { states_.push_back(state); }
  void ice_path_changed(const DatagramPath& path) override { paths_.push_back(path); }

  SeededRandom random_{42};
  IceCredentials local_{"ours", "our/password/of/22/chars"};
  IceCredentials remote_{"them", "their/password/of/22/chars"};
  DatagramPath path_{address("192.0.2.1:4000"), address("192.0.2.2:5000")};
  Time now_{1s};
  std::optional<IceAgent> agent_;
  std::vector<Sent> sent_;
  std::vector<IceState> states_;
  std::vector<DatagramPath> paths_;
};

TEST_F(IceAgentTest, the_first_check_leaves_at_once_and_is_repeated_with_back_off) {
  start_with_peer(IceRole::controlling);
  const auto first = take_sent();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(first[0].path, path_);
  EXPECT_EQ(first[0].message().username, "them:ours");
  EXPECT_TRUE(first[0].message().ice_controlling);
  EXPECT_FALSE(first[0].message().use_candidate);
  EXPECT_TRUE(verify_stun_integrity(first[0].datagram, as_bytes(remote_.password)));
  for (const Duration wait : {250ms, 500ms, 1000ms}) {
    EXPECT_EQ(agent_->deadline(), now_ + wait);
    pass(wait);
    const auto repeated = take_sent();
    ASSERT_EQ(repeated.size(), 1U);
    EXPECT_EQ(repeated[0].datagram, first[0].datagram);
  }
}

TEST_F(IceAgentTest, controlling_it_connects_with_one_answer_and_nominates_at_once) {
  start_with_peer(IceRole::controlling);
  now_ += 3ms;
  answer(take_sent().at(0));
  EXPECT_EQ(states_, (std::vector{IceState::checking, IceState::connected}));
  EXPECT_EQ(paths_, std::vector{path_});
  EXPECT_EQ(agent_->round_trip(), 3ms);
  const auto nomination = take_sent();
  ASSERT_EQ(nomination.size(), 1U);
  EXPECT_TRUE(nomination[0].message().use_candidate);
  answer(nomination[0]);
  EXPECT_EQ(paths_.size(), 1U);
  // Only consent is left.
  EXPECT_GE(*agent_->deadline() - now_, 3900ms);
}

TEST_F(IceAgentTest, answers_a_check_before_it_knows_the_peer_and_checks_back_afterwards) {
  start(IceRole::controlled);
  StunMessage request = check(IceRole::controlling);
  request.use_candidate = true;
  receive_check(request, path_);
  const auto response = take_sent();
  ASSERT_EQ(response.size(), 1U);
  EXPECT_EQ(response[0].message().message_class, StunClass::success);
  EXPECT_EQ(response[0].message().mapped_address, path_.remote);
  EXPECT_TRUE(verify_stun_integrity(response[0].datagram, as_bytes(local_.password)));
  EXPECT_FALSE(agent_->deadline());
  agent_->set_remote_credentials(remote_, now_);
  const auto checks = take_sent();
  ASSERT_EQ(checks.size(), 1U);
  answer(checks[0]);
  EXPECT_EQ(agent_->state(), IceState::connected);
  EXPECT_EQ(agent_->path(), path_);
}

TEST_F(IceAgentTest, forgets_early_checks_of_another_session) {
  start(IceRole::controlled);
  StunMessage request = check(IceRole::controlling);
  request.username = "ours:other";
  receive_check(request, path_);
  take_sent();
  agent_->set_remote_credentials(remote_, now_);
  EXPECT_TRUE(take_sent().empty());
  EXPECT_EQ(agent_->counters().wrong_username, 1U);
}

TEST_F(IceAgentTest, refuses_checks_that_are_not_authentic) {
  start_with_peer(IceRole::controlled);
  take_sent();
  StunMessage request = check(IceRole::controlling);
  agent_->receive(path_, encode_stun(request, {}), now_);
  EXPECT_EQ(take_sent().at(0).message().error_code, 400);
  agent_->receive(path_, encode_stun(request, as_bytes("wrong password")), now_);
  EXPECT_EQ(take_sent().at(0).message().error_code, 401);
  EXPECT_EQ(agent_->counters().bad_integrity, 2U);
  request.username = "ours:other";
  receive_check(request, path_);
  EXPECT_EQ(take_sent().at(0).message().error_code, 401);
  EXPECT_EQ(agent_->counters().wrong_username, 1U);
  agent_->receive(path_, Bytes{0, 1, 2}, now_);
  EXPECT_EQ(agent_->counters().malformed, 1U);
}

TEST_F(IceAgentTest, believes_only_authentic_answers_to_its_own_checks) {
  start_with_peer(IceRole::controlling);
  const auto request = take_sent().at(0);
  answer(request, {}, "wrong password");
  EXPECT_EQ(agent_->counters().bad_integrity, 1U);
  EXPECT_EQ(agent_->state(), IceState::checking);
  answer(request, DatagramPath{path_.local, address("192.0.2.9:5000")});
  EXPECT_EQ(agent_->state(), IceState::checking) << "it came from elsewhere";
  answer(request);
  EXPECT_EQ(agent_->counters().unknown_transaction, 1U) << "answered already";
}

TEST_F(IceAgentTest, a_check_from_an_unknown_address_makes_a_peer_reflexive_candidate) {
  start(IceRole::controlled);
  agent_->set_remote_credentials(remote_, now_);
  const DatagramPath hidden{path_.local, address("203.0.113.5:777")};
  receive_check(check(IceRole::controlling), hidden);
  const auto sent = take_sent();
  ASSERT_EQ(sent.size(), 2U) << "an answer and a triggered check, without waiting";
  EXPECT_EQ(sent[1].path, hidden);
  answer(sent[1]);
  EXPECT_EQ(agent_->path(), hidden);
}

TEST_F(IceAgentTest, the_smaller_tie_breaker_gives_way) {
  start_with_peer(IceRole::controlling);
  take_sent();
  receive_check(check(IceRole::controlling, 0), path_);
  EXPECT_EQ(take_sent().at(0).message().error_code, 487);
  EXPECT_EQ(agent_->role(), IceRole::controlling);
  receive_check(check(IceRole::controlling, UINT64_MAX), path_);
  EXPECT_EQ(agent_->role(), IceRole::controlled);
  EXPECT_EQ(take_sent().at(0).message().message_class, StunClass::success);
}

TEST_F(IceAgentTest, changes_its_role_when_a_check_is_refused_with_487) {
  start_with_peer(IceRole::controlling);
  const auto request = take_sent().at(0);
  StunMessage refusal;
  refusal.message_class = StunClass::error;
  refusal.transaction = request.message().transaction;
  refusal.error_code = 487;
  agent_->receive(path_, encode_stun(refusal, as_bytes(remote_.password)), now_);
  EXPECT_EQ(agent_->role(), IceRole::controlled);
  const auto again = take_sent();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_TRUE(again[0].message().ice_controlled);
}

TEST_F(IceAgentTest, consent_is_asked_for_sparsely_and_lost_without_answers) {
  start_with_peer(IceRole::controlling);
  answer(take_sent().at(0));
  answer(take_sent().at(0));
  for (int round = 0; round < 20; ++round) {
    const Duration wait = *agent_->deadline() - now_;
    EXPECT_GE(wait, 4s);
    EXPECT_LE(wait, 6s);
    pass(wait);
    const auto checks = take_sent();
    ASSERT_EQ(checks.size(), 1U);
    answer(checks[0]);
  }
  const Time last_answer = now_;
  for (int second = 0; second < 29; ++second) {
    pass(1s);
    agent_->note_data_received(now_);  // does not count
    receive_check(check(IceRole::controlled), path_);
  }
  EXPECT_EQ(agent_->state(), IceState::connected);
  pass(1s);
  EXPECT_EQ(now_ - last_answer, 30s);
  EXPECT_EQ(agent_->state(), IceState::failed);
  EXPECT_FALSE(agent_->deadline());
}

TEST_F(IceAgentTest, limits_hold) {
  start(IceRole::controlled);
  agent_->set_remote_credentials(remote_, now_);
  for (std::uint8_t i = 0; i < 50; ++i) {
    receive_check(check(IceRole::controlling), {path_.local, {IpAddress::v4({10, 0, 0, i}), 5000}});
  }
  EXPECT_EQ(agent_->counters().limit_reached, 46U);
}

TEST_F(IceAgentTest, closing_it_stops_everything) {
  start_with_peer(IceRole::controlling);
  take_sent();
  agent_->close();
  EXPECT_FALSE(agent_->deadline());
  receive_check(check(IceRole::controlled), path_);
  agent_->add_remote_candidate(host_candidate(address("192.0.2.77:1"), 0), now_);
  EXPECT_TRUE(take_sent().empty());
}

TEST(IceAgent, two_agents_on_loopback_connect_in_a_few_round_trips_without_a_timer) {
  EventQueue queue;
  VirtualNetwork network(queue, 1);
  test::NetworkConditions conditions;
  conditions.latency = one_way;
  network.set_conditions(conditions);
  IceConfig controlled;
  controlled.role = IceRole::controlled;
  IceHost a(queue, network, 1, IceConfig{});
  IceHost b(queue, network, 2, controlled);
  a.add_address(address("127.0.0.1:4000"));
  b.add_address(address("127.0.0.1:5000"));
  b.learn(a);
  queue.run_for(3 * one_way);
  a.learn(b);
  ASSERT_TRUE(queue.run_until([&] { return a.is_connected() && b.is_connected(); }, 6 * one_way));
  queue.run_for(10 * one_way);
  EXPECT_EQ(a.alarms() + b.alarms(), 0U);
}

TEST(IceAgent, priorities_of_pairs_follow_the_formula) {
  EXPECT_EQ(pair_priority(2, 1), (std::uint64_t{1} << 32) + 4 + 1);
  EXPECT_EQ(pair_priority(1, 2), (std::uint64_t{1} << 32) + 4);
}

}  // namespace
}  // namespace flnet::rtc
