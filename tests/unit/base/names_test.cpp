// SPDX-License-Identifier: MIT OR Apache-2.0
// Names of new nodes.
#include "base/names.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <set>

namespace flnet {
namespace {

TEST(Names, are_two_words_and_come_from_the_seed) {
  SeededRandom random(7);
  const std::string name = random_name(random);
  EXPECT_EQ(std::ranges::count(name, ' '), 1) << name;
  SeededRandom same(7);
  EXPECT_EQ(random_name(same), name);
}

TEST(Names, use_all_their_words) {
  SeededRandom random(1);
  std::set<std::string> first, second;
  for (int i = 0; i < 10000; ++i) {
    const std::string name = random_name(random);
    first.insert(name.substr(0, name.find(' ')));
    second.insert(name.substr(name.find(' ')));
  }
  EXPECT_EQ(first.size(), 64U);
  EXPECT_EQ(second.size(), 64U);
}

}  // namespace
}  // namespace flnet
