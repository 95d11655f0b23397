// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of UdpPort on loopback: both families, batches, segments, limits.
#include "io/native/udp_port.hpp"

#include "io/native/interface_addresses.hpp"
#include "io/native/udp_socket.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

namespace flnet::io {
namespace {

const IpAddress loopback_v4 = IpAddress::v4({127, 0, 0, 1});
const IpAddress other_loopback_v4 = IpAddress::v4({127, 0, 0, 2});
const IpAddress loopback_v6 = IpAddress::parse("::1").value();

struct Datagram {
  rtc::DatagramPath path;
  Bytes bytes;
};

/// A port with what it has received.
class Node final : public UdpPortSink {
 public:
  explicit Node(AsioLoop& loop, std::uint16_t udp_port = 0) : port(*UdpPort::open(loop, udp_port, *this)) {}

  void datagram_received(const rtc::DatagramPath& path, ByteView datagram) override {
    datagrams.push_back({path, to_bytes(datagram)});
  }
  void batch_received() override {
    ++batches;
    if (after_batch) after_batch();
  }
  /// Its address of `ip`; fails the test when the family is missing.
  SocketAddress at(const IpAddress& ip) const {
    for (const auto& address : port->local_addresses(true)) {
      if (address.ip.family == ip.family) return {ip, address.port};
    }
    ADD_FAILURE() << "no address like " << ip.to_string();
    return {};
  }

  std::vector<Datagram> datagrams;
  int batches = 0;
  std::function<void()> after_batch;
  std::unique_ptr<UdpPort> port;
};

class UdpPortTest : public ::testing::Test {
 protected:
  /// Runs the loop until `done` or for `limit`; `done` is looked at after each batch.
  bool run_until(Node& node, std::function<bool()> done, Duration limit = 5s) {
    if (done()) return true;
    node.after_batch = [&] {
      if (done()) loop.stop();
    };
    const Timer timeout = loop.at(loop.now() + limit, [this] { loop.stop(); });
    loop.run();
    node.after_batch = nullptr;
    return done();
  }
  bool receive(Node& node, std::size_t count) {
    return run_until(node, [&node, count] { return node.datagrams.size() >= count; });
  }

  AsioLoop loop;
  Node alice{loop};
  Node bob{loop};
};

Bytes pattern(std::size_t size, std::uint8_t seed) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(seed + i * 7);
  return bytes;
}

TEST_F(UdpPortTest, has_one_port_number_for_both_families_and_lists_loopback_last) {
  const auto addresses = alice.port->local_addresses(true);
  ASSERT_FALSE(addresses.empty());
  EXPECT_TRUE(std::ranges::is_sorted(
      addresses, {}, [](const SocketAddress& a) { return std::pair(a.ip.is_loopback(), a.ip.is_v4()); }));
  EXPECT_TRUE(std::ranges::any_of(addresses, [](const auto& a) { return a.ip.is_loopback(); }));
  for (const auto& address : addresses) {
    EXPECT_EQ(address.port, addresses.front().port);
    EXPECT_NE(address.port, 0);
  }
}

TEST_F(UdpPortTest, says_address_in_use_for_a_port_that_is_taken) {
  const auto port = alice.at(loopback_v4).port;
  Node unused{loop};
  const auto second = UdpPort::open(loop, port, unused);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::address_in_use);
}

TEST_F(UdpPortTest, opens_a_port_that_was_asked_for_and_frees_it_again) {
  std::uint16_t port = 0;
  {
    Node first{loop};
    port = first.at(loopback_v4).port;
  }
  const Node second{loop, port};
  EXPECT_EQ(second.at(loopback_v4).port, port);
}

TEST_F(UdpPortTest, carries_datagrams_of_both_families_with_the_path_they_took) {
  for (const auto& ip : {loopback_v4, loopback_v6}) {
    bob.datagrams.clear();
    alice.port->send({alice.at(ip), bob.at(ip)}, pattern(100, 1));
    alice.port->flush();
    ASSERT_TRUE(receive(bob, 1));
    EXPECT_EQ(bob.datagrams[0].path.local, bob.at(ip));
    EXPECT_EQ(bob.datagrams[0].path.remote, alice.at(ip));
    EXPECT_EQ(bob.datagrams[0].bytes, pattern(100, 1));
  }
}

