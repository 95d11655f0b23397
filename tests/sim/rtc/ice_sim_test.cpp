// SPDX-License-Identifier: MIT OR Apache-2.0
// Pairs of ICE agents in seeded virtual networks: lossy, divided, full of dead addresses, and in conflict.
#include "support/ice_host.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace flnet::rtc {
namespace {

using test::EventQueue;
using test::for_each_world;
using test::IceHost;
using test::NetworkConditions;
using test::VirtualNetwork;

SocketAddress address(const std::string& text) {
  return SocketAddress::parse(text).value();
}

IceConfig role(IceRole role) {
  IceConfig config;
  config.role = role;
  return config;
}

/// Two hosts in a network drawn from the seed: latency, jitter, loss up to `max_loss`, duplicates,
/// corruption, up to four addresses a host of both families, of which some reach nobody; one pair works for
/// certain.
class World {
 public:
  World(std::uint64_t seed, double max_loss, IceRole first_role, IceRole second_role)
      : random_(seed), network(queue, seed * 2 + 1) {
    NetworkConditions conditions;
    conditions.latency = Duration(static_cast<std::int64_t>(random_.below(150'000)));
    conditions.jitter = Duration(static_cast<std::int64_t>(random_.below(30'000)));
    conditions.loss = max_loss * random_.unit();
    conditions.duplication = 0.2 * random_.unit();
    conditions.corruption = 0.1 * random_.unit();
    conditions.reordering = 0.2 * random_.unit();
    network.set_conditions(conditions);
    a = std::make_unique<IceHost>(queue, network, random_.u64(), role(first_role));
    b = std::make_unique<IceHost>(queue, network, random_.u64(), role(second_role));
    add_addresses(*a, "1");
    add_addresses(*b, "2");
  }

  /// Descriptions and candidates arrive at random times within a second.
  void exchange_descriptions() {
    for (const auto& [to, from] : {std::pair{a.get(), b.get()}, std::pair{b.get(), a.get()}}) {
      queue.after(some_time(1'000'000), [to, from] { to->learn_credentials_of(*from); });
      for (const IceCandidate& candidate : from->candidates()) {
        queue.after(some_time(1'000'000), [to, candidate] { to->learn_candidate(candidate); });
      }
    }
  }

  bool both_connected() const { return a->is_connected() && b->is_connected(); }
  bool both_failed() const { return a->has_failed() && b->has_failed(); }

  void expect_agreement() const {
    ASSERT_TRUE(a->agent().path() && b->agent().path());
    EXPECT_EQ(a->agent().path()->local, b->agent().path()->remote);
    EXPECT_EQ(a->agent().path()->remote, b->agent().path()->local);
    EXPECT_NE(a->agent().role(), b->agent().role());
  }

  Duration some_time(std::uint64_t micros) {
    return Duration(static_cast<std::int64_t>(random_.below(micros)));
  }
  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

 private:
  SeededRandom random_;

 public:
  EventQueue queue;
  VirtualNetwork network;
  std::unique_ptr<IceHost> a, b;

 private:
  void add_addresses(IceHost& host, const std::string& number) {
    std::vector<std::string> dead;
    for (std::uint64_t i = random_.below(3); i > 0; --i) {
      const std::string i_text = std::to_string(i);
      dead.push_back(random_.below(2) == 0 ? "10.9." + number + "." + i_text + ":4000"
                                           : "[2001:db8:dead::" + number + i_text + "]:6000");
    }
    for (const std::string& text : dead) {
      host.add_address(address(text));
      network.isolate(address(text).ip);
    }
    host.add_address(address("192.0.2." + number + ":4000"));
    if (random_.below(2) == 0) host.add_address(address("[2001:db8::" + number + "]:6000"));
  }
};

TEST(IceSim, agents_connect_and_agree_on_the_path_whatever_the_network_does) {
  for_each_world(200, [](std::uint64_t seed) {
    World world(seed, 0.3, IceRole::controlling, IceRole::controlled);
    world.exchange_descriptions();
    ASSERT_TRUE(world.queue.run_until([&] { return world.both_connected(); }, 20s));
    // The nomination may need some repetitions too.
    world.network.set_conditions({});
    world.queue.run_for(20s);
    ASSERT_TRUE(world.both_connected());
    world.expect_agreement();
    EXPECT_EQ(world.a->agent().role(), IceRole::controlling);
  });
}

TEST(IceSim, agents_with_the_same_role_settle_it) {
  for_each_world(200, [](std::uint64_t seed) {
    const IceRole same = seed % 2 == 0 ? IceRole::controlling : IceRole::controlled;
    World world(seed, 0.2, same, same);
    world.exchange_descriptions();
    ASSERT_TRUE(world.queue.run_until([&] { return world.both_connected(); }, 20s));
    world.network.set_conditions({});
    world.queue.run_for(20s);
    ASSERT_TRUE(world.both_connected());
    world.expect_agreement();
  });
}

TEST(IceSim, agents_find_each_other_when_only_one_side_signals_candidates) {
  for_each_world(100, [](std::uint64_t seed) {
    World world(seed, 0.1, IceRole::controlling, IceRole::controlled);
    const bool a_signals = seed % 2 == 0;
    IceHost& silent = a_signals ? *world.b : *world.a;
    IceHost& known = a_signals ? *world.a : *world.b;
    known.learn_credentials_of(silent);
    world.queue.after(world.some_time(500'000), [&] { silent.learn(known); });
    ASSERT_TRUE(world.queue.run_until([&] { return world.both_connected(); }, 20s));
    world.network.set_conditions({});
    world.queue.run_for(20s);
    world.expect_agreement();
  });
}

TEST(IceSim, a_short_partition_heals_and_a_long_one_ends_both) {
  for_each_world(100, [](std::uint64_t seed) {
    World world(seed, 0.0, IceRole::controlling, IceRole::controlled);
    world.exchange_descriptions();
    ASSERT_TRUE(world.queue.run_until([&] { return world.both_connected(); }, 20s));
    world.network.set_conditions({});
    world.queue.run_for(2s + world.some_time(10'000'000));
    world.expect_agreement();

    // The timeout counts from the last answer, which is up to 6 s old, and the next check may come 6 s later.
    world.network.set_partitioned(true);
    world.queue.run_for(world.some_time(17'000'000));
    world.network.set_partitioned(false);
    world.queue.run_for(60s);
    ASSERT_TRUE(world.both_connected());

    world.network.set_partitioned(true);
    const Time begin = world.queue.now();
    ASSERT_TRUE(world.queue.run_until([&] { return world.both_failed(); }, 31s));
    EXPECT_GE(world.queue.now() - begin, 23s);
    EXPECT_FALSE(world.a->agent().deadline() || world.b->agent().deadline());
  });
}

TEST(IceSim, agents_that_cannot_reach_each_other_fail_in_time) {
  for_each_world(50, [](std::uint64_t seed) {
    World world(seed, 0.3, IceRole::controlling, IceRole::controlled);
    world.network.set_partitioned(true);
    world.exchange_descriptions();
    ASSERT_TRUE(world.queue.run_until([&] { return world.both_failed(); }, 16s));
    const std::uint64_t sent = world.network.counters().sent;
    world.queue.run_for(60s);
    EXPECT_EQ(world.network.counters().sent, sent) << "failed agents are silent";
    EXPECT_TRUE(world.a->states() == (std::vector{IceState::checking, IceState::failed}));
  });
}

TEST(IceSim, closed_agents_are_silent_at_any_moment) {
  for_each_world(100, [](std::uint64_t seed) {
    World world(seed, 0.2, IceRole::controlling, IceRole::controlled);
    world.exchange_descriptions();
    world.queue.run_for(world.some_time(3'000'000));
    world.a->close();
    const std::uint64_t sent = world.a->sent();
    const std::size_t states = world.a->states().size();
    EXPECT_FALSE(world.a->agent().deadline());
    world.queue.run_for(60s);
    EXPECT_EQ(world.a->sent(), sent);
    EXPECT_EQ(world.a->states().size(), states);
    EXPECT_EQ(world.a->agent().state(), IceState::closed);
    EXPECT_TRUE(world.b->has_failed());
    EXPECT_FALSE(world.b->agent().deadline());
  });
}

TEST(IceSim, one_seed_gives_one_run) {
  for_each_world(20, [](std::uint64_t seed) {
    std::vector<std::uint64_t> runs;
    for (int repeat = 0; repeat < 2; ++repeat) {
      World world(seed, 0.3, IceRole::controlling, IceRole::controlling);
      world.exchange_descriptions();
      world.queue.run_for(30s);
      runs.push_back(world.a->sent() * 1'000'000 + world.b->sent() * 1000 +
                     world.network.counters().delivered);
    }
    EXPECT_EQ(runs[0], runs[1]);
  });
}

}  // namespace
}  // namespace flnet::rtc
