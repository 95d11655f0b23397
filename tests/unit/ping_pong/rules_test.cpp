// SPDX-License-Identifier: MIT OR Apache-2.0
// Rules of ping-pong: who is pinged, what is answered, what is counted, and when somebody is gone.
#include "shared/rules.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <variant>
#include <vector>

namespace ping_pong {
namespace {

using namespace std::chrono_literals;
using flnet::Duration;
using flnet::NodeID;
using flnet::Time;

NodeID id_of(std::uint8_t number) {
  std::array<std::uint8_t, NodeID::size> bytes{};
  bytes[0] = number;
  return NodeID(bytes);
}

const NodeID own = id_of(1), alice = id_of(2), bob = id_of(3);

flnet::NodeInfo info(const NodeID& id, std::string name) {
  return {.name = std::move(name), .client = "libc", .public_key = id};
}

struct PingPongRules : ::testing::Test {
  Limits limits{.peers = 3};
  Time time{1h};
  Rules rules{own, time, limits};
  std::vector<PingPongMessage> said;
  Peers shown;

  void hear(const PingPongMessage& message) {
    said = rules.handle(message, time);
    for (const auto& each : said)
      if (const auto* peers = std::get_if<Peers>(&each)) shown = *peers;
  }
  void list(std::vector<NodeID> ids) {
    List list;
    for (const auto& id : ids) list.nodes.push_back(info(id, "node " + id.short_hex().substr(0, 2)));
    hear(list);
  }
  void second(Duration passed = 1s) {
    time += passed;
    hear(Tick{});
  }
  bool says(const PingPongMessage& message) const { return std::ranges::find(said, message) != said.end(); }
  bool shows() const {
    return std::ranges::any_of(said, [](const auto& each) { return std::holds_alternative<Peers>(each); });
  }
  Peer peer(const NodeID& id) const {
    const auto found = std::ranges::find(shown.peers, id, &Peer::id);
    EXPECT_NE(found, shown.peers.end());
    return found == shown.peers.end() ? Peer{} : *found;
  }
  /// In the list, linked, and with one ping under way.
  void link_with(const NodeID& id) {
    list({own, id});
    hear(Linked{id});
    second();
    EXPECT_TRUE(says(ToNetwork{id, Word::ping}));
  }
};

TEST_F(PingPongRules, ping_all_others_of_the_list_once_a_second_and_ask_for_a_new_one) {
  list({own, alice, bob});
  EXPECT_EQ(shown.peers.size(), 2U);
  second();
  EXPECT_TRUE(says(ToNetwork{alice, Word::ping}) && says(ToNetwork{bob, Word::ping}) && says(AskList{}));
  EXPECT_FALSE(says(ToNetwork{own, Word::ping}));
}

TEST_F(PingPongRules, answer_every_ping_and_no_pong) {
  hear(FromNetwork{alice, Word::ping});
  EXPECT_TRUE(says(ToNetwork{alice, Word::pong}));
  EXPECT_EQ(peer(alice).state, PeerState::linked);
  hear(FromNetwork{alice, Word::pong});
  EXPECT_TRUE(said.empty());
}

TEST_F(PingPongRules, measure_the_round_trip_of_each_ping_over_an_open_link) {
  link_with(alice);
  time += 1500us;
  hear(FromNetwork{alice, Word::pong});
  EXPECT_TRUE(says(RoundTrip{alice, 1500us}));
  second();
  second();
  time += 700us;
  hear(FromNetwork{alice, Word::pong});
  EXPECT_TRUE(says(RoundTrip{alice, 1s + 700us})) << "the first pong is the first ping's";
  hear(FromNetwork{alice, Word::pong});
  EXPECT_TRUE(says(RoundTrip{alice, 700us}));
  second();
  EXPECT_EQ(peer(alice).sent, 4U);
  EXPECT_EQ(peer(alice).received, 3U);
  EXPECT_EQ(peer(alice).round_trip, 700us);
}

TEST_F(PingPongRules, let_one_ping_wait_for_the_link_and_do_not_measure_it) {
  list({own, alice});
  second();
  EXPECT_TRUE(says(ToNetwork{alice, Word::ping}));
  for (int i = 0; i < 20; ++i) second();
  EXPECT_FALSE(says(ToNetwork{alice, Word::ping}));
  EXPECT_EQ(peer(alice).state, PeerState::linking);
  hear(Linked{alice});
  time += 1ms;
  hear(FromNetwork{alice, Word::pong});
  EXPECT_TRUE(said.empty());
  second();
  EXPECT_EQ(peer(alice).received, 1U);
  EXPECT_EQ(peer(alice).lost, 0U);
  EXPECT_EQ(peer(alice).round_trip, std::nullopt);
}

TEST_F(PingPongRules, call_a_peer_silent_when_a_ping_is_not_answered_in_time) {
  link_with(alice);
  for (int i = 0; i < 4; ++i) second();
  EXPECT_EQ(peer(alice).state, PeerState::linked);
  second();
  EXPECT_EQ(peer(alice).state, PeerState::silent);
  EXPECT_EQ(peer(alice).lost, 1U);
  EXPECT_TRUE(says(ToNetwork{alice, Word::ping})) << "it is still asked";
  hear(FromNetwork{alice, Word::pong});
  EXPECT_EQ(peer(alice).state, PeerState::linked);
}

TEST_F(PingPongRules, find_the_right_times_again_after_answers_came_late) {
  link_with(alice);
  for (int i = 0; i < 10; ++i) second();  // 11 pings, of which 6 are lost
  for (int i = 0; i < 11; ++i) hear(FromNetwork{alice, Word::pong});
  second();
  time += 2ms;
  hear(FromNetwork{alice, Word::pong});
  EXPECT_TRUE(says(RoundTrip{alice, 2ms}));
}

TEST_F(PingPongRules, count_what_a_broken_link_had_under_way_as_lost_and_say_why) {
  link_with(alice);
  hear(Unlinked{alice, "silence"});
  EXPECT_EQ(peer(alice).state, PeerState::linking);
  EXPECT_EQ(peer(alice).lost, 1U);
  EXPECT_EQ(peer(alice).trouble, "silence");
  EXPECT_EQ(peer(alice).linked_for, std::nullopt);
  second();
  EXPECT_TRUE(says(ToNetwork{alice, Word::ping})) << "it is still listed: a new link";
  hear(Lost{alice, 5, "no way"});
  second();
  EXPECT_EQ(peer(alice).lost, 2U) << "only the one that waited";
}

TEST_F(PingPongRules, keep_pinging_who_is_linked_but_not_listed) {
  link_with(alice);
  list({own});
  EXPECT_EQ(peer(alice).state, PeerState::linked);
  second();
  EXPECT_TRUE(says(ToNetwork{alice, Word::ping}));
}

TEST_F(PingPongRules, forget_who_has_left_after_a_while) {
  link_with(alice);
  list({own});
  hear(Unlinked{alice, "goodbye"});
  EXPECT_EQ(peer(alice).state, PeerState::gone);
  second(14s);
  EXPECT_EQ(peer(alice).state, PeerState::gone);
  EXPECT_FALSE(says(ToNetwork{alice, Word::ping}));
  second();
  EXPECT_TRUE(shown.peers.empty());
}

TEST_F(PingPongRules, welcome_back_who_had_left) {
  link_with(alice);
  list({own});
  hear(Unlinked{alice, "goodbye"});
  list({own, alice});
  EXPECT_EQ(peer(alice).state, PeerState::linking);
  EXPECT_EQ(peer(alice).sent, 1U);
  second(20s);
  EXPECT_EQ(shown.peers.size(), 1U);
}

TEST_F(PingPongRules, follow_only_so_many_and_count_the_others) {
  list({own, id_of(10), id_of(11), id_of(12), id_of(13), id_of(14)});
  EXPECT_EQ(shown.peers.size(), 3U);
  EXPECT_EQ(shown.beyond, 2U);
  hear(FromNetwork{id_of(14), Word::ping});
  EXPECT_EQ(said, std::vector<PingPongMessage>{(ToNetwork{id_of(14), Word::pong})})
      << "answered all the same";
  list({own, id_of(13), id_of(12), id_of(14)});
  EXPECT_EQ(shown.beyond, 0U) << "who is gone makes room";
  EXPECT_EQ(peer(id_of(12)).state, PeerState::linking);
}

TEST_F(PingPongRules, do_not_repeat_a_list_that_is_the_same) {
  list({own, alice});
  EXPECT_TRUE(shows());
  list({own, alice});
  EXPECT_FALSE(shows());
}

TEST_F(PingPongRules, say_when_the_signalling_server_is_silent_and_when_it_is_back) {
  list({own, alice});
  for (int i = 0; i < 4; ++i) second();
  EXPECT_FALSE(says(Signalling{false}));
  second();
  EXPECT_TRUE(says(Signalling{false}));
  second();
  EXPECT_FALSE(says(Signalling{false})) << "once is enough";
  EXPECT_EQ(shown.peers.size(), 1U);
  list({own, alice});
  EXPECT_TRUE(says(Signalling{true}));
}

TEST_F(PingPongRules, wait_for_so_many_pongs_and_no_more) {
  link_with(alice);
  for (std::size_t i = 0; i < Score::max_waiting; ++i) hear(ToNetwork{alice, Word::ping});
  second();
  EXPECT_EQ(peer(alice).sent, Score::max_waiting + 2);
  EXPECT_EQ(peer(alice).lost, 2U);
}

TEST_F(PingPongRules, forget_who_was_pinged_by_hand_and_never_came) {
  hear(ToNetwork{bob, Word::ping});
  EXPECT_TRUE(said.empty()) << "it has been sent already";
  second(limits.link_within);
  EXPECT_EQ(peer(bob).state, PeerState::gone);
  second(limits.remember_gone);
  EXPECT_TRUE(shown.peers.empty());
}

}  // namespace
}  // namespace ping_pong
