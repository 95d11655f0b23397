// SPDX-License-Identifier: MIT OR Apache-2.0
// StunGatherer in seeded worlds: through loss, duplicates, corruption and bad names it ends, with the right
// answer.
#include "rtc/stun_gatherer.hpp"
#include "support/event_queue.hpp"
#include "support/stun_server.hpp"
#include "support/virtual_network.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace flnet::rtc {
namespace {

using test::EventQueue;
using test::VirtualNetwork;

SocketAddress host(std::uint8_t net, std::uint8_t number, std::uint16_t port) {
  return {IpAddress::v4({10, 0, net, number}), port};
}

/// A node with up to four addresses behind NATs, up to four servers of which some are dead or unknown.
class World final : public StunGathererSink {
 public:
  explicit World(std::uint64_t seed)
      : random_(seed),
        server_count_(1 + random_.below(4)),
        network_(queue_, seed + 1),
        machine_({.servers = server_count_}, random_, *this),
        alarm_(queue_, [this] {
          machine_.handle_timeout(queue_.now());
          after_call();
        }) {
    network_.set_conditions({.latency = Duration(static_cast<std::int64_t>(random_.below(200'000))),
                             .loss = 0.5 * random_.unit(),
                             .duplication = 0.2 * random_.unit(),
                             .corruption = 0.1 * random_.unit(),
                             .reordering = 0.2 * random_.unit()});
    const auto count = static_cast<std::uint8_t>(1 + random_.below(4));
    for (std::uint8_t number = 0; number < count; ++number) {
      bases_.push_back(host(1, number, 5000));
      network_.attach(bases_.back(), [this](const DatagramPath& path, ByteView datagram) {
        machine_.receive(path, datagram, queue_.now());
        after_call();
      });
      network_.translate(bases_.back(), outside(bases_.back()));
    }
    for (std::size_t number = 0; number < server_count_; ++number) {
      if (random_.below(4) == 0) continue;  // dead
      ++alive_;
      network_.attach(server(number), [this](const DatagramPath& path, ByteView datagram) {
        if (const auto answer = test::stun_answer(datagram, path.remote)) network_.send(path, *answer);
      });
    }
  }

  void run() {
    for (int session = 0; session < 3; ++session) {
      machine_.gather(bases_, queue_.now());
      after_call();
      begun_ += machine_.is_gathering() ? 1 : 0;  // late answers are still fresh
      queue_.run_for(50s);
      ASSERT_FALSE(machine_.is_gathering()) << "resolution and retransmission are bounded";
      for (const ReflexiveAddress& address : machine_.known(bases_))
        EXPECT_EQ(address.mapped, outside(address.base));
    }
    EXPECT_EQ(finished_, begun_);
    if (alive_ == server_count_ && resolved_ == lookups_) {
      EXPECT_GT(machine_.counters().answered, 0U);
    }
    EXPECT_LE(machine_.counters().asked, 3 * 7 * server_count_ * bases_.size());
  }

 private:
  static SocketAddress outside(const SocketAddress& base) {
    return {IpAddress::v4({203, 0, 113, base.ip.bytes[3]}), 40000};
  }
  static SocketAddress server(std::size_t number) { return host(2, static_cast<std::uint8_t>(number), 3478); }

  void send_stun(const DatagramPath& path, ByteView datagram) override { network_.send(path, datagram); }
  void resolve_server(std::size_t number) override {
    ++lookups_;
    const bool leads_somewhere = random_.below(5) != 0;
    resolved_ += leads_somewhere ? 1 : 0;
    const auto takes = Duration(static_cast<std::int64_t>(random_.below(4'000'000)));
    queue_.after(takes, [this, number, leads_somewhere] {
      std::vector<SocketAddress> addresses;
      if (leads_somewhere) addresses.push_back(server(number));
      machine_.server_resolved(number, addresses, queue_.now());
      after_call();
    });
  }
  void reflexive_address_found(const ReflexiveAddress& address) override {
    EXPECT_EQ(address.mapped, outside(address.base));
  }
  void gathering_finished() override { ++finished_; }
  void after_call() {
    alarm_.set(machine_.deadline());
    EXPECT_EQ(machine_.is_gathering(), machine_.deadline().has_value());
  }

  EventQueue queue_;
  SeededRandom random_;
  std::size_t server_count_;
  VirtualNetwork network_;
  std::vector<SocketAddress> bases_;
  std::size_t alive_ = 0, lookups_ = 0, resolved_ = 0;
  int begun_ = 0, finished_ = 0;
  StunGatherer machine_;
  test::Alarm alarm_;
};

TEST(StunGathererSim, ends_with_the_right_addresses_whatever_the_network_does) {
  test::for_each_world(300, [](std::uint64_t seed) {
    World world(seed);
    world.run();
  });
}

}  // namespace
}  // namespace flnet::rtc
