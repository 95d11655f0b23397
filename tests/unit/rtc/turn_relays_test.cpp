// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of TurnRelays: which servers are asked from where, what sessions learn of it, and how long it lasts.
#include "rtc/turn_relays.hpp"

#include "support/event_queue.hpp"
#include "support/turn_server.hpp"
#include "support/virtual_network.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flnet::rtc {
namespace {

using test::Alarm;
using test::EventQueue;
using test::TurnServer;
using test::VirtualNetwork;

SocketAddress address(const std::string& text) {
  return SocketAddress::parse(text).value();
}

class TurnRelaysTest : public ::testing::Test, public TurnRelaysSink {
 protected:
  TurnRelaysTest() {
    network.attach(server_address, [this](const DatagramPath& path, ByteView datagram) {
      server.receive_from_client(path.remote, datagram, queue.now());
    });
    for (const SocketAddress& base : bases) {
      network.attach(base, [this](const DatagramPath& path, ByteView datagram) {
        machine.receive(path, datagram, queue.now());
        after_call();
      });
    }
    network.attach(peer, [this](const DatagramPath& path, ByteView) { peer_heard.push_back(path.remote); });
  }

  void gather() { gather(bases); }
  void gather(const std::vector<SocketAddress>& from) {
    machine.gather(from, queue.now());
    after_call();
  }
  void resolve(const std::vector<SocketAddress>& addresses) {
    machine.server_resolved(0, addresses, queue.now());
    after_call();
  }
  void after_call() {
    alarm.set(machine.deadline());
    EXPECT_FALSE(machine.deadline() && *machine.deadline() < queue.now());
  }

  const SocketAddress server_address = address("192.0.2.1:3478"), peer = address("198.51.100.5:6000");
  const std::vector<SocketAddress> bases = {address("10.0.0.2:5000"), address("10.0.0.3:5000")};
  EventQueue queue;
  VirtualNetwork network{queue, 1};
  std::uint16_t next_relay = 50000;
  TurnServer server{
      {},
      {.send_to_client =
           [this](const SocketAddress& client, ByteView datagram) {
             network.send({.local = server_address, .remote = client}, datagram);
           },
       .send_to_peer = [this](const DatagramPath& path, ByteView datagram) { network.send(path, datagram); },
       .open_relay = [this] { return SocketAddress{server_address.ip, next_relay++}; }}};
  std::vector<RelayedAddress> found;
  std::vector<std::size_t> lookups;
  std::vector<SocketAddress> peer_heard;
  int finished = 0, ended = 0;
  bool needed = true;
  SeededRandom random{5};
  TurnRelays machine{{.servers = {{"user", "secret"}}}, random, *this};
  Alarm alarm{queue, [this] {
                machine.handle_timeout(queue.now());
                after_call();
              }};

 private:
  void send_to_server(const DatagramPath& path, ByteView datagram) override { network.send(path, datagram); }
  void resolve_server(std::size_t number) override { lookups.push_back(number); }
  void relayed_address_found(const RelayedAddress& address) override { found.push_back(address); }
  void relay_received(const DatagramPath&, ByteView) override {}
  void relay_ended(const Error&) override { ++ended; }
  void relays_finished() override { ++finished; }
  bool relays_are_needed() override { return needed; }
};

TEST_F(TurnRelaysTest, each_base_gets_an_address_of_its_own) {
  gather();
  EXPECT_TRUE(machine.is_gathering());
  resolve({server_address, address("[2001:db8::1]:3478")});
  queue.run_for(1s);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], (RelayedAddress{address("192.0.2.1:50000"), bases[0], bases[0]}));
  EXPECT_EQ(found[1].base, bases[1]);
  EXPECT_EQ(machine.known(), found);
  EXPECT_EQ(finished, 1);
}

TEST_F(TurnRelaysTest, later_sessions_share_what_there_is) {
  gather();
  resolve({server_address});
  queue.run_for(1s);
  gather();
  EXPECT_FALSE(machine.is_gathering());
  queue.run_for(1s);
  EXPECT_EQ(server.allocation_count(), 2U);
  EXPECT_EQ(finished, 1);
  EXPECT_EQ(lookups.size(), 1U);
}

TEST_F(TurnRelaysTest, a_path_that_begins_at_a_relay_goes_through_it_and_no_other_does) {
  gather();
  resolve({server_address});
  queue.run_for(1s);
  EXPECT_FALSE(machine.send({.local = bases[0], .remote = peer}, as_bytes("x"), queue.now()));
  EXPECT_TRUE(machine.send({.local = found.at(1).relayed, .remote = peer}, as_bytes("x"), queue.now()));
  after_call();
  queue.run_for(1s);
  EXPECT_EQ(peer_heard, (std::vector<SocketAddress>{found.at(1).relayed}));
}

TEST_F(TurnRelaysTest, relays_last_as_long_as_somebody_needs_them) {
  gather();
  resolve({server_address});
  queue.run_for(1h);
  EXPECT_EQ(server.allocation_count(), 2U);
  needed = false;
  queue.run_for(10min);
  EXPECT_EQ(server.allocation_count(), 0U);
  EXPECT_TRUE(machine.known().empty());
  EXPECT_EQ(ended, 0);
}

TEST_F(TurnRelaysTest, relays_are_given_back_at_the_end) {
  gather();
  resolve({server_address});
  queue.run_for(1s);
  machine.close(queue.now());
  queue.run_for(1s);
  EXPECT_EQ(server.allocation_count(), 0U);
}

TEST_F(TurnRelaysTest, a_name_that_leads_nowhere_is_looked_up_again_by_the_next_session) {
  gather();
  resolve({});
  EXPECT_EQ(finished, 1);
  gather();
  EXPECT_EQ(lookups.size(), 2U);
  queue.run_for(5s);
  EXPECT_EQ(finished, 2) << "nobody waits longer for a name";
}

TEST_F(TurnRelaysTest, the_number_of_relays_is_limited_and_a_lost_address_makes_room) {
  std::vector<SocketAddress> many;
  for (std::uint16_t port = 1; port <= 20; ++port)
    many.push_back(address("10.0.0.2:" + std::to_string(port)));
  gather(many);
  resolve({server_address});
  network.isolate(address("10.0.0.2:1").ip);
  gather();
  queue.run_for(1s);
  EXPECT_EQ(found.size(), 1U) << "of 10.0.0.3";
}

}  // namespace
}  // namespace flnet::rtc
