// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInSession: opens like WebRTC, keeps order and bounds, and ends as real sessions do.
#include "net/stand_in_session.hpp"

#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet::net {
namespace {

NodeID node(std::uint8_t number) {
  std::array<std::uint8_t, U256::size> bytes{};
  bytes[0] = number;
  return NodeID(bytes);
}

/// One end and what it says.
struct End final : io::PeerSessionSink {
  std::unique_ptr<io::PeerSession> session;
  std::string sdp;
  bool opened = false;
  int writable = 0;
  std::vector<Message> received;
  std::optional<Error> closed;
  Time opened_at{}, closed_at{};
  VirtualLoop* loop = nullptr;
  bool dies_of_messages = false;

  void session_described(std::string text) override { sdp = std::move(text); }
  void session_candidate(std::string) override { ADD_FAILURE() << "descriptions say everything"; }
  void session_opened() override {
    opened = true;
    opened_at = loop->now();
  }
  void session_received(MessageView message) override {
    received.push_back(Message::copy(message));
    if (dies_of_messages) session.reset();
  }
  void session_writable() override { ++writable; }
  void session_closed(Error reason) override {
    EXPECT_FALSE(closed) << "the end comes once";
    closed = std::move(reason);
    closed_at = loop->now();
  }
};

struct SessionTest : ::testing::Test {
  VirtualLoop loop;
  std::shared_ptr<StandInWorld> world;
  std::unique_ptr<io::PeerHost> hosts[2];
  End alice, bob;

  SessionTest() { build({}); }

  void build(const StandInConfig& config) {
    alice.session.reset();
    bob.session.reset();
    world = std::make_shared<StandInWorld>(loop, config);
    hosts[0] = make_stand_in_host({.world = world, .node = node(1), .address = "10.0.0.1:4000"});
    hosts[1] = make_stand_in_host({.world = world, .node = node(2), .address = "10.0.0.2:4000"});
    alice.loop = bob.loop = &loop;
    alice.session = hosts[0]->make_session(0xabc, alice);
    bob.session = hosts[1]->make_session(0xdef, bob);
  }

  /// The descriptions' way takes no time here.
  void describe() {
    alice.session->create_offer();
    EXPECT_TRUE(alice.sdp.empty()) << "never within a call";
    loop.settle();
    bob.session->accept_offer(alice.sdp);
    loop.settle();
    alice.session->accept_answer(bob.sdp);
  }
  void open() {
    describe();
    loop.advance(1s);
    ASSERT_TRUE(alice.opened && bob.opened);
  }
  static Result<> send(End& end, std::size_t size, std::uint8_t content = 7) {
    const Bytes bytes(size, content);
    return end.session->send({MessageKind::binary, bytes});
  }
  void cut() {
    world->terrain.partition({node(1)});
    world->cuts_changed();
  }
  void heal() {
    world->terrain.heal();
    world->cuts_changed();
  }
};
using StandInSessionTest = SessionTest;

TEST_F(StandInSessionTest, opening_takes_the_round_trips_of_ice_dtls_and_sctp) {
  const Time start = loop.now();
  open();
  EXPECT_EQ(alice.opened_at - start, Duration(60ms));
  EXPECT_EQ(bob.opened_at - start, Duration(70ms));
  EXPECT_EQ(world->counters.sessions_opened, 2U);
}

TEST_F(StandInSessionTest, descriptions_look_like_those_of_a_node_of_flnet) {
  describe();
  EXPECT_NE(alice.sdp.find("\r\na=flnet-session:0000000000000abc\r\n"), std::string::npos) << alice.sdp;
  EXPECT_NE(bob.sdp.find("\r\na=flnet-session:0000000000000abc\r\n"), std::string::npos) << bob.sdp;
  EXPECT_TRUE(alice.sdp.starts_with("v=0\r\n") && alice.sdp.ends_with("\r\n"));
}

TEST_F(StandInSessionTest, what_is_no_description_of_this_network_is_not_accepted) {
  bob.session->accept_offer("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\n");
  EXPECT_FALSE(bob.closed) << "never within a call";
  loop.settle();
  ASSERT_TRUE(bob.closed);
  EXPECT_EQ(bob.closed->code, ErrorCode::invalid_message);

  alice.session->create_offer();
  loop.settle();
  for (const auto* wrong : {"", "a=stand-in-end:1", "v=0\r\na=flnet-session:1\r\na=stand-in-end:9\r\n"}) {
    alice.session->accept_answer(wrong);
  }
  alice.session->accept_answer(alice.sdp);
  loop.advance(1h);
  EXPECT_FALSE(alice.opened || alice.closed) << "a wrong answer is dropped, the right one may follow";
}

TEST_F(StandInSessionTest, an_answer_to_another_offer_opens_nothing) {
  describe();
  End other;
  other.loop = &loop;
  other.session = hosts[0]->make_session(0x123, other);
  other.session->create_offer();
  loop.settle();
  other.session->accept_answer(bob.sdp);
  loop.advance(10s);
  EXPECT_FALSE(other.opened);
  EXPECT_TRUE(alice.opened && bob.opened);
}

TEST_F(StandInSessionTest, messages_keep_their_order_kind_and_content) {
  world->terrain.set_conditions({.latency = 20ms, .jitter = 30ms, .loss = 0.2});
  describe();
  loop.advance(20s);
  ASSERT_TRUE(alice.opened && bob.opened);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(send(alice, static_cast<std::size_t>(i) * 10, static_cast<std::uint8_t>(i)));
    ASSERT_TRUE(bob.session->send(Message::from_text(std::to_string(i)).view()));
  }
  EXPECT_TRUE(bob.received.empty()) << "never within a call";
  loop.advance(1min);
  ASSERT_EQ(bob.received.size(), 100U);
  ASSERT_EQ(alice.received.size(), 100U);
  for (int i = 0; i < 100; ++i) {
    const auto at = static_cast<std::size_t>(i);
    EXPECT_EQ(bob.received[at], Message::from_binary(Bytes(at * 10, static_cast<std::uint8_t>(i))));
    EXPECT_EQ(alice.received[at], Message::from_text(std::to_string(i)));
  }
  EXPECT_EQ(alice.session->buffered_bytes(), 0U);
}

