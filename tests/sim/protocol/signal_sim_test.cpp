// SPDX-License-Identifier: MIT OR Apache-2.0
// Signalling under every disturbance that the world knows: afterwards all is as it should be.
#include "signal_world.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

namespace flnet::test {
namespace {

TEST(SignalSim, everybody_finds_back_after_any_disturbance) {
  for_each_world(200, [](std::uint64_t seed) {
    SignalWorld world(seed);
    world.rage(90s);
    world.calm_down(330s);
    world.check_that_everybody_sees_everybody();
    world.check_that_setups_arrive();
    world.check_that_nothing_is_left();
    return world.digest();
  });
}

}  // namespace
}  // namespace flnet::test
