// SPDX-License-Identifier: MIT OR Apache-2.0
// What the native ping-pong says: lines, the table, and names that cannot control a terminal.
#include "native/report.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ping_pong {
namespace {

using namespace std::chrono_literals;
using flnet::NodeID;

Peer peer_named(std::string name, PeerState state = PeerState::linked) {
  return {.id = NodeID::random(), .name = std::move(name), .state = state};
}

TEST(PingPongPrintable, replaces_what_would_control_a_terminal) {
  EXPECT_EQ(printable("Amber Heron"), "Amber Heron");
  EXPECT_EQ(printable("a\x1b[31mb\n\x7f"), "a?[31mb??");
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m\xc3\xa9"),
            "?31mé");
}

TEST(PingPongPrintable, cuts_between_characters) {
  EXPECT_EQ(printable("ééééé", 3), "ééé…");
  EXPECT_EQ(printable("ééé", 3), "ééé");
  EXPECT_EQ(printable("\xe2\x82", 3), "\xe2\x82") << "the end of a damaged name is the end";
}

TEST(PingPongReport, tells_each_event_by_name) {
  Report report(Report::Detail::all);
  const Peer amber = peer_named("Amber Heron");
  EXPECT_EQ(report.hear(Peers{{amber}, 0}), "linked with Amber Heron\n");
  EXPECT_EQ(report.hear(ToNetwork{amber.id, Word::ping}), "sent ping to Amber Heron\n");
  EXPECT_EQ(report.hear(FromNetwork{amber.id, Word::pong}), "got pong from Amber Heron\n");
  EXPECT_EQ(report.hear(RoundTrip{amber.id, 1230us}), "round trip to Amber Heron: 1.2 ms\n");
  EXPECT_EQ(report.hear(Lost{amber.id, 2, "full"}), "2 messages to Amber Heron lost: full\n");
  EXPECT_EQ(report.hear(Tick{}), "");
}

TEST(PingPongReport, says_only_what_has_changed) {
  Report report(Report::Detail::changes);
  Peer amber = peer_named("Amber Heron", PeerState::linking);
  EXPECT_EQ(report.hear(Peers{{amber}, 0}), "linking to Amber Heron\n");
  amber.sent = 5;
  EXPECT_EQ(report.hear(Peers{{amber}, 0}), "");
  amber.trouble = "timed out";
  EXPECT_EQ(report.hear(Peers{{amber}, 0}), "no link to Amber Heron: timed out\n");
  amber.state = PeerState::gone;
  EXPECT_EQ(report.hear(Peers{{amber}, 0}), "Amber Heron has left\n");
  EXPECT_EQ(report.hear(ToNetwork{amber.id, Word::ping}), "");
  EXPECT_EQ(report.hear(Signalling{true}), "the signalling server is back\n");
}

TEST(PingPongTable, has_columns_as_wide_as_their_contents) {
  Peer amber = peer_named("Ämber");
  amber.sent = 12345;
  amber.round_trip = 420us;
  amber.linked_for = 61s;
  const Peer quiet = peer_named("A longer name", PeerState::silent);
  EXPECT_EQ(table_of({{amber, quiet}, 3}),
            "node           state   round trip   sent  received  lost  linked for\n"
            "Ämber          linked      0.4 ms  12345         0     0        61 s\n"
            "A longer name  silent           -      0         0     0           -\n"
            "and 3 more\n");
}

}  // namespace
}  // namespace ping_pong
