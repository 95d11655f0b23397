// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerLink through signalling: who offers, who gives way, and what happens to candidates.
#include "support/node_bench.hpp"

#include <gtest/gtest.h>

namespace flnet::protocol::test {
namespace {

using SetupSent = NodeOutput::SendSetup;
using Texts = std::vector<std::string>;

Texts candidates(const NodeBench& bench) {
  Texts lines;
  for (const auto& setup : bench.all<SetupSent>()) {
    if (const auto* candidate = std::get_if<PeerMessage::IceCandidate>(&setup.info.message)) {
      lines.push_back(candidate->line);
    }
  }
  return lines;
}

Texts added(const NodeBench& bench) {
  Texts lines;
  for (const auto& add : bench.all<NodeOutput::AddCandidate>()) lines.push_back(add.line);
  return lines;
}

TEST(LinkSetup, offers_to_a_larger_id) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  const auto offer = bench.only<NodeOutput::CreateOffer>();
  EXPECT_EQ(offer.peer, bench.larger);
  EXPECT_EQ(bench.count<SetupSent>(), 0U);
  bench.give(NodeInput::SessionDescribed{offer.session, flnet_sdp(1)});
  const auto sent = bench.only<SetupSent>().info;
  EXPECT_EQ(sent, (PeerInfo{bench.self, bench.larger, PeerMessage::Offer{flnet_sdp(1)}}));
}

TEST(LinkSetup, asks_a_smaller_id_to_offer_and_answers_with_the_same_pair) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.smaller});
  EXPECT_EQ(bench.only<SetupSent>().info, (PeerInfo{bench.self, bench.smaller, PeerMessage::Init{}}));
  bench.receive(bench.self, bench.smaller, PeerMessage::Offer{flnet_sdp(1)});
  const auto accepted = bench.only<NodeOutput::AcceptOffer>();
  EXPECT_EQ(accepted.sdp, flnet_sdp(1));
  bench.give(NodeInput::SessionDescribed{accepted.session, flnet_sdp(2)});
  EXPECT_EQ(bench.only<SetupSent>().info,
            (PeerInfo{bench.self, bench.smaller, PeerMessage::Answer{flnet_sdp(2)}}));
  bench.give(NodeInput::SessionOpened{accepted.session});
  EXPECT_EQ(bench.only<NodeOutput::Connected>().peer, bench.smaller);
}

TEST(LinkSetup, offers_by_itself_when_init_is_not_answered) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.smaller});
  const Time asked = bench.now;
  ASSERT_TRUE(bench.step());
  EXPECT_EQ(bench.now - asked, bench.limits.init_timeout);
  const auto offer = bench.only<NodeOutput::CreateOffer>();
  bench.give(NodeInput::SessionDescribed{offer.session, flnet_sdp(1)});
  EXPECT_EQ(bench.only<SetupSent>().info.id_init, bench.self);
}

TEST(LinkSetup, answers_init_with_an_offer_of_the_same_pair) {
  NodeBench bench;
  bench.receive(bench.larger, bench.self, PeerMessage::Init{});
  const auto offer = bench.only<NodeOutput::CreateOffer>();
  bench.give(NodeInput::SessionDescribed{offer.session, flnet_sdp(1)});
  EXPECT_EQ(bench.only<SetupSent>().info,
            (PeerInfo{bench.larger, bench.self, PeerMessage::Offer{flnet_sdp(1)}}));
  bench.receive(bench.larger, bench.self, PeerMessage::Answer{flnet_sdp(2)});
  EXPECT_EQ(bench.only<NodeOutput::AcceptAnswer>().session, offer.session);
}

TEST(LinkSetup, takes_an_offer_under_way_for_the_answer_to_init) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  bench.receive(bench.larger, bench.self, PeerMessage::Init{});
  EXPECT_TRUE(bench.out.empty());
  EXPECT_EQ(bench.node.session_count(), 1U);
}

TEST(LinkSetup, init_of_its_own_pair_is_out_of_turn) {
  NodeBench bench;
  bench.receive(bench.self, bench.larger, PeerMessage::Init{});
  EXPECT_TRUE(bench.out.empty());
  EXPECT_EQ(bench.node.counters().dropped_stale, 1U);
  EXPECT_EQ(bench.node.link_count(), 0U);
}

