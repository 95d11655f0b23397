// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of StunGatherer in virtual time: whom it asks and when, and which answers it believes.
#include "rtc/stun_gatherer.hpp"

#include "support/event_queue.hpp"
#include "support/stun_server.hpp"
#include "support/virtual_network.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flnet::rtc {
namespace {

using test::Alarm;
using test::EventQueue;
using test::VirtualNetwork;

SocketAddress address(const std::string& text) {
  return SocketAddress::parse(text).value();
}

const SocketAddress inside = address("10.0.0.2:5000");
const SocketAddress outside = address("203.0.113.7:40000");
const SocketAddress stun = address("192.0.2.1:3478");
const SocketAddress other_stun = address("192.0.2.2:3478");

/// A gatherer with its socket and alarm, behind a NAT, and what it told.
class Node final : public StunGathererSink {
 public:
  Node(EventQueue& queue, VirtualNetwork& network, StunGathererConfig config)
      : queue_(queue), network_(network), machine(config, random_, *this), alarm_(queue, [this] {
          machine.handle_timeout(queue_.now());
          after_call();
        }) {
    network_.attach(inside, [this](const DatagramPath& path, ByteView datagram) { receive(path, datagram); });
    network_.translate(inside, outside);
  }
  ~Node() override { network_.detach(inside); }

  void gather(const std::vector<SocketAddress>& bases = {inside}) {
    machine.gather(bases, queue_.now());
    after_call();
  }
  void resolve(std::size_t server, const std::vector<SocketAddress>& addresses) {
    machine.server_resolved(server, addresses, queue_.now());
    after_call();
  }
  void receive(const DatagramPath& path, ByteView datagram) {
    machine.receive(path, datagram, queue_.now());
    after_call();
  }

  std::vector<Time> sent_at;
  std::vector<DatagramPath> sent_to;
  std::vector<Bytes> sent;
  std::vector<std::size_t> lookups;
  std::vector<ReflexiveAddress> found;
  int finished = 0;

 private:
  void send_stun(const DatagramPath& path, ByteView datagram) override {
    sent_at.push_back(queue_.now());
    sent_to.push_back(path);
    sent.push_back(to_bytes(datagram));
    network_.send(path, datagram);
  }
  void resolve_server(std::size_t server) override { lookups.push_back(server); }
  void reflexive_address_found(const ReflexiveAddress& address) override { found.push_back(address); }
  void gathering_finished() override {
    ++finished;
    EXPECT_FALSE(machine.is_gathering());
  }
  void after_call() {
    alarm_.set(machine.deadline());
    EXPECT_EQ(machine.is_gathering(), machine.deadline().has_value());
  }

  EventQueue& queue_;
  VirtualNetwork& network_;
  SeededRandom random_{1};

 public:
  StunGatherer machine;

 private:
  Alarm alarm_;
};

class StunGathererTest : public ::testing::Test {
 protected:
  void serve(const SocketAddress& at) {
    network.attach(at, [this](const DatagramPath& path, ByteView datagram) {
      ++asked;
      if (const auto answer = test::stun_answer(datagram, path.remote)) network.send(path, *answer);
    });
  }