TEST_F(StandInSessionTest, what_cannot_be_sent_has_its_own_error) {
  EXPECT_EQ(send(alice, 1).error().code, ErrorCode::not_connected);
  open();
  EXPECT_EQ(send(alice, 256 * 1024 + 1).error().code, ErrorCode::too_large);
  EXPECT_TRUE(send(alice, 256 * 1024));
  EXPECT_EQ(alice.session->send({MessageKind::text, as_bytes("\xff")}).error().code,
            ErrorCode::invalid_argument);
  alice.session->shutdown();
  EXPECT_EQ(send(alice, 1).error().code, ErrorCode::closed);
}

TEST_F(StandInSessionTest, a_full_buffer_says_so_and_tells_when_there_is_room_again) {
  open();
  std::size_t accepted = 0;
  while (send(alice, 100'000)) ++accepted;
  EXPECT_EQ(accepted, 41U) << "4 MiB";
  EXPECT_EQ(send(alice, 100'000).error().code, ErrorCode::queue_full);
  loop.advance(1s);
  EXPECT_EQ(alice.writable, 1);
  EXPECT_EQ(bob.received.size(), accepted);
  EXPECT_TRUE(send(alice, 100'000));
  loop.advance(1s);
  EXPECT_EQ(alice.writable, 1) << "told only to who was refused";
}

TEST_F(StandInSessionTest, empty_messages_are_bounded_too) {
  open();
  std::size_t accepted = 0;
  while (accepted < 1'000'000 && send(alice, 0)) ++accepted;
  EXPECT_EQ(accepted, 4U * 1024 * 1024 / 64);
}

TEST_F(StandInSessionTest, what_the_application_holds_stops_the_sender_and_taking_it_lets_it_go_on) {
  open();
  bob.session->set_held_bytes(world->config.receive_window_bytes);
  loop.advance(1s);
  EXPECT_TRUE(send(alice, 1000));
  loop.advance(1h);
  EXPECT_TRUE(bob.received.empty());
  EXPECT_EQ(alice.session->buffered_bytes(), 1064U);
  bob.session->set_held_bytes(0);
  loop.advance(20ms);
  EXPECT_EQ(bob.received.size(), 1U);
}

TEST_F(StandInSessionTest, shutdown_delivers_what_was_accepted_then_both_are_told) {
  open();
  for (int i = 0; i < 30; ++i) EXPECT_TRUE(send(alice, 100'000));
  EXPECT_TRUE(send(bob, 10));
  alice.session->shutdown();
  EXPECT_FALSE(alice.closed) << "never within a call";
  loop.advance(1s);
  EXPECT_EQ(bob.received.size(), 30U);
  EXPECT_EQ(alice.received.size(), 1U) << "the peer's last words arrive, too";
  ASSERT_TRUE(alice.closed && bob.closed);
  EXPECT_EQ(alice.closed->code, ErrorCode::closed);
  EXPECT_EQ(bob.closed->code, ErrorCode::closed);
  EXPECT_EQ(send(bob, 1).error().code, ErrorCode::closed);
}

TEST_F(StandInSessionTest, both_may_shut_down_at_once) {
  open();
  EXPECT_TRUE(send(alice, 10) && send(bob, 10));
  alice.session->shutdown();
  bob.session->shutdown();
  loop.advance(1s);
  EXPECT_TRUE(alice.closed && bob.closed);
  EXPECT_TRUE(alice.received.size() == 1 && bob.received.size() == 1);
}

TEST_F(StandInSessionTest, a_session_that_is_not_open_shuts_down_too) {
  describe();
  alice.session->shutdown();
  loop.settle();
  ASSERT_TRUE(alice.closed);
  EXPECT_EQ(alice.closed->code, ErrorCode::closed);
}

TEST_F(StandInSessionTest, destroying_one_tells_the_other_after_what_was_under_way) {
  open();
  EXPECT_TRUE(send(alice, 10));
  alice.session.reset();
  loop.advance(20ms);
  EXPECT_EQ(bob.received.size(), 1U);
  ASSERT_TRUE(bob.closed);
  EXPECT_EQ(bob.closed->code, ErrorCode::closed);
  loop.advance(1h);
  EXPECT_TRUE(loop.idle()) << "nothing is left of them";
}

TEST_F(StandInSessionTest, a_session_may_be_destroyed_by_what_it_receives) {
  open();
  bob.dies_of_messages = true;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(send(alice, 10));
  loop.advance(1s);
  EXPECT_EQ(bob.received.size(), 1U);
  EXPECT_TRUE(alice.closed);
}

TEST_F(StandInSessionTest, a_cut_of_twenty_seconds_only_delays) {
  open();
  cut();
  EXPECT_TRUE(send(alice, 10));
  loop.advance(20s);
  EXPECT_TRUE(bob.received.empty());
  EXPECT_EQ(alice.session->state().ice_connection, IceConnectionState::Disconnected);
  heal();
  loop.advance(1min);
  EXPECT_EQ(bob.received.size(), 1U);
  EXPECT_FALSE(alice.closed || bob.closed);
  EXPECT_EQ(alice.session->state().ice_connection, IceConnectionState::Connected);
}

TEST_F(StandInSessionTest, after_25_to_30_seconds_of_silence_both_give_up) {
  open();
  const Time start = loop.now();
  cut();
  loop.advance(1h);
  for (const End* end : {&alice, &bob}) {
    ASSERT_TRUE(end->closed);
    EXPECT_EQ(end->closed->code, ErrorCode::timed_out);
    EXPECT_GT(end->closed_at - start, Duration(25s));
    EXPECT_LE(end->closed_at - start, Duration(30s));
  }
  EXPECT_EQ(world->counters.sessions_timed_out, 2U);
}

TEST_F(StandInSessionTest, one_destroyed_behind_a_cut_is_missed_only_by_its_silence) {
  open();
  cut();
  alice.session.reset();
  loop.advance(1s);
  heal();
  loop.advance(20s);
  EXPECT_FALSE(bob.closed);
  loop.advance(10s);
  ASSERT_TRUE(bob.closed);
  EXPECT_EQ(bob.closed->code, ErrorCode::timed_out);
}

TEST_F(StandInSessionTest, state_tells_of_path_bytes_and_round_trip) {
  auto state = alice.session->state();
  EXPECT_EQ(state.signaling, SignalingState::Setup);
  EXPECT_EQ(state.ice_gathering, IceGatheringState::New);
  EXPECT_EQ(state.type_local, ConnType::Unknown);
  describe();
  EXPECT_EQ(alice.session->state().ice_connection, IceConnectionState::Checking);
  loop.advance(1s);
  world->terrain.set_conditions(node(1), node(2), {.latency = 30ms});
  EXPECT_TRUE(send(alice, 1000));
  EXPECT_TRUE(send(bob, 10));
  loop.advance(1s);
  state = alice.session->state();
  EXPECT_EQ(state.signaling, SignalingState::Stable);
  EXPECT_EQ(state.data_connection, DataChannelState::Open);
  EXPECT_EQ(state.type_local, ConnType::Host);
  EXPECT_EQ(state.local_address, "10.0.0.1:4000");
  EXPECT_EQ(state.remote_address, "10.0.0.2:4000");
  EXPECT_EQ(state.tx_bytes, 1000U);
  EXPECT_EQ(state.rx_bytes, 10U);
  EXPECT_EQ(state.round_trip, Duration(40ms));
  alice.session->shutdown();
  EXPECT_EQ(alice.session->state().data_connection, DataChannelState::Closing);
  loop.advance(1s);
  EXPECT_EQ(alice.session->state().signaling, SignalingState::Closed);
}

}  // namespace
}  // namespace flnet::net
