// SPDX-License-Identifier: MIT OR Apache-2.0
// Node: lists, strangers, limits, and that a link costs nothing once it is gone.
#include "support/node_bench.hpp"

#include <gtest/gtest.h>

namespace flnet::protocol::test {
namespace {

TEST(Node, passes_the_list_on_with_itself_in_it) {
  NodeBench bench;
  std::vector<wire::ListedNode> nodes(2);
  nodes[0].info.public_key = bench.self;
  nodes[1].info.public_key = bench.larger;
  bench.give(NodeInput::ListReceived{nodes});
  const auto listed = bench.only<NodeOutput::Listed>().nodes;
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].info.id(), bench.self);
  EXPECT_EQ(listed[1].info.id(), bench.larger);
}

TEST(Node, drops_setups_that_do_not_name_it_or_name_it_twice) {
  NodeBench bench;
  bench.receive(bench.smaller, bench.larger, PeerMessage::Init{});
  bench.receive(bench.self, bench.self, PeerMessage::Offer{flnet_sdp(1)});
  EXPECT_TRUE(bench.out.empty());
  EXPECT_EQ(bench.node.counters().dropped_foreign, 2U);
  EXPECT_EQ(bench.node.link_count(), 0U);
}

TEST(Node, an_answer_of_a_stranger_makes_no_link) {
  NodeBench bench;
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{flnet_sdp(1)});
  EXPECT_EQ(bench.node.counters().dropped_stale, 1U);
  EXPECT_EQ(bench.node.link_count(), 0U);
}

TEST(Node, has_no_link_to_itself) {
  NodeBench bench;
  EXPECT_EQ(bench.node.can_send(bench.self, MessageKind::text, 1).error().code, ErrorCode::invalid_argument);
  bench.give(NodeInput::Connect{bench.self});
  EXPECT_EQ(bench.count<NodeOutput::Disconnected>(), 1U);
  bench.send(bench.self, "one");
  EXPECT_EQ(bench.only<NodeOutput::Lost>().count, 1U);
  EXPECT_EQ(bench.node.link_count(), 0U);
}

TEST(Node, strangers_beyond_max_links_are_dropped_but_the_user_may_connect) {
  NodeLimits limits;
  limits.max_links = 2;
  NodeBench bench(limits);
  for (std::uint8_t i = 1; i <= 5; ++i) bench.receive(id_of(i), bench.self, PeerMessage::Offer{flnet_sdp(i)});
  EXPECT_EQ(bench.node.link_count(), 2U);
  EXPECT_EQ(bench.node.counters().dropped_limit, 3U);
  bench.receive(id_of(1), bench.self, PeerMessage::Offer{flnet_sdp(9)});
  EXPECT_EQ(bench.count<NodeOutput::AcceptOffer>(), 1U) << "it has a link";
  bench.give(NodeInput::Connect{bench.larger});
  EXPECT_EQ(bench.count<NodeOutput::CreateOffer>(), 1U);
}

TEST(Node, knows_whose_session_it_is_until_it_ends) {
  NodeBench bench;
  const auto session = bench.open_to_larger();
  EXPECT_EQ(bench.node.peer_of(session), bench.larger);
  EXPECT_TRUE(bench.node.connected(bench.larger));
  bench.give(NodeInput::SessionClosed{session, {ErrorCode::closed, ""}});
  EXPECT_FALSE(bench.node.peer_of(session));
  EXPECT_FALSE(bench.node.connected(bench.larger));
}

TEST(Node, never_gives_a_session_id_again) {
  NodeBench bench;
  std::set<SessionId> seen;
  for (int i = 0; i < 100; ++i) {
    bench.give(NodeInput::Connect{bench.larger});
    EXPECT_TRUE(seen.insert(bench.only<NodeOutput::CreateOffer>().session).second);
    bench.give(NodeInput::Disconnect{bench.larger});
  }
}

TEST(Node, handles_the_deadlines_of_many_links_in_their_order) {
  NodeBench bench;
  for (int i = 0; i < 100; ++i) {
    bench.give(NodeInput::Connect{id_of(static_cast<std::uint8_t>(0x60 + i))});
    bench.now += 1ms;
  }
  EXPECT_EQ(bench.node.link_count(), 100U);
  Time last{};
  int closed = 0;
  while (bench.step()) {
    EXPECT_GE(bench.now, last);
    last = bench.now;
    closed += static_cast<int>(bench.count<NodeOutput::CloseSession>());
  }
  EXPECT_EQ(closed, 100 * bench.limits.max_attempts);
  EXPECT_EQ(bench.node.link_count(), 0U);
}

}  // namespace
}  // namespace flnet::protocol::test
