// SPDX-License-Identifier: MIT OR Apache-2.0
// Sessions through a TURN server over real sockets on loopback.
#include "support/live_peer.hpp"
#include "support/live_turn_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace flnet::io {
namespace {

using test::introduce;
using test::LiveTurnServer;
using test::open_host;
using test::pattern;
using Peer = test::LivePeer;
using World = test::PeerLoop;

/// The description with the relayed candidates alone, as if all others led nowhere.
std::string relays_only(const std::string& sdp) {
  std::string kept;
  for (std::size_t at = 0; at < sdp.size();) {
    const std::size_t end = sdp.find('\n', at) + 1;
    const std::string line = sdp.substr(at, end - at);
    if (!line.starts_with("a=candidate:") || line.find(" typ relay") != std::string::npos) kept += line;
    at = end;
  }
  return kept;
}

class RelayTest : public ::testing::Test {
 protected:
  std::unique_ptr<PeerHost> host_with(HostLogin server) {
    PeerHostConfig config = test::on_loopback;
    config.turn_servers = {std::move(server)};
    return open_host(world.loop, config);
  }
  HostLogin login(const std::string& password = "secret") {
    return HostLogin(turn.url(), {"user", password});
  }
  /// Both learn of the other's relay only.
  static void introduce_by_relays(Peer& offerer, Peer& answerer) {
    introduce(offerer, answerer);
    offerer.on_described = [&](std::string sdp) { answerer.session->accept_offer(relays_only(sdp)); };
    answerer.on_described = [&](std::string sdp) { offerer.session->accept_answer(relays_only(sdp)); };
  }

