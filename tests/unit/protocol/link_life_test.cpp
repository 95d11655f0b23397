// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerLink over time: messages that wait, deadlines, back-off, giving up, closing.
#include "support/node_bench.hpp"

#include <gtest/gtest.h>

namespace flnet::protocol::test {
namespace {

using Texts = std::vector<std::string>;
const Error failed{ErrorCode::timed_out, "consent expired"};
const Error goodbye{ErrorCode::closed, "the peer closed"};

TEST(LinkLife, what_waits_leaves_in_order_when_the_link_opens) {
  NodeBench bench;
  bench.send(bench.larger, "one");
  const auto session = bench.only<NodeOutput::CreateOffer>().session;
  bench.send(bench.larger, "two");
  EXPECT_FALSE(bench.node.drained());
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{flnet_sdp(2)});
  EXPECT_FALSE(bench.node.open_session(bench.larger));
  bench.give(NodeInput::SessionOpened{session});
  EXPECT_EQ(bench.sent_texts(), (Texts{"one", "two"}));
  EXPECT_TRUE(std::holds_alternative<NodeOutput::Connected>(bench.out.front()));
  EXPECT_TRUE(bench.node.drained());
  EXPECT_EQ(bench.node.open_session(bench.larger), session);
  bench.send(bench.larger, "three");
  EXPECT_EQ(bench.sent_texts(), Texts{"three"});
}

TEST(LinkLife, a_blocked_session_gets_no_more_until_it_is_writable) {
  NodeBench bench;
  const auto session = bench.open_to_larger();
  bench.give(NodeInput::SessionBlocked{session});
  EXPECT_FALSE(bench.node.open_session(bench.larger));
  bench.send(bench.larger, "one");
  bench.send(bench.larger, "two");
  EXPECT_TRUE(bench.out.empty());
  bench.give(NodeInput::SessionWritable{session});
  EXPECT_EQ(bench.sent_texts(), (Texts{"one", "two"}));
}

TEST(LinkLife, a_long_queue_leaves_in_bursts_between_which_the_session_may_block) {
  NodeLimits limits;
  limits.burst_messages = 2;
  NodeBench bench(limits);
  const auto session = bench.open_to_larger();
  bench.give(NodeInput::SessionBlocked{session});
  for (const auto* text : {"1", "2", "3", "4", "5"}) bench.send(bench.larger, text);
  bench.give(NodeInput::SessionWritable{session});
  EXPECT_EQ(bench.sent_texts(), (Texts{"1", "2"}));
  EXPECT_EQ(bench.node.deadline(), bench.now);
  bench.step();
  EXPECT_EQ(bench.sent_texts(), (Texts{"3", "4"}));
  bench.give(NodeInput::SessionBlocked{session});
  EXPECT_FALSE(bench.node.deadline());
  bench.give(NodeInput::SessionWritable{session});
  EXPECT_EQ(bench.sent_texts(), Texts{"5"});
  EXPECT_FALSE(bench.node.deadline());
}

TEST(LinkLife, gives_up_after_max_attempts_and_says_so_once) {
  NodeBench bench;
  bench.send(bench.larger, "one");
  bench.send(bench.larger, "two");
  int offers = 1;
  std::size_t down = 0, lost = 0;
  Duration longest_wait{};
  while (bench.node.link_count() > 0) {
    const Time before = bench.now;
    ASSERT_TRUE(bench.step());
    offers += static_cast<int>(bench.count<NodeOutput::CreateOffer>());
    if (bench.count<NodeOutput::CreateOffer>() > 0) longest_wait = std::max(longest_wait, bench.now - before);
    down += bench.count<NodeOutput::Disconnected>();
    for (const auto& loss : bench.all<NodeOutput::Lost>()) lost += loss.count;
  }
  EXPECT_EQ(offers, bench.limits.max_attempts);
  EXPECT_EQ(down, 1U);
  EXPECT_EQ(lost, 2U);
  EXPECT_LE(longest_wait, bench.limits.backoff_max);
  EXPECT_FALSE(bench.node.deadline());
  EXPECT_EQ(bench.node.session_count(), 0U);
  EXPECT_TRUE(bench.node.drained());
  EXPECT_EQ(bench.node.counters().sessions_failed, 6U);
}

TEST(LinkLife, every_waiting_state_of_a_session_ends) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  auto session = bench.only<NodeOutput::CreateOffer>().session;
  bench.step();  // Never described.
  EXPECT_EQ(bench.only<NodeOutput::CloseSession>().session, session);
  bench.step();
  session = bench.only<NodeOutput::CreateOffer>().session;
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
  const Time offered = bench.now;
  bench.step();  // Never answered.
  EXPECT_EQ(bench.now - offered, bench.limits.answer_timeout);
  EXPECT_EQ(bench.only<NodeOutput::CloseSession>().session, session);
  bench.step();
  session = bench.only<NodeOutput::CreateOffer>().session;
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{flnet_sdp(2)});
  const Time answered = bench.now;
  bench.step();  // Never opened.
  EXPECT_EQ(bench.now - answered, bench.limits.open_timeout);
  EXPECT_EQ(bench.only<NodeOutput::CloseSession>().session, session);
}

