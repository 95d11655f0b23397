// SPDX-License-Identifier: MIT OR Apache-2.0
// Paths through NATs: what server-reflexive candidates do in the agent, in descriptions and when trickled.
#include "support/event_queue.hpp"
#include "support/ice_host.hpp"
#include "support/peer_world.hpp"
#include "support/plain_dtls.hpp"
#include "support/virtual_network.hpp"

#include <gtest/gtest.h>

#include <string>

namespace flnet::rtc {
namespace {

using test::EventQueue;
using test::IceHost;
using test::PeerWorld;
using test::PlainDtlsContext;
using test::VirtualNetwork;

SocketAddress address(std::string_view text) {
  return SocketAddress::parse(text).value();
}

IceConfig with_role(IceRole role) {
  IceConfig config;
  config.role = role;
  return config;
}

/// Two agents, each behind a NAT of its own: the inner addresses reach nobody outside.
class ReflexivePathTest : public ::testing::Test {
 protected:
  ReflexivePathTest() {
    a.add_address(address("10.0.0.2:5000"));
    b.add_address(address("10.1.0.2:5000"));
    network.translate(address("10.0.0.2:5000"), a_outside);
    network.translate(address("10.1.0.2:5000"), b_outside);
  }
  bool connect() {
    a.learn(b);
    b.learn(a);
    return queue.run_until([this] { return a.is_connected() && b.is_connected(); }, 5s);
  }

  const SocketAddress a_outside = address("203.0.113.1:40000");
  const SocketAddress b_outside = address("203.0.113.2:40000");
  EventQueue queue;
  VirtualNetwork network{queue, 1};
  IceHost a{queue, network, 1, with_role(IceRole::controlling)};
  IceHost b{queue, network, 2, with_role(IceRole::controlled)};
};

TEST_F(ReflexivePathTest, there_is_none_between_two_nats_that_nobody_has_told_of) {
  EXPECT_FALSE(connect());
}

TEST_F(ReflexivePathTest, two_nats_are_crossed_by_server_reflexive_candidates) {
  a.add_reflexive(a_outside);
  b.add_reflexive(b_outside);
  ASSERT_TRUE(connect());
  EXPECT_EQ(a.agent().path(), (DatagramPath{address("10.0.0.2:5000"), b_outside}));
  const IcePathTypes both{CandidateType::server_reflexive, CandidateType::server_reflexive};
  EXPECT_EQ(a.agent().path_types(), both);
  EXPECT_EQ(b.agent().path_types(), both);
}

TEST_F(ReflexivePathTest, the_candidate_may_come_when_checks_have_failed_already) {
  b.add_reflexive(b_outside);
  a.learn_credentials_of(b);
  b.learn_credentials_of(a);
  a.learn_candidate(b.candidates().at(0));
  queue.run_for(5s);
  EXPECT_FALSE(a.is_connected());
  a.learn_candidate(b.candidates().at(1));
  EXPECT_TRUE(queue.run_until([this] { return a.is_connected() && b.is_connected(); }, 2s));
}

TEST_F(ReflexivePathTest, an_end_that_nobody_has_told_of_is_peer_reflexive) {
  b.add_reflexive(b_outside);
  ASSERT_TRUE(connect());
  EXPECT_EQ(a.agent().path_types(),
            (IcePathTypes{CandidateType::peer_reflexive, CandidateType::server_reflexive}));
  EXPECT_EQ(b.agent().path_types(),
            (IcePathTypes{CandidateType::server_reflexive, CandidateType::peer_reflexive}));
}

TEST_F(ReflexivePathTest, what_a_stun_server_tells_is_not_paired) {
  a.add_reflexive(a_outside);
  a.learn_credentials_of(b);
  a.learn_candidate(reflexive_candidate(b.candidates().at(0), b_outside, 0));
  EXPECT_EQ(a.sent(), 1U) << "one local address, one remote one";
}

TEST_F(ReflexivePathTest, a_relay_is_used_at_once_and_given_up_for_a_better_path_within_two_seconds) {
  // The relay is an address of a's that b can reach; the way between the NATs opens later.
  const SocketAddress relay = address("198.51.100.1:50000");
  network.attach(relay, [&](const DatagramPath& path, ByteView datagram) { a.receive(path, datagram); });
  a.add_candidate(relayed_candidate(a.candidates().at(0), relay, a_outside, 0));
  a.add_reflexive(a_outside);
  b.add_reflexive(b_outside);
  network.block(a_outside.ip, b_outside.ip);
  ASSERT_TRUE(connect());
  EXPECT_EQ(a.agent().path_types()->local, CandidateType::relayed);
  EXPECT_FALSE(a.agent().is_nominated());
  queue.run_for(600ms);
  network.unblock(a_outside.ip, b_outside.ip);
  queue.run_for(2s);
  EXPECT_TRUE(a.agent().is_nominated());
  EXPECT_EQ(a.agent().path_types()->local, CandidateType::server_reflexive);
  EXPECT_EQ(b.agent().path_types()->remote, CandidateType::server_reflexive);
}

TEST_F(ReflexivePathTest, a_relay_is_nominated_when_there_is_nothing_better) {
  const SocketAddress relay = address("198.51.100.1:50000");
  network.attach(relay, [&](const DatagramPath& path, ByteView datagram) { a.receive(path, datagram); });
  a.add_candidate(relayed_candidate(a.candidates().at(0), relay, a_outside, 0));
  network.block(a_outside.ip, b_outside.ip);
  ASSERT_TRUE(connect());
  queue.run_for(3s);
  EXPECT_TRUE(a.agent().is_nominated());
  EXPECT_EQ(a.agent().path_types()->local, CandidateType::relayed);
  EXPECT_EQ(b.agent().path_types()->remote, CandidateType::relayed);
}

TEST(ReflexiveCandidate, comes_after_the_hosts_own_and_names_its_base) {
  const IceCandidate base = host_candidate(address("10.0.0.2:5000"), 0);
  const IceCandidate candidate = reflexive_candidate(base, address("203.0.113.1:40000"), 0);
  EXPECT_LT(candidate.priority, base.priority);
  EXPECT_EQ(candidate.priority >> 24, 100U);
  EXPECT_EQ(parse_candidate(to_line(candidate)).value(), candidate);
  EXPECT_EQ(to_line(candidate), "candidate:s1 1 udp " + std::to_string(candidate.priority) +
                                    " 203.0.113.1 40000 typ srflx raddr 10.0.0.2 rport 5000");
}

/// Connections whose nodes gather while they are described.
class GatheringTest : public ::testing::Test {
 protected:
  static PeerConnectionConfig gathering() {
    PeerConnectionConfig config;
    config.gathering = true;
    return config;
  }
  auto found(const ReflexiveAddress& address) {
    return world.offerer->drive(
        [&](PeerConnection& connection, Time now) { return connection.add_reflexive_address(address, now); });
  }
  bool finish() {
    return world.offerer->drive(
        [](PeerConnection& connection, Time) { return connection.finish_gathering(); });
  }
  IceGatheringState state() const { return world.offerer->connection().stats().gathering; }

