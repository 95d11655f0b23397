// SPDX-License-Identifier: MIT OR Apache-2.0
// TurnClient in seeded worlds: loss, duplicates, corruption, stale nonces and servers that forget; it never
// hangs.
#include "support/turn_world.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

#include <string>

namespace flnet::rtc {
namespace {

using test::TurnServerConfig;
using test::TurnWorld;

TEST(TurnClientSim, relays_through_bad_networks_and_comes_back_after_failures) {
  test::for_each_world(200, [](std::uint64_t seed) {
    SeededRandom random(seed * 3 + 1);
    TurnWorld world(seed, TurnServerConfig{.sha256 = random.below(2) == 0,
                                           .hides_user = random.below(4) == 0,
                                           .max_lifetime = random.below(3) == 0 ? 60U : 3600U});
    world.network.set_conditions({.latency = Duration(static_cast<std::int64_t>(random.below(150'000))),
                                  .loss = 0.3 * random.unit(),
                                  .duplication = 0.2 * random.unit(),
                                  .corruption = 0.05 * random.unit(),
                                  .reordering = 0.2 * random.unit()});
    for (int step = 0; step < 300; ++step) {
      if (random.below(20) == 0) world.server->new_nonce();
      if (random.below(60) == 0) world.server->restart();
      if (random.below(4) == 0) world.start();
      if (random.below(50) == 0) world.client->set_wanted(false);
      if (world.client->relayed()) {
        world.send("\x17 data");
        world.peer_says("answer");
      }
      world.queue.run_for(Duration(static_cast<std::int64_t>(random.below(20'000'000))));
    }
    world.network.set_conditions({});
    world.queue.run_for(2min);
    const std::size_t before = world.peer_heard.size();
    for (int tries = 0; tries < 3 && world.peer_heard.size() == before; ++tries) {
      world.queue.run_for(40s);  // retry_after, and what a forgotten allocation needs to be noticed
      world.start();
      world.queue.run_for(2s);
      world.send("\x17 at last");
      world.queue.run_for(2s);
    }
    EXPECT_GT(world.peer_heard.size(), before);
    world.drive([&](Time now) { world.client->close(now); });
    EXPECT_FALSE(world.client->deadline());
  });
}

}  // namespace
}  // namespace flnet::rtc