TEST(LinkSetup, init_on_a_link_that_has_lived_starts_over) {
  NodeBench bench;
  const auto old = bench.open_to_larger();
  bench.receive(bench.larger, bench.self, PeerMessage::Init{});
  EXPECT_TRUE(bench.out.empty()) << "it may have crossed the offer";
  bench.pass(bench.limits.init_timeout);
  bench.receive(bench.larger, bench.self, PeerMessage::Init{});
  EXPECT_EQ(bench.only<NodeOutput::CloseSession>().session, old);
  EXPECT_EQ(bench.count<NodeOutput::Disconnected>(), 1U);
  EXPECT_EQ(bench.count<NodeOutput::CreateOffer>(), 1U);
}

TEST(LinkSetup, the_offer_that_was_asked_for_is_not_taken_after_disconnect) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.smaller});
  bench.give(NodeInput::Disconnect{bench.smaller});
  bench.receive(bench.self, bench.smaller, PeerMessage::Offer{flnet_sdp(1)});
  bench.receive(bench.self, bench.smaller, PeerMessage::IceCandidate{"one"});
  EXPECT_TRUE(bench.out.empty());
  EXPECT_EQ(bench.node.link_count(), 0U);
  EXPECT_EQ(bench.node.counters().dropped_stale, 2U);
}

TEST(LinkSetup, in_glare_the_smaller_id_insists_on_its_offer) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{flnet_sdp(9)});
  EXPECT_TRUE(bench.out.empty());
  EXPECT_EQ(bench.node.counters().dropped_stale, 1U);
}

TEST(LinkSetup, in_glare_the_larger_id_drops_its_offer_and_answers) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.smaller});
  bench.step();
  const auto own = bench.only<NodeOutput::CreateOffer>().session;
  bench.receive(bench.smaller, bench.self, PeerMessage::Offer{flnet_sdp(9)});
  ASSERT_EQ(bench.out.size(), 2U);
  EXPECT_EQ(std::get<NodeOutput::CloseSession>(bench.out[0]).session, own) << "the older session goes first";
  EXPECT_EQ(std::get<NodeOutput::AcceptOffer>(bench.out[1]).sdp, flnet_sdp(9));
  EXPECT_EQ(bench.node.session_count(), 1U);
}

TEST(LinkSetup, a_rust_offer_is_answered_beside_ours) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  const auto own = bench.only<NodeOutput::CreateOffer>().session;
  bench.give(NodeInput::SessionDescribed{own, flnet_sdp(1)});
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{rust_sdp(9)});
  const auto theirs = bench.only<NodeOutput::AcceptOffer>().session;
  EXPECT_EQ(bench.count<NodeOutput::CloseSession>(), 0U);
  bench.give(NodeInput::SessionDescribed{theirs, flnet_sdp(2)});
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{rust_sdp(10)});
  bench.give(NodeInput::SessionOpened{theirs});
  EXPECT_EQ(bench.count<NodeOutput::Connected>(), 1U);
  EXPECT_EQ(bench.node.open_session(bench.larger), theirs);
  bench.give(NodeInput::SessionOpened{own});
  EXPECT_EQ(bench.count<NodeOutput::Connected>(), 0U) << "one link";
  EXPECT_EQ(bench.node.open_session(bench.larger), own) << "sending prefers the outgoing one";
  bench.give(NodeInput::SessionClosed{own, {ErrorCode::timed_out, ""}});
  EXPECT_EQ(bench.count<NodeOutput::Disconnected>(), 0U);
  EXPECT_EQ(bench.node.open_session(bench.larger), theirs);
}

TEST(LinkSetup, a_new_rust_offer_replaces_its_direction_only) {
  NodeBench bench;
  const auto own = bench.open_to_larger(true);
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{rust_sdp(10)});
  const auto first = bench.only<NodeOutput::AcceptOffer>().session;
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{rust_sdp(11)});
  EXPECT_EQ(bench.only<NodeOutput::CloseSession>().session, first);
  EXPECT_EQ(bench.count<NodeOutput::AcceptOffer>(), 1U);
  EXPECT_EQ(bench.node.open_session(bench.larger), own);
}

TEST(LinkSetup, a_restarted_peer_takes_over_by_its_offer) {
  NodeBench bench;
  const auto old = bench.open_to_larger();
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{flnet_sdp(20)});
  ASSERT_EQ(bench.out.size(), 3U);
  EXPECT_EQ(std::get<NodeOutput::CloseSession>(bench.out[0]).session, old);
  EXPECT_EQ(std::get<NodeOutput::Disconnected>(bench.out[1]).peer, bench.larger);
  const auto session = std::get<NodeOutput::AcceptOffer>(bench.out[2]).session;
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(21)});
  bench.give(NodeInput::SessionOpened{session});
  EXPECT_EQ(bench.count<NodeOutput::Connected>(), 1U);
}