TEST(LinkLife, an_attempt_of_the_peer_that_fails_is_forgotten_quietly) {
  NodeBench bench;
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{flnet_sdp(1)});
  const auto session = bench.only<NodeOutput::AcceptOffer>().session;
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(2)});
  bench.step();
  EXPECT_EQ(bench.out.size(), 1U);
  EXPECT_EQ(bench.only<NodeOutput::CloseSession>().session, session);
  EXPECT_EQ(bench.node.link_count(), 0U);
}

TEST(LinkLife, a_link_that_was_asked_for_comes_back_when_its_session_fails) {
  NodeBench bench;
  const auto session = bench.open_to_larger();
  bench.give(NodeInput::SessionClosed{session, failed});
  EXPECT_EQ(bench.only<NodeOutput::Disconnected>().reason.code, ErrorCode::timed_out);
  EXPECT_FALSE(bench.node.connected(bench.larger));
  const Time closed = bench.now;
  bench.step();
  EXPECT_EQ(bench.count<NodeOutput::CreateOffer>(), 1U);
  EXPECT_LE(bench.now - closed, bench.limits.backoff_first);
}

TEST(LinkLife, a_link_that_the_peer_closed_stays_closed) {
  NodeBench bench;
  const auto session = bench.open_to_larger();
  bench.give(NodeInput::SessionClosed{session, goodbye});
  EXPECT_EQ(bench.count<NodeOutput::Disconnected>(), 1U);
  EXPECT_EQ(bench.node.link_count(), 0U);
  EXPECT_FALSE(bench.node.deadline());
}

TEST(LinkLife, waiting_messages_bring_a_closed_link_back) {
  NodeBench bench;
  const auto session = bench.open_to_larger();
  bench.give(NodeInput::SessionBlocked{session});
  bench.send(bench.larger, "one");
  bench.give(NodeInput::SessionClosed{session, goodbye});
  EXPECT_EQ(bench.count<NodeOutput::Disconnected>(), 1U);
  EXPECT_EQ(bench.count<NodeOutput::Lost>(), 0U);
  bench.step();
  EXPECT_EQ(bench.count<NodeOutput::CreateOffer>(), 1U);
}

TEST(LinkLife, a_link_that_flaps_backs_off_further) {
  NodeLimits limits;
  limits.backoff_first = 1s;
  NodeBench bench(limits);
  auto session = bench.open_to_larger();
  Duration longest{};
  for (int round = 0; round < 12; ++round) {
    bench.give(NodeInput::SessionClosed{session, failed});
    const Time closed = bench.now;
    bench.step();
    longest = std::max(longest, bench.now - closed);
    session = bench.only<NodeOutput::CreateOffer>().session;
    bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
    bench.receive(bench.self, bench.larger, PeerMessage::Answer{flnet_sdp(2)});
    bench.give(NodeInput::SessionOpened{session});
  }
  EXPECT_GT(longest, 4s);
  bench.pass(limits.backoff_max);
  bench.give(NodeInput::SessionClosed{session, failed});
  EXPECT_LE(*bench.node.deadline() - bench.now, 1s) << "it has lived for long";
}

TEST(LinkLife, disconnect_closes_gracefully_and_reports_what_could_not_be_sent) {
  NodeBench bench;
  const auto session = bench.open_to_larger();
  bench.give(NodeInput::SessionBlocked{session});
  bench.send(bench.larger, "one");
  bench.give(NodeInput::Disconnect{bench.larger});
  EXPECT_TRUE(bench.only<NodeOutput::CloseSession>().graceful);
  EXPECT_EQ(bench.count<NodeOutput::Disconnected>(), 1U);
  EXPECT_EQ(bench.only<NodeOutput::Lost>().count, 1U);
  EXPECT_EQ(bench.node.link_count(), 0U);
  EXPECT_FALSE(bench.node.peer_of(session));
  EXPECT_TRUE(bench.node.drained());
}

TEST(LinkLife, disconnect_ends_an_attempt_and_tells_who_waits_for_it) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  bench.give(NodeInput::Disconnect{bench.larger});
  EXPECT_FALSE(bench.only<NodeOutput::CloseSession>().graceful);
  EXPECT_EQ(bench.count<NodeOutput::Disconnected>(), 1U);
  EXPECT_EQ(bench.node.link_count(), 0U);
  bench.give(NodeInput::Disconnect{bench.larger});
  EXPECT_TRUE(bench.out.empty());
}

TEST(LinkLife, an_offer_ends_the_back_off) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  bench.step();
  ASSERT_EQ(bench.count<NodeOutput::CloseSession>(), 1U);
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{flnet_sdp(1)});
  const auto session = bench.only<NodeOutput::AcceptOffer>().session;
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(2)});
  bench.give(NodeInput::SessionOpened{session});
  EXPECT_TRUE(bench.node.connected(bench.larger));
  EXPECT_FALSE(bench.node.deadline());
}

TEST(LinkLife, what_a_closed_session_still_says_is_stale) {
  NodeBench bench;
  const auto session = bench.open_to_larger();
  bench.give(NodeInput::Disconnect{bench.larger});
  bench.give(NodeInput::SessionClosed{session, failed});
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
  bench.give(NodeInput::SessionWritable{session});
  EXPECT_TRUE(bench.out.empty());
  EXPECT_EQ(bench.node.counters().dropped_stale, 3U);
}

}  // namespace
}  // namespace flnet::protocol::test
