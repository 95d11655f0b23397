// SPDX-License-Identifier: MIT OR Apache-2.0
// What messages look like for whom: by list entries and descriptions, as Node decides it.
#include "protocol/peer_payload.hpp"

#include "support/node_bench.hpp"

#include <gtest/gtest.h>

namespace flnet::protocol::test {
namespace {

using wire::Dialect;

NodeInput::ListReceived list_of(const NodeID& peer, Dialect dialect) {
  wire::ListedNode node{.dialect = dialect};
  node.info.public_key = peer;
  return {{node}};
}

NodeInput::Send binary_for(const NodeID& peer) {
  return {peer, Message::from_binary({1, 2, 3})};
}

ErrorCode refusal(const Result<>& result) {
  return result ? ErrorCode::system : result.error().code;
}

TEST(PeerPayloads, text_goes_to_all_and_binary_to_our_own_only) {
  for (const auto dialect : {PayloadDialect::flnet, PayloadDialect::text, PayloadDialect::packets})
    EXPECT_TRUE(takes(dialect, MessageKind::text));
  EXPECT_TRUE(takes(PayloadDialect::flnet, MessageKind::binary));
  for (const auto dialect : {PayloadDialect::text, PayloadDialect::packets})
    EXPECT_EQ(refusal(takes(dialect, MessageKind::binary)), ErrorCode::unsupported_by_peer);
}

TEST(PeerPayloads, the_latest_list_entry_decides_and_text_is_for_who_was_never_listed) {
  PeerPayloads payloads(10);
  EXPECT_EQ(payloads.of_rust(id_of(1)), PayloadDialect::text);
  EXPECT_FALSE(payloads.listed(id_of(1), Dialect::v0_7));
  EXPECT_TRUE(payloads.listed(id_of(1), Dialect::v0_10));
  EXPECT_FALSE(payloads.listed(id_of(1), Dialect::v0_10));
  EXPECT_EQ(payloads.of_rust(id_of(1)), PayloadDialect::packets);
  EXPECT_EQ(payloads.of(id_of(1)), std::nullopt) << "it may be a C++ node in a list of 0.10";
  EXPECT_TRUE(payloads.listed(id_of(1), Dialect::v0_7));
  EXPECT_EQ(payloads.of_rust(id_of(1)), PayloadDialect::text);
}

TEST(PeerPayloads, a_description_shows_the_kind_until_the_next_one) {
  PeerPayloads payloads(10);
  payloads.described(id_of(1), true);
  EXPECT_EQ(payloads.size(), 0U) << "the default costs nothing";
  payloads.described(id_of(1), false);
  EXPECT_EQ(payloads.of(id_of(1)), PayloadDialect::text);
  EXPECT_TRUE(payloads.listed(id_of(1), Dialect::v0_10));
  EXPECT_EQ(payloads.of(id_of(1)), PayloadDialect::packets);
  payloads.described(id_of(1), true);
  EXPECT_EQ(payloads.of(id_of(1)), std::nullopt);
}

TEST(PeerPayloads, forgets_the_oldest_beyond_the_limit) {
  PeerPayloads payloads(3);
  for (std::uint8_t i = 0; i < 5; ++i) payloads.listed(id_of(i), Dialect::v0_10);
  EXPECT_EQ(payloads.size(), 3U);
  EXPECT_EQ(payloads.of_rust(id_of(1)), PayloadDialect::text);
  EXPECT_EQ(payloads.of_rust(id_of(2)), PayloadDialect::packets);
  EXPECT_TRUE(payloads.listed(id_of(1), Dialect::v0_10)) << "the next list brings it back";
}

TEST(PeerPayload, a_session_with_a_cpp_node_stays_raw_whatever_lists_say) {
  NodeBench bench;
  bench.give(list_of(bench.larger, Dialect::v0_10));
  bench.open_to_larger();
  EXPECT_EQ(bench.count<NodeOutput::SessionPayload>(), 0U);
  bench.give(list_of(bench.larger, Dialect::v0_7));
  EXPECT_EQ(bench.count<NodeOutput::SessionPayload>(), 0U);
  EXPECT_TRUE(bench.node.can_send(bench.larger, MessageKind::binary, 1));
  bench.give(binary_for(bench.larger));
  EXPECT_EQ(bench.only<NodeOutput::SendOn>().message.kind, MessageKind::binary);
}

TEST(PeerPayload, an_answer_that_repeats_our_attributes_is_not_a_cpp_nodes) {
  NodeBench bench;
  const std::string offer = flnet_sdp(1) + "a=flnet-offer\r\n";
  bench.give(NodeInput::Connect{bench.larger});
  const auto session = bench.only<NodeOutput::CreateOffer>().session;
  bench.give(NodeInput::SessionDescribed{session, offer});
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{offer});
  EXPECT_EQ(bench.only<NodeOutput::SessionPayload>().dialect, PayloadDialect::text);
}

TEST(PeerPayload, a_rust_node_listed_in_the_form_of_0_10_gets_packets) {
  NodeBench bench;
  bench.give(list_of(bench.larger, Dialect::v0_10));
  bench.give(NodeInput::Connect{bench.larger});
  const auto session = bench.only<NodeOutput::CreateOffer>().session;
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
  EXPECT_EQ(bench.count<NodeOutput::SessionPayload>(), 0U) << "nothing is known yet";
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{rust_sdp(2)});
  const auto told = bench.only<NodeOutput::SessionPayload>();
  EXPECT_EQ(told.session, session);
  EXPECT_EQ(told.dialect, PayloadDialect::packets);
}