TEST_F(UdpPortTest, sends_from_the_local_address_of_the_path_and_tells_the_one_that_was_reached) {
  alice.port->send({alice.at(other_loopback_v4), bob.at(IpAddress::v4({127, 0, 0, 3}))}, pattern(10, 0));
  alice.port->flush();
  ASSERT_TRUE(receive(bob, 1));
  EXPECT_EQ(bob.datagrams[0].path.remote, alice.at(other_loopback_v4));
  EXPECT_EQ(bob.datagrams[0].path.local, bob.at(IpAddress::v4({127, 0, 0, 3})));
}

TEST_F(UdpPortTest, joins_equal_datagrams_of_one_path_into_one_call_each_way) {
  for (std::uint8_t i = 0; i < 40; ++i) {
    alice.port->send({alice.at(loopback_v4), bob.at(loopback_v4)}, pattern(1200, i));
  }
  alice.port->send({alice.at(loopback_v4), bob.at(loopback_v4)}, pattern(77, 40));
  alice.port->flush();
  ASSERT_TRUE(receive(bob, 41));
  for (std::uint8_t i = 0; i < 40; ++i) EXPECT_EQ(bob.datagrams[i].bytes, pattern(1200, i));
  EXPECT_EQ(bob.datagrams[40].bytes, pattern(77, 40));
  EXPECT_EQ(alice.port->counters().sent, 41U);
  EXPECT_EQ(alice.port->counters().send_calls, 1U);
  EXPECT_EQ(bob.port->counters().received, 41U);
  EXPECT_LE(bob.port->counters().receive_calls, 2U);
}

TEST_F(UdpPortTest, keeps_the_order_and_the_sizes_of_mixed_datagrams) {
  std::vector<Bytes> sent;
  for (std::size_t i = 0; i < 300; ++i) {
    sent.push_back(pattern(1 + (i * i * 31) % 1400, static_cast<std::uint8_t>(i)));
    if (i % 5 == 0) sent.push_back(sent.back());
  }
  for (const auto& bytes : sent) alice.port->send({alice.at(loopback_v6), bob.at(loopback_v6)}, bytes);
  alice.port->flush();
  ASSERT_TRUE(receive(bob, sent.size()));
  for (std::size_t i = 0; i < sent.size(); ++i) EXPECT_EQ(bob.datagrams[i].bytes, sent[i]) << i;
}

TEST_F(UdpPortTest, sends_to_many_destinations_with_few_calls) {
  std::vector<std::unique_ptr<Node>> nodes;
  for (int i = 0; i < 30; ++i) nodes.push_back(std::make_unique<Node>(loop));
  for (std::uint8_t i = 0; i < 30; ++i) {
    const auto& ip = i % 2 == 0 ? loopback_v4 : loopback_v6;
    alice.port->send({alice.at(ip), nodes[i]->at(ip)}, pattern(500, i));
  }
  alice.port->flush();
  EXPECT_EQ(alice.port->counters().sent, 30U);
  EXPECT_EQ(alice.port->counters().send_calls, 2U);
  for (std::uint8_t i = 0; i < 30; ++i) {
    ASSERT_TRUE(receive(*nodes[i], 1));
    EXPECT_EQ(nodes[i]->datagrams[0].bytes, pattern(500, i));
  }
}

TEST_F(UdpPortTest, loses_nothing_of_a_burst_that_fits_the_sockets_buffers) {
  for (int round = 0; round < 20; ++round) {
    bob.datagrams.clear();
    for (std::uint8_t i = 0; i < 128; ++i) {
      alice.port->send({alice.at(loopback_v4), bob.at(loopback_v4)}, pattern(1200, i));
    }
    alice.port->flush();
    ASSERT_TRUE(receive(bob, 128));
  }
  const auto& counters = alice.port->counters();
  EXPECT_EQ(counters.dropped_send, 0U);
  EXPECT_LT(counters.send_calls * 20, counters.sent);
}

TEST_F(UdpPortTest, accounts_for_every_datagram_of_a_burst_far_above_the_buffers) {
  constexpr std::uint64_t burst = 30000;
  const rtc::DatagramPath path{alice.at(loopback_v4), bob.at(loopback_v4)};
  const auto bytes = pattern(1200, 0);
  for (std::uint64_t i = 0; i < burst; ++i) alice.port->send(path, bytes);
  alice.port->flush();
  const auto& counters = alice.port->counters();
  EXPECT_EQ(counters.sent + counters.dropped_send, burst);
  EXPECT_LT(counters.send_calls, burst / 20);
}