  PlainDtlsContext offerer_dtls{1}, answerer_dtls{2};
  PeerWorld world{1, offerer_dtls, answerer_dtls, gathering()};
  const SocketAddress base = PeerWorld::address(1).at(0);
  const SocketAddress mapped = address("203.0.113.1:40000");
};

TEST_F(GatheringTest, an_address_found_before_the_description_stands_in_it) {
  EXPECT_EQ(found({base, mapped}), std::nullopt);
  EXPECT_FALSE(finish());
  const auto offer = decode_sdp(world.offerer->create_offer().value()).value();
  ASSERT_EQ(offer.candidates.size(), 2U);
  EXPECT_EQ(offer.candidates[1].type, CandidateType::server_reflexive);
  EXPECT_EQ(offer.candidates[1].address, mapped);
  EXPECT_EQ(offer.candidates[1].related, base);
  EXPECT_TRUE(offer.end_of_candidates);
}

TEST_F(GatheringTest, an_address_found_after_the_description_is_trickled) {
  EXPECT_EQ(state(), IceGatheringState::New);
  const auto offer = decode_sdp(world.offerer->create_offer().value()).value();
  EXPECT_FALSE(offer.end_of_candidates);
  EXPECT_EQ(offer.candidates.size(), 1U);
  EXPECT_EQ(state(), IceGatheringState::Gathering);
  const auto line = found({base, mapped});
  ASSERT_TRUE(line);
  const auto candidate = parse_candidate(*line).value();
  EXPECT_EQ(candidate.address, mapped);
  EXPECT_EQ(candidate.ufrag, offer.ice.ufrag);
  EXPECT_TRUE(finish());
  EXPECT_FALSE(finish()) << "the end comes once";
  EXPECT_EQ(state(), IceGatheringState::Complete);
}

TEST_F(GatheringTest, a_relayed_address_is_told_with_the_address_that_the_server_sees) {
  static_cast<void>(world.offerer->create_offer());
  const RelayedAddress relay{.relayed = address("198.51.100.1:50000"), .mapped = mapped, .base = base};
  const auto add = [&] {
    return world.offerer->drive(
        [&](PeerConnection& connection, Time now) { return connection.add_relayed_address(relay, now); });
  };
  const auto candidate = parse_candidate(add().value()).value();
  EXPECT_EQ(candidate.type, CandidateType::relayed);
  EXPECT_EQ(candidate.address, relay.relayed);
  EXPECT_EQ(candidate.related, mapped);
  EXPECT_EQ(candidate.priority >> 24, 0U);
  EXPECT_FALSE(add()) << "known";
  EXPECT_EQ(world.offerer->connection().local_candidate_lines().size(), 2U);
}

TEST_F(GatheringTest, what_tells_the_peer_nothing_is_left_out) {
  static_cast<void>(world.offerer->create_offer());
  EXPECT_FALSE(found({base, base})) << "no NAT";
  EXPECT_FALSE(found({address("10.9.9.9:1"), mapped})) << "no address of ours";
  EXPECT_TRUE(found({base, mapped}));
  EXPECT_FALSE(found({base, mapped})) << "known";
  EXPECT_FALSE(found({mapped, address("203.0.113.1:40001")})) << "a candidate, but no base";
}

TEST_F(GatheringTest, the_number_of_reflexive_addresses_is_limited) {
  static_cast<void>(world.offerer->create_offer());
  std::size_t taken = 0;
  for (std::uint16_t port = 1; port <= 100; ++port) {
    taken += found({base, {mapped.ip, port}}) ? 1U : 0U;
  }
  EXPECT_EQ(taken, PeerConnection::max_reflexive_addresses);
}

TEST_F(GatheringTest, a_trickled_address_connects_two_nodes_that_have_no_other_path) {
  world.network.translate(base, mapped);
  world.network.block(PeerWorld::address(2).at(0).ip, base.ip);
  world.network.block(PeerWorld::address(2).at(0).ip, mapped.ip);
  world.describe();
  world.queue.run_for(1s);
  EXPECT_FALSE(world.both_connected());
  EXPECT_EQ(world.offerer->connection().stats().ice_connection, IceConnectionState::Checking);
  world.network.unblock(PeerWorld::address(2).at(0).ip, base.ip);
  world.network.unblock(PeerWorld::address(2).at(0).ip, mapped.ip);
  ASSERT_TRUE(world.answerer->add_candidate(found({base, mapped}).value()));
  ASSERT_TRUE(world.answerer->add_candidate(""));
  ASSERT_TRUE(world.queue.run_until([this] { return world.both_connected(); }, 5s));
  world.queue.run_for(1s);
  const auto offerers = world.offerer->connection().stats();
  const auto answerers = world.answerer->connection().stats();
  EXPECT_EQ(offerers.path_types, (IcePathTypes{CandidateType::server_reflexive, CandidateType::host}));
  EXPECT_EQ(answerers.path_types, (IcePathTypes{CandidateType::host, CandidateType::server_reflexive}));
  EXPECT_EQ(offerers.ice_connection, IceConnectionState::Completed);
  EXPECT_EQ(answerers.ice_connection, IceConnectionState::Completed);
}

TEST_F(GatheringTest, the_state_of_ice_is_told_from_beginning_to_end) {
  const auto ice = [this] { return world.offerer->connection().stats().ice_connection; };
  EXPECT_EQ(ice(), IceConnectionState::New);
  world.connect();
  world.queue.run_for(1s);
  EXPECT_EQ(ice(), IceConnectionState::Completed);
  world.network.set_partitioned(true);
  world.queue.run_for(60s);
  EXPECT_EQ(ice(), IceConnectionState::Failed);
  world.answerer->abort();
  EXPECT_EQ(world.answerer->connection().stats().gathering, IceGatheringState::Complete);
}

}  // namespace
}  // namespace flnet::rtc