TEST(LinkSetup, a_peer_that_comes_back_as_another_kind_leaves_nothing_behind) {
  NodeBench bench;
  const auto old = bench.open_to_larger();
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{rust_sdp(20)});
  EXPECT_EQ(bench.only<NodeOutput::CloseSession>().session, old);
  EXPECT_EQ(bench.node.session_count(), 1U);
}

TEST(LinkSetup, the_same_offer_twice_is_one) {
  NodeBench bench;
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{flnet_sdp(1)});
  ASSERT_EQ(bench.count<NodeOutput::AcceptOffer>(), 1U);
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{flnet_sdp(1)});
  EXPECT_TRUE(bench.out.empty());
  EXPECT_EQ(bench.node.counters().dropped_stale, 1U);
}

TEST(LinkSetup, the_attribute_counts_only_at_the_start_of_a_line) {
  NodeBench bench;
  bench.open_to_larger(true);
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{"v=0\r\ns=a=flnet-session:1\r\n"});
  EXPECT_EQ(bench.count<NodeOutput::CloseSession>(), 0U) << "it is another node's second session";
  EXPECT_EQ(bench.node.session_count(), 2U);
}

TEST(LinkSetup, an_answer_is_taken_once_and_only_in_its_direction) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  const auto session = bench.only<NodeOutput::CreateOffer>().session;
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{flnet_sdp(2)});
  EXPECT_TRUE(bench.out.empty()) << "nothing has been offered yet";
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
  bench.receive(bench.larger, bench.self, PeerMessage::Answer{flnet_sdp(2)});
  EXPECT_TRUE(bench.out.empty()) << "the other direction";
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{flnet_sdp(2)});
  EXPECT_EQ(bench.only<NodeOutput::AcceptAnswer>().session, session);
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{flnet_sdp(2)});
  EXPECT_TRUE(bench.out.empty());
  EXPECT_EQ(bench.node.counters().dropped_stale, 3U);
}

TEST(LinkSetup, local_candidates_wait_for_the_description) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  const auto session = bench.only<NodeOutput::CreateOffer>().session;
  bench.give(NodeInput::SessionCandidate{session, "one"});
  EXPECT_TRUE(bench.out.empty());
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
  ASSERT_EQ(bench.out.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<PeerMessage::Offer>(std::get<SetupSent>(bench.out[0]).info.message));
  EXPECT_EQ(candidates(bench), Texts{"one"});
  bench.give(NodeInput::SessionCandidate{session, "two"});
  EXPECT_EQ(candidates(bench), Texts{"two"});
}

TEST(LinkSetup, candidates_before_their_offer_are_kept_bounded_and_for_their_direction) {
  NodeLimits limits;
  limits.early_candidates = 2;
  NodeBench bench(limits);
  for (const auto* line : {"one", "two", "three"}) {
    bench.receive(bench.larger, bench.self, PeerMessage::IceCandidate{line});
  }
  bench.receive(bench.self, bench.larger, PeerMessage::IceCandidate{"other"});
  EXPECT_EQ(bench.node.counters().dropped_limit, 1U);
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{flnet_sdp(1)});
  EXPECT_TRUE(std::holds_alternative<NodeOutput::AcceptOffer>(bench.out.front()));
  EXPECT_EQ(added(bench), (Texts{"one", "two"}));
}

TEST(LinkSetup, candidates_without_an_offer_are_forgotten_after_a_while) {
  NodeBench bench;
  bench.receive(bench.larger, bench.self, PeerMessage::IceCandidate{"one"});
  EXPECT_EQ(bench.node.link_count(), 1U);
  ASSERT_TRUE(bench.step());
  EXPECT_EQ(bench.node.link_count(), 0U);
  EXPECT_FALSE(bench.node.deadline());
}

TEST(LinkSetup, an_overlong_candidate_is_dropped) {
  NodeBench bench;
  bench.receive(bench.larger, bench.self, PeerMessage::IceCandidate{std::string(513, 'x')});
  EXPECT_EQ(bench.node.counters().dropped_limit, 1U);
  EXPECT_EQ(bench.node.link_count(), 0U);
}

TEST(LinkSetup, the_session_of_an_offer_gets_the_candidates_of_its_answer) {
  NodeBench bench;
  bench.give(NodeInput::Connect{bench.larger});
  const auto session = bench.only<NodeOutput::CreateOffer>().session;
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
  bench.receive(bench.self, bench.larger, PeerMessage::IceCandidate{"early"});
  EXPECT_EQ(bench.only<NodeOutput::AddCandidate>().session, session);
}

}  // namespace
}  // namespace flnet::protocol::test
