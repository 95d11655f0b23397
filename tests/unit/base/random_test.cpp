// SPDX-License-Identifier: MIT OR Apache-2.0
// Random numbers: reproducible from a seed, inside their bounds.
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace flnet {
namespace {

TEST(SeededRandom, gives_the_same_run_for_the_same_seed) {
  SeededRandom one(7);
  SeededRandom two(7);
  SeededRandom other(8);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    const std::uint64_t value = one.u64();
    EXPECT_EQ(value, two.u64());
    differs = differs || value != other.u64();
  }
  EXPECT_TRUE(differs);
}

TEST(SeededRandom, stays_below_its_bound_and_reaches_every_value) {
  SeededRandom random(1);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.below(10));
  EXPECT_EQ(seen.size(), 10U);
  EXPECT_EQ(*seen.rbegin(), 9U);
  for (int i = 0; i < 1000; ++i) {
    const double value = random.unit();
    EXPECT_GE(value, 0.0);
    EXPECT_LT(value, 1.0);
  }
}

TEST(SystemRandom, does_not_repeat_itself) {
  SystemRandom random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.u64());
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace flnet
