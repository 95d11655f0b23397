// SPDX-License-Identifier: MIT OR Apache-2.0
// BackOff: how the bound grows, where it ends, and what resets it.
#include "net/back_off.hpp"

#include <gtest/gtest.h>

namespace flnet::net {
namespace {

/// The longest of many pauses that follow `failures` failed attempts.
Duration longest_pause(int failures, Duration lived) {
  SeededRandom random(1);
  Duration longest{};
  for (int i = 0; i < 2000; ++i) {
    BackOff back_off;
    for (int failed = 0; failed < failures; ++failed) back_off.next(0s, random);
    longest = std::max(longest, back_off.next(lived, random));
  }
  return longest;
}

TEST(BackOff, doubles_its_bound_up_to_the_longest) {
  const Duration once = longest_pause(0, 0s), twice = longest_pause(1, 0s), often = longest_pause(40, 0s);
  EXPECT_GT(once, 490ms);
  EXPECT_LT(once, 500ms);
  EXPECT_GT(twice, 980ms);
  EXPECT_LT(twice, 1s);
  EXPECT_GT(often, 29s);
  EXPECT_LT(often, 30s);
}

TEST(BackOff, starts_again_after_a_connection_that_has_lived) {
  EXPECT_LT(longest_pause(40, BackOff::settled_after), BackOff::first);
}

TEST(BackOff, does_not_start_again_after_one_that_was_lost_at_once) {
  EXPECT_GT(longest_pause(40, BackOff::settled_after - 1ms), 20s);
}

}  // namespace
}  // namespace flnet::net
