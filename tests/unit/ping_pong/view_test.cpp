// SPDX-License-Identifier: MIT OR Apache-2.0
// The events for pages: JSON that a strict parser reads, whatever other nodes call themselves.
#include "wasm/view.hpp"

#include <nlohmann/json.hpp>

#include <gtest/gtest.h>

#include <string>

namespace ping_pong {
namespace {

using namespace std::chrono_literals;
using flnet::NodeID;
using nlohmann::json;

json event(const PingPongMessage& message) {
  const auto text = event_of(message);
  EXPECT_TRUE(text.has_value());
  return json::parse(text.value_or("null"));
}

TEST(PingPongEvents, say_who_this_node_is_and_how_it_stands) {
  const auto id = NodeID::random();
  EXPECT_EQ(json::parse(self_event({.name = "Amber Heron", .client = "wasm", .public_key = id})),
            (json{{"type", "self"}, {"id", id.hex()}, {"name", "Amber Heron"}}));
  EXPECT_EQ(json::parse(status_event("failed", "nobody \"there\"")),
            (json{{"type", "status"}, {"state", "failed"}, {"detail", "nobody \"there\""}}));
  EXPECT_EQ(event(Signalling{false}),
            (json{{"type", "status"}, {"state", "signalling_lost"}, {"detail", ""}}));
  EXPECT_EQ(event(Signalling{true}).at("state"), "connected");
}

TEST(PingPongEvents, tell_messages_and_round_trips) {
  const auto id = NodeID::random();
  EXPECT_EQ(event(ToNetwork{id, Word::ping}),
            (json{{"type", "message"}, {"id", id.hex()}, {"direction", "out"}, {"word", "Ping"}}));
  EXPECT_EQ(event(FromNetwork{id, Word::pong}),
            (json{{"type", "message"}, {"id", id.hex()}, {"direction", "in"}, {"word", "Pong"}}));
  EXPECT_EQ(event(RoundTrip{id, 12'340us}), (json{{"type", "round_trip"}, {"id", id.hex()}, {"ms", 12.3}}));
  EXPECT_EQ(event(Lost{id, 2, "full"}).at("text"), "2 to " + id.short_hex() + " lost: full");
  EXPECT_FALSE(event_of(Tick{}) || event_of(AskList{}) || event_of(List{}) || event_of(Linked{id}));
}

TEST(PingPongEvents, tell_all_of_each_node) {
  const Peer linked = {.id = NodeID::random(),
                       .name = "Amber",
                       .state = PeerState::linked,
                       .sent = 5,
                       .received = 4,
                       .lost = 1,
                       .round_trip = 450us,
                       .linked_for = 61s};
  const Peer linking = {.id = NodeID::random(), .trouble = "no path"};
  const json told = event(Peers{{linked, linking}, 7});
  EXPECT_EQ(told.at("beyond"), 7);
  EXPECT_EQ(told.at("nodes").at(0), (json{{"id", linked.id.hex()},
                                          {"name", "Amber"},
                                          {"state", "linked"},
                                          {"round_trip_ms", 0.5},
                                          {"sent", 5},
                                          {"received", 4},
                                          {"lost", 1},
                                          {"linked_s", 61},
                                          {"trouble", ""}}));
  EXPECT_EQ(told.at("nodes").at(1).at("state"), "linking");
  EXPECT_TRUE(told.at("nodes").at(1).at("round_trip_ms").is_null());
  EXPECT_TRUE(told.at("nodes").at(1).at("linked_s").is_null());
  EXPECT_EQ(told.at("nodes").at(1).at("trouble"), "no path");
}

TEST(PingPongEvents, carry_every_name_unharmed) {
  std::string name;
  for (char byte = 1; byte < 127; ++byte) name += byte;
  name += "\x7f é 🦊 \u2028 \",\"type\":\"self";
  const json told = event(Peers{{{.id = NodeID::random(), .name = name}}, 0});
  EXPECT_EQ(told.at("nodes").at(0).at("name"), name);
  EXPECT_EQ(told.at("type"), "nodes");
}

}  // namespace
}  // namespace ping_pong