TEST(PeerPayload, a_rust_node_gets_text_until_a_list_says_packets) {
  NodeBench bench;
  bench.receive(bench.larger, bench.self, PeerMessage::Offer{rust_sdp(1)});
  const auto theirs = bench.only<NodeOutput::SessionPayload>();
  EXPECT_EQ(theirs.session, bench.only<NodeOutput::AcceptOffer>().session);
  EXPECT_EQ(theirs.dialect, PayloadDialect::text);
  bench.give(list_of(bench.larger, Dialect::v0_10));
  EXPECT_EQ(bench.only<NodeOutput::SessionPayload>().dialect, PayloadDialect::packets);
  bench.give(list_of(bench.larger, Dialect::v0_10));
  EXPECT_EQ(bench.count<NodeOutput::SessionPayload>(), 0U);
  bench.give(list_of(bench.larger, Dialect::v0_7));
  EXPECT_EQ(bench.only<NodeOutput::SessionPayload>().dialect, PayloadDialect::text);
}

TEST(PeerPayload, binary_to_a_rust_node_is_refused_even_after_its_link_is_forgotten) {
  NodeBench bench;
  EXPECT_TRUE(bench.node.can_send(bench.larger, MessageKind::binary, 1));
  bench.open_to_larger(true);
  EXPECT_EQ(refusal(bench.node.can_send(bench.larger, MessageKind::binary, 1)),
            ErrorCode::unsupported_by_peer);
  EXPECT_TRUE(bench.node.can_send(bench.larger, MessageKind::text, 1));
  bench.give(binary_for(bench.larger));
  EXPECT_EQ(bench.only<NodeOutput::Lost>().reason.code, ErrorCode::unsupported_by_peer);
  bench.give(NodeInput::Disconnect{bench.larger});
  EXPECT_EQ(bench.node.link_count(), 0U);
  EXPECT_EQ(refusal(bench.node.can_send(bench.larger, MessageKind::binary, 1)),
            ErrorCode::unsupported_by_peer);
  bench.open_to_larger();
  EXPECT_TRUE(bench.node.can_send(bench.larger, MessageKind::binary, 1)) << "another process by now";
}

TEST(PeerPayload, binary_is_refused_on_a_rust_nodes_session_when_what_was_known_of_it_is_forgotten) {
  NodeLimits limits;
  limits.known_payloads = 1;
  NodeBench bench(limits);
  bench.open_to_larger(true);
  bench.give(list_of(bench.smaller, Dialect::v0_10));
  bench.give(binary_for(bench.larger));
  EXPECT_EQ(bench.only<NodeOutput::Lost>().reason.code, ErrorCode::unsupported_by_peer);
  EXPECT_EQ(bench.count<NodeOutput::SendOn>(), 0U);
  bench.send(bench.larger, "text");
  EXPECT_EQ(bench.count<NodeOutput::SendOn>(), 1U);
}

TEST(PeerPayload, binary_that_waited_for_what_is_a_rust_node_is_lost_and_text_goes) {
  NodeBench bench;
  bench.give(binary_for(bench.larger));
  const auto session = bench.only<NodeOutput::CreateOffer>().session;
  bench.send(bench.larger, "one");
  bench.give(binary_for(bench.larger));
  bench.send(bench.larger, "two");
  bench.give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
  bench.receive(bench.self, bench.larger, PeerMessage::Answer{rust_sdp(2)});
  bench.give(NodeInput::SessionOpened{session});
  EXPECT_EQ(bench.sent_texts(), (std::vector<std::string>{"one", "two"}));
  const auto lost = bench.only<NodeOutput::Lost>();
  EXPECT_EQ(lost.peer, bench.larger);
  EXPECT_EQ(lost.count, 2U);
  EXPECT_EQ(lost.reason.code, ErrorCode::unsupported_by_peer);
  EXPECT_TRUE(bench.node.drained());
}

TEST(PeerPayload, what_a_session_refuses_is_told_as_lost) {
  NodeBench bench;
  const auto session = bench.open_to_larger();
  bench.give(NodeInput::SessionRefused{session, {ErrorCode::too_large, "for the peer"}});
  EXPECT_EQ(bench.only<NodeOutput::Lost>().peer, bench.larger);
  EXPECT_EQ(bench.only<NodeOutput::Lost>().count, 1U);
  EXPECT_EQ(bench.only<NodeOutput::Lost>().reason.code, ErrorCode::too_large);
}

}  // namespace
}  // namespace flnet::protocol::test