  EventQueue queue;
  VirtualNetwork network{queue, 1};
  int asked = 0;
  StunGathererConfig one_server{.servers = 1};
};

TEST_F(StunGathererTest, learns_the_address_outside_its_nat) {
  serve(stun);
  Node node(queue, network, one_server);
  node.gather();
  EXPECT_EQ(node.lookups, (std::vector<std::size_t>{0}));
  EXPECT_TRUE(node.sent_at.empty());
  node.resolve(0, {stun});
  queue.run_for(1s);
  EXPECT_EQ(node.found, (std::vector<ReflexiveAddress>{{inside, outside}}));
  EXPECT_EQ(node.machine.known(std::vector{inside}), node.found);
  EXPECT_EQ(node.finished, 1);
  EXPECT_EQ(asked, 1);
}

TEST_F(StunGathererTest, asks_again_with_doubled_waits_and_gives_up_after_39_and_a_half_seconds) {
  Node node(queue, network, one_server);
  node.gather();
  node.resolve(0, {stun});
  const Time start = queue.now();
  queue.run_for(39'499ms);
  EXPECT_EQ(node.finished, 0);
  queue.run_for(1ms);
  EXPECT_EQ(node.finished, 1);
  std::vector<Duration> waits;
  for (const Time when : node.sent_at) waits.push_back(when - start);
  EXPECT_EQ(waits, (std::vector<Duration>{0ms, 500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms}));
  for (const Bytes& request : node.sent) EXPECT_EQ(request, node.sent.front());
  EXPECT_TRUE(node.found.empty());
  EXPECT_EQ(node.machine.counters().timed_out, 1U);
}

TEST_F(StunGathererTest, asks_nobody_while_its_answers_are_fresh_and_anew_when_they_are_not) {
  serve(stun);
  Node node(queue, network, one_server);
  node.gather();
  node.resolve(0, {stun});
  queue.run_for(20s);
  node.gather();
  EXPECT_FALSE(node.machine.is_gathering());
  queue.run_for(10s);
  EXPECT_EQ(asked, 1);
  node.gather();
  EXPECT_TRUE(node.machine.is_gathering());
  EXPECT_EQ(node.machine.known(std::vector{inside}).size(), 1U) << "it is the best guess meanwhile";
  queue.run_for(1s);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(node.found.size(), 1U) << "it was known";
  EXPECT_EQ(node.finished, 2);
  queue.run_for(10min);
  EXPECT_EQ(asked, 2) << "without a session nobody is asked";
}

TEST_F(StunGathererTest, tells_of_a_mapping_that_has_changed) {
  serve(stun);
  Node node(queue, network, one_server);
  node.gather();
  node.resolve(0, {stun});
  queue.run_for(30s);
  const SocketAddress moved = address("203.0.113.7:50000");
  network.translate(inside, moved);
  node.gather();
  queue.run_for(1s);
  EXPECT_EQ(node.found.back(), (ReflexiveAddress{inside, moved}));
  EXPECT_EQ(node.machine.known(std::vector{inside}), (std::vector<ReflexiveAddress>{{inside, moved}}));
}

TEST_F(StunGathererTest, forgets_an_address_that_nobody_confirms) {
  serve(stun);
  Node node(queue, network, one_server);
  node.gather();
  node.resolve(0, {stun});
  queue.run_for(30s);
  network.detach(stun);
  node.gather();
  queue.run_for(40s);
  EXPECT_EQ(node.finished, 2);
  EXPECT_TRUE(node.machine.known(std::vector{inside}).empty());
}

TEST_F(StunGathererTest, asks_all_servers_from_all_bases_of_their_kind_and_paces_itself) {
  const std::vector<SocketAddress> bases = {address("[2001:db8::1]:5000"), inside, address("10.0.0.3:5000"),
                                            address("127.0.0.1:5000")};
  Node node(queue, network, {.servers = 2});
  node.gather(bases);
  node.resolve(0, {stun, other_stun, address("[2001:db8::9]:3478")});
  node.resolve(1, {address("127.0.0.1:3478")});
  const Time start = queue.now();
  queue.run_for(100ms);
  ASSERT_EQ(node.sent_to.size(), 4U);
  EXPECT_EQ(node.sent_to[0], (DatagramPath{bases[1], stun}));
  EXPECT_EQ(node.sent_to[1], (DatagramPath{bases[2], stun}));
  EXPECT_EQ(node.sent_to[2], (DatagramPath{bases[0], address("[2001:db8::9]:3478")}));
  EXPECT_EQ(node.sent_to[3], (DatagramPath{bases[3], address("127.0.0.1:3478")}));
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(node.sent_at[i] - start, 5ms * static_cast<int>(i));
}

TEST_F(StunGathererTest, tells_the_same_address_of_two_servers_once) {
  serve(stun);
  serve(other_stun);
  Node node(queue, network, {.servers = 2});
  node.gather();
  node.resolve(0, {stun});
  node.resolve(1, {other_stun});
  queue.run_for(1s);
  EXPECT_EQ(asked, 2);
  EXPECT_EQ(node.found.size(), 1U);
  EXPECT_EQ(node.machine.known(std::vector{inside}).size(), 1U);
}

TEST_F(StunGathererTest, has_nothing_to_tell_without_a_nat) {
  const SocketAddress base = address("198.51.100.1:5000");
  serve(stun);
  Node node(queue, network, one_server);
  network.attach(base, [&](const DatagramPath& path, ByteView datagram) { node.receive(path, datagram); });
  node.gather({base});
  node.resolve(0, {stun});
  queue.run_for(1s);
  EXPECT_EQ(node.machine.counters().answered, 1U);
  EXPECT_TRUE(node.found.empty());
  EXPECT_TRUE(node.machine.known(std::vector{base}).empty());
}

TEST_F(StunGathererTest, believes_only_the_server_it_has_asked) {
  Node node(queue, network, one_server);
  node.gather();
  node.resolve(0, {stun});
  const Bytes lie = *test::stun_answer(node.sent.at(0), address("198.51.100.66:666"));
  node.receive({inside, other_stun}, lie);
  node.receive({address("10.0.0.3:5000"), stun}, lie);
  EXPECT_EQ(node.machine.counters().dropped_stranger, 2U);
  Bytes of_nobody = node.sent.at(0);
  of_nobody[8] ^= 1U;
  node.receive({inside, stun}, *test::stun_answer(node.sent.at(0), outside));
  EXPECT_EQ(node.found, (std::vector<ReflexiveAddress>{{inside, outside}}));
  node.receive({inside, stun}, lie);
  EXPECT_EQ(node.machine.counters().dropped_stranger, 3U) << "an answer counts once";
  EXPECT_EQ(node.found.size(), 1U);
}

TEST_F(StunGathererTest, goes_on_asking_after_an_answer_of_no_use) {
  Node node(queue, network, one_server);
  node.gather();
  node.resolve(0, {stun});
  for (const char* nonsense : {"0.0.0.0:1", "224.0.0.1:1", "[2001:db8::1]:1", "203.0.113.7:0"}) {
    node.receive({inside, stun}, *test::stun_answer(node.sent.at(0), address(nonsense)));
  }
  node.receive({inside, stun}, node.sent.at(0));
  node.receive({inside, stun}, as_bytes("garbage"));
  EXPECT_EQ(node.machine.counters().dropped_malformed, 6U);
  EXPECT_TRUE(node.machine.is_gathering());
  node.receive({inside, stun}, *test::stun_answer(node.sent.at(0), outside));
  EXPECT_EQ(node.finished, 1);
}

TEST_F(StunGathererTest, stops_asking_a_server_that_refuses) {
  Node node(queue, network, one_server);
  node.gather();
  node.resolve(0, {stun});
  StunMessage refusal;
  refusal.message_class = StunClass::error;
  refusal.error_code = 500;
  refusal.transaction = decode_stun(node.sent.at(0))->transaction;
  node.receive({inside, stun}, encode_stun(refusal, {}));
  EXPECT_EQ(node.finished, 1);
  EXPECT_EQ(node.machine.counters().refused, 1U);
}

TEST_F(StunGathererTest, waits_five_seconds_for_a_name_and_uses_a_late_one_for_the_next_session) {
  serve(stun);
  Node node(queue, network, one_server);
  node.gather();
  queue.run_for(4999ms);
  EXPECT_EQ(node.finished, 0);
  queue.run_for(1ms);
  EXPECT_EQ(node.finished, 1);
  node.resolve(0, {stun});
  queue.run_for(1s);
  EXPECT_EQ(asked, 0);
  node.gather();
  queue.run_for(1s);
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(node.lookups.size(), 1U);
}

TEST_F(StunGathererTest, looks_a_name_up_again_when_it_led_nowhere_or_is_old) {
  serve(stun);
  serve(other_stun);
  Node node(queue, network, one_server);
  node.gather();
  node.resolve(0, {});
  EXPECT_EQ(node.finished, 1);
  node.gather();
  EXPECT_EQ(node.lookups.size(), 2U);
  node.resolve(0, {stun});
  queue.run_for(11min);
  node.gather();
  EXPECT_EQ(node.lookups.size(), 3U);
  node.resolve(0, {other_stun});
  queue.run_for(1s);
  EXPECT_EQ(node.sent_to.back().remote, other_stun);
  EXPECT_EQ(node.machine.known(std::vector{inside}).size(), 1U);
}

TEST_F(StunGathererTest, forgets_what_an_address_was_seen_as_when_the_machine_loses_it) {
  serve(stun);
  Node node(queue, network, one_server);
  node.gather();
  node.resolve(0, {stun});
  queue.run_for(1s);
  node.gather({address("10.0.0.3:5000")});
  EXPECT_TRUE(node.machine.known(std::vector{inside}).empty());
}

TEST_F(StunGathererTest, has_nothing_to_do_without_servers) {
  Node node(queue, network, {});
  node.gather();
  EXPECT_FALSE(node.machine.is_gathering());
  EXPECT_EQ(node.finished, 0);
}

TEST_F(StunGathererTest, keeps_to_its_limit) {
  StunGathererConfig config = one_server;
  config.max_queries = 2;
  Node node(queue, network, config);
  node.gather({address("10.0.0.2:1"), address("10.0.0.2:2"), address("10.0.0.2:3")});
  node.resolve(0, {stun});
  queue.run_for(100ms);
  EXPECT_EQ(node.sent_to.size(), 2U);
  EXPECT_GT(node.machine.counters().limit_reached, 0U);
}

}  // namespace
}  // namespace flnet::rtc