TEST_F(UdpPortTest, answers_within_the_batch_leave_with_one_flush) {
  alice.after_batch = nullptr;
  bob.after_batch = [&] {
    for (const auto& datagram : bob.datagrams) bob.port->send(datagram.path, datagram.bytes);
    bob.datagrams.clear();
    bob.port->flush();
  };
  for (std::uint8_t i = 0; i < 20; ++i) {
    alice.port->send({alice.at(loopback_v4), bob.at(loopback_v4)}, pattern(900, i));
  }
  alice.port->flush();
  ASSERT_TRUE(receive(alice, 20));
  EXPECT_EQ(alice.datagrams[19].bytes, pattern(900, 19));
  EXPECT_EQ(bob.port->counters().send_calls, 1U);
}

TEST_F(UdpPortTest, counts_what_the_system_refuses_and_goes_on) {
  const auto from = alice.at(loopback_v4);
  // An address that is not ours, a family mismatch, a closed port, an empty and an oversized datagram.
  alice.port->send({{IpAddress::v4({198, 51, 100, 1}), from.port}, bob.at(loopback_v4)}, pattern(100, 0));
  alice.port->send({{IpAddress::v4({198, 51, 100, 1}), from.port}, bob.at(loopback_v4)}, pattern(100, 1));
  alice.port->send({from, bob.at(loopback_v6)}, pattern(100, 0));
  alice.port->send({from, bob.at(loopback_v4)}, {});
  alice.port->send({from, bob.at(loopback_v4)}, Bytes(65508));
  alice.port->flush();
  EXPECT_EQ(alice.port->counters().dropped_send, 5U);
  std::uint16_t closed = 0;
  {
    const Node gone{loop};
    closed = gone.at(loopback_v4).port;
  }
  for (int i = 0; i < 5; ++i) {
    alice.port->send({from, {loopback_v4, closed}}, pattern(100, 0));
    alice.port->flush();
  }
  alice.port->send({from, bob.at(loopback_v4)}, pattern(100, 2));
  alice.port->flush();
  ASSERT_TRUE(receive(bob, 1));
  EXPECT_EQ(bob.datagrams[0].bytes, pattern(100, 2));
}

TEST_F(UdpPortTest, carries_datagrams_above_the_segment_limits_one_by_one) {
  alice.port->send({alice.at(loopback_v4), bob.at(loopback_v4)}, pattern(65507, 1));
  alice.port->send({alice.at(loopback_v4), bob.at(loopback_v4)}, pattern(40000, 2));
  alice.port->send({alice.at(loopback_v4), bob.at(loopback_v4)}, pattern(40000, 3));
  alice.port->flush();
  ASSERT_TRUE(receive(bob, 3));
  EXPECT_EQ(bob.datagrams[0].bytes, pattern(65507, 1));
  EXPECT_EQ(bob.datagrams[2].bytes, pattern(40000, 3));
}

TEST_F(UdpPortTest, falls_back_to_single_datagrams_when_segments_exceed_the_mtu) {
  // Segments of half a run are above any loopback MTU below 65507 / 2 only when it is small; the system
  // decides. Either way everything arrives.
  for (std::uint8_t i = 0; i < 4; ++i) {
    alice.port->send({alice.at(loopback_v4), bob.at(loopback_v4)}, pattern(30000, i));
  }
  alice.port->flush();
  ASSERT_TRUE(receive(bob, 4));
  for (std::uint8_t i = 0; i < 4; ++i) EXPECT_EQ(bob.datagrams[i].bytes, pattern(30000, i));
}

TEST(InterfaceAddresses, are_ordered_filtered_and_bounded) {
  const auto parse = [](const char* text) { return IpAddress::parse(text).value(); };
  const std::vector<IpAddress> all = {parse("127.0.0.1"), parse("::1"),       parse("10.0.0.1"),
                                      parse("fe80::1"),   parse("fd00::1"),   parse("169.254.1.1"),
                                      parse("10.0.0.1"),  parse("224.0.0.1"), parse("0.0.0.0")};
  EXPECT_EQ(usable_addresses(all, false), (std::vector{parse("fd00::1"), parse("10.0.0.1")}));
  EXPECT_EQ(usable_addresses(all, true),
            (std::vector{parse("fd00::1"), parse("10.0.0.1"), parse("::1"), parse("127.0.0.1")}));
  EXPECT_EQ(usable_addresses({parse("127.0.0.1"), parse("::1")}, false),
            (std::vector{parse("::1"), parse("127.0.0.1")}));
  std::vector<IpAddress> many;
  for (std::uint8_t i = 0; i < 100; ++i) many.push_back(IpAddress::v4({10, 0, 0, i}));
  EXPECT_EQ(usable_addresses(many, false).size(), max_interface_addresses);
}

}  // namespace
}  // namespace flnet::io
