// SPDX-License-Identifier: MIT OR Apache-2.0
// Sessions of hosts that ask STUN servers: over real sockets on loopback, where every 127.0.0.x is this
// machine.
#include "io/native/udp_port.hpp"
#include "support/live_peer.hpp"
#include "support/stun_server.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace flnet::io {
namespace {

using test::introduce;
using test::open_host;
using test::pattern;
using Peer = test::LivePeer;
using World = test::PeerLoop;

/// Says to everybody that it is seen at another address of loopback, as if there were a NAT.
class StunServer final : public UdpPortSink {
 public:
  explicit StunServer(World& world) : world_(world), port_(*UdpPort::open(world.loop, 0, *this)) {
    for (const SocketAddress& local : port_->local_addresses(true)) {
      if (local.ip == loopback) address = local;
    }
  }
  std::string url() const { return "stun:" + address.to_string(); }

  static inline const IpAddress loopback = IpAddress::v4({127, 0, 0, 1});
  static inline const IpAddress outside = IpAddress::v4({127, 0, 0, 9});
  SocketAddress address;
  int asked = 0;
  bool silent = false;

 private:
  void datagram_received(const rtc::DatagramPath& path, ByteView datagram) override {
    ++asked;
    const auto answer = test::stun_answer(datagram, {outside, path.remote.port});
    if (answer && !silent) port_->send(path, *answer);
    world_.check();
  }
  void batch_received() override { port_->flush(); }

  World& world_;
  std::unique_ptr<UdpPort> port_;
};

/// The description without its host candidates, as if they led nowhere.
std::string without_hosts(const std::string& sdp) {
  std::string kept;
  for (std::size_t at = 0; at < sdp.size();) {
    const std::size_t end = sdp.find('\n', at) + 1;
    const std::string line = sdp.substr(at, end - at);
    if (line.find(" typ host") == std::string::npos) kept += line;
    at = end;
  }
  return kept;
}

class GatheringTest : public ::testing::Test {
 protected:
  std::unique_ptr<PeerHost> host_asking(std::vector<HostLogin> servers) {
    PeerHostConfig config = test::on_loopback;
    config.stun_servers = std::move(servers);
    return open_host(world.loop, config);
  }

  World world;
  StunServer server{world};
  std::unique_ptr<PeerHost> bobs = open_host(world.loop);
};

TEST_F(GatheringTest, trickles_what_the_server_says_and_then_the_end) {
  const auto alices = host_asking({server.url()});
  Peer alice{world, *alices};
  alice.session->create_offer();
  ASSERT_TRUE(world.run_until([&] { return alice.candidates.size() == 2; }, 5s));
  EXPECT_EQ(alice.description.find("a=end-of-candidates"), std::string::npos);
  EXPECT_NE(alice.candidates[0].find("127.0.0.9"), std::string::npos) << alice.candidates[0];
  EXPECT_NE(alice.candidates[0].find(" typ srflx raddr 127.0.0.1 rport "), std::string::npos);
  EXPECT_EQ(alice.candidates[1], "");
  EXPECT_EQ(alice.session->state().ice_gathering, IceGatheringState::Complete);
}

TEST_F(GatheringTest, the_next_session_has_it_in_its_description) {
  const auto alices = host_asking({server.url()});
  Peer first{world, *alices, 1};
  first.session->create_offer();
  ASSERT_TRUE(world.run_until([&] { return first.candidates.size() == 2; }, 5s));
  Peer second{world, *alices, 2};
  second.session->create_offer();
  ASSERT_TRUE(world.run_until([&] { return !second.description.empty(); }, 5s));
  EXPECT_NE(second.description.find("127.0.0.9"), std::string::npos);
  EXPECT_NE(second.description.find("a=end-of-candidates"), std::string::npos);
  EXPECT_TRUE(second.candidates.empty());
  EXPECT_EQ(server.asked, 1);
}

TEST_F(GatheringTest, a_session_connects_by_the_address_that_the_server_has_told) {
  const auto alices = host_asking({server.url()});
  Peer alice{world, *alices};
  Peer bob{world, *bobs};
  introduce(alice, bob);
  alice.on_described = [&](std::string sdp) { bob.session->accept_offer(without_hosts(sdp)); };
  bob.on_described = [&](std::string sdp) { alice.session->accept_answer(without_hosts(sdp)); };
  ASSERT_TRUE(world.run_until([&] { return alice.opened == 1 && bob.opened == 1; }, 10s));
  ASSERT_TRUE(bob.send(pattern(MessageKind::binary, 100000, 0)));
  ASSERT_TRUE(world.run_until([&] { return alice.received.size() == 1; }));
  // No host was signalled. Alice's own check comes from 127.0.0.1, as no NAT is between them: either may win.
  EXPECT_NE(bob.session->state().type_remote, ConnType::Host) << bob.session->state().remote_address;
  EXPECT_EQ(alice.session->state().type_remote, ConnType::STUNPeer)
      << "bob's address was signalled by nobody";
}

TEST_F(GatheringTest, a_server_is_found_by_its_name) {
  const auto alices = host_asking({"stun:localhost:" + std::to_string(server.address.port)});
  Peer alice{world, *alices};
  alice.session->create_offer();
  EXPECT_TRUE(world.run_until([&] { return alice.candidates.size() == 2; }, 5s));
}

TEST_F(GatheringTest, a_name_that_leads_nowhere_ends_gathering) {
  const auto alices =
      host_asking({"stun:" + std::string(70, 'x')});  // longer than a label may be: nobody is asked
  Peer alice{world, *alices};
  alice.session->create_offer();
  EXPECT_TRUE(world.run_until([&] { return !alice.candidates.empty(); }, 10s));
  EXPECT_EQ(alice.candidates, (std::vector<std::string>{""}));
}

TEST_F(GatheringTest, nobody_waits_for_a_server_that_is_silent) {
  server.silent = true;
  const auto alices = host_asking({server.url()});
  Peer alice{world, *alices};
  Peer bob{world, *bobs};
  introduce(alice, bob);
  ASSERT_TRUE(world.run_until([&] { return alice.opened == 1 && bob.opened == 1; }, 5s));
  EXPECT_EQ(alice.session->state().ice_gathering, IceGatheringState::Gathering);
  ASSERT_TRUE(world.run_until([&] { return server.asked >= 2; }, 5s)) << "it is asked again";
  EXPECT_TRUE(alice.candidates.empty());
}

TEST_F(GatheringTest, an_answer_that_comes_when_its_session_is_gone_finds_nobody) {
  const auto alices = host_asking({server.url()});
  {
    Peer alice{world, *alices};
    alice.session->create_offer();
  }
  ASSERT_TRUE(world.run_until([&] { return server.asked == 1; }, 5s));
  world.run_for(20ms);
}

TEST_F(GatheringTest, a_host_may_go_while_a_name_is_looked_up) {
  auto alices = host_asking({"stun:localhost:1"});
  {
    Peer alice{world, *alices};
    alice.session->create_offer();
  }
  alices.reset();
  world.run_for(50ms);
}

TEST_F(GatheringTest, servers_that_can_not_be_used_are_refused) {
  PeerHostConfig config = test::on_loopback;
  config.stun_servers = {"stun://127.0.0.1"};
  const auto host = PeerHost::open(world.loop, config);
  ASSERT_FALSE(host);
  EXPECT_EQ(host.error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace flnet::io