  World world;
  LiveTurnServer turn{world};
};

TEST_F(RelayTest, tells_the_peer_of_its_relay_and_then_the_end) {
  const auto alices = host_with(login());
  Peer alice{world, *alices};
  alice.session->create_offer();
  ASSERT_TRUE(world.run_until([&] { return alice.candidates.size() == 2; }, 5s));
  EXPECT_NE(alice.candidates[0].find("127.0.0.50 "), std::string::npos) << alice.candidates[0];
  EXPECT_NE(alice.candidates[0].find(" typ relay raddr 127.0.0.1 rport "), std::string::npos);
  EXPECT_EQ(alice.candidates[1], "");
}

TEST_F(RelayTest, two_nodes_exchange_messages_by_their_relays) {
  const auto alices = host_with(login());
  const auto bobs = host_with(login());
  Peer alice{world, *alices};
  Peer bob{world, *bobs};
  introduce_by_relays(alice, bob);
  ASSERT_TRUE(world.run_until([&] { return alice.opened == 1 && bob.opened == 1; }, 10s));
  std::vector<Message> sent;
  for (const std::size_t size : {0, 1, 1200, 65536, 262144}) {
    sent.push_back(pattern(MessageKind::binary, size, size));
    ASSERT_TRUE(alice.send(sent.back()));
    ASSERT_TRUE(bob.send(sent.back()));
  }
  ASSERT_TRUE(world.run_until(
      [&] { return alice.received.size() == sent.size() && bob.received.size() == sent.size(); }));
  EXPECT_TRUE(alice.received == sent);
  EXPECT_TRUE(bob.received == sent);
  for (const Peer* peer : {&alice, &bob}) {
    const auto state = peer->session->state();
    EXPECT_EQ(state.type_local, ConnType::TURN);
    EXPECT_EQ(state.type_remote, ConnType::TURN);
    EXPECT_TRUE(state.local_address.starts_with("127.0.0.50:")) << state.local_address;
    EXPECT_EQ(state.ice_gathering, IceGatheringState::Complete);
  }
  EXPECT_GT(turn.server.channel_data_received, 400) << "data goes through channels";
  EXPECT_LT(turn.server.indications_received, 100);
}

TEST_F(RelayTest, one_relay_serves_all_sessions_of_a_node) {
  const auto alices = host_with(login());
  const auto bobs = host_with(login());
  const auto carols = host_with(login());
  Peer to_bob{world, *alices, 1};
  Peer to_carol{world, *alices, 2};
  Peer bob{world, *bobs, 1};
  Peer carol{world, *carols, 2};
  introduce_by_relays(to_bob, bob);
  introduce_by_relays(to_carol, carol);
  ASSERT_TRUE(
      world.run_until([&] { return to_bob.opened + to_carol.opened + bob.opened + carol.opened == 4; }, 10s));
  EXPECT_EQ(turn.server.allocation_count(), 3U);
  ASSERT_TRUE(to_bob.send(Message::from_text("bob")));
  ASSERT_TRUE(to_carol.send(Message::from_text("carol")));
  ASSERT_TRUE(world.run_until([&] { return bob.received.size() == 1 && carol.received.size() == 1; }));
  EXPECT_EQ(bob.received[0], Message::from_text("bob"));
  EXPECT_EQ(carol.received[0], Message::from_text("carol"));
}

TEST_F(RelayTest, a_direct_path_is_preferred) {
  const auto alices = host_with(login());
  const auto bobs = host_with(login());
  Peer first{world, *alices, 1};
  first.session->create_offer();  // the relay is there before the session
  ASSERT_TRUE(world.run_until([&] { return first.candidates.size() == 2; }, 5s));
  Peer alice{world, *alices, 2};
  Peer bob{world, *bobs, 2};
  introduce(alice, bob);
  ASSERT_TRUE(world.run_until([&] { return alice.opened == 1 && bob.opened == 1; }, 10s));
  world.run_for(200ms);
  EXPECT_EQ(alice.session->state().type_local, ConnType::Host);
  EXPECT_EQ(bob.session->state().type_remote, ConnType::Host);
}

TEST_F(RelayTest, the_relay_is_given_back_with_the_host) {
  auto alices = host_with(login());
  {
    Peer alice{world, *alices};
    alice.session->create_offer();
    ASSERT_TRUE(world.run_until([&] { return turn.server.allocation_count() == 1; }, 5s));
    ASSERT_TRUE(world.run_until([&] { return alice.candidates.size() == 2; }, 5s));
  }
  alices.reset();
  EXPECT_TRUE(world.run_until([&] { return turn.server.allocation_count() == 0; }, 5s));
}

TEST_F(RelayTest, a_wrong_password_costs_the_relay_and_nothing_else) {
  const auto alices = host_with(login("wrong"));
  const auto bobs = open_host(world.loop);
  Peer alice{world, *alices};
  Peer bob{world, *bobs};
  introduce(alice, bob);
  ASSERT_TRUE(world.run_until([&] { return alice.opened == 1 && bob.opened == 1; }, 10s));
  ASSERT_TRUE(world.run_until([&] { return !alice.candidates.empty(); }, 5s));
  EXPECT_EQ(alice.candidates, (std::vector<std::string>{""}));
}

TEST_F(RelayTest, a_session_may_be_started_by_a_message_that_came_through_a_relay) {
  const auto alices = host_with(login());
  const auto bobs = host_with(login());
  Peer alice{world, *alices, 1};
  Peer bob{world, *bobs, 1};
  introduce_by_relays(alice, bob);
  ASSERT_TRUE(world.run_until([&] { return alice.opened == 1 && bob.opened == 1; }, 10s));
  std::unique_ptr<Peer> second;
  bob.on_received = [&](MessageView) {
    second = std::make_unique<Peer>(world, *bobs, 2);
    second->session->create_offer();
  };
  ASSERT_TRUE(alice.send(Message::from_text("go")));
  ASSERT_TRUE(world.run_until([&] { return second && !second->description.empty(); }));
  EXPECT_NE(second->description.find(" typ relay "), std::string::npos) << second->description;
  EXPECT_TRUE(
      world.run_until([&] { return second->session->state().ice_gathering == IceGatheringState::Complete; }));
}

}  // namespace
}  // namespace flnet::io
