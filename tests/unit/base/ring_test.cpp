// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of Ring against a deque, and of what becomes of its elements and its memory.
#include <flnet/ring.hpp>

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>

namespace flnet {
namespace {

/// Long enough to live on the heap.
std::string text(int number) {
  return std::string(40, 'x') + std::to_string(number);
}

TEST(Ring, behaves_like_a_deque) {
  SeededRandom random(1);
  Ring<std::string> ring;
  std::deque<std::string> model;
  for (int i = 0; i < 5000; ++i) {
    const std::size_t move = random.below(6);
    if (move < 3) {
      ring.push_back(text(i));
      model.push_back(text(i));
    } else if (move == 3 && !model.empty()) {
      ASSERT_EQ(ring.take_front(), model.front());
      model.pop_front();
    } else {
      const std::size_t count = std::min<std::size_t>(random.below(model.size() + 1), 7);
      ring.pop_front(count);
      model.erase(model.begin(), model.begin() + static_cast<std::ptrdiff_t>(count));
    }
    ASSERT_EQ(ring.size(), model.size());
    ASSERT_EQ(ring.empty(), model.empty());
    for (std::size_t k = 0; k < model.size(); ++k) ASSERT_EQ(ring[k], model[k]);
    if (model.empty()) continue;
    ASSERT_EQ(ring.back(), model.back());
  }
}

TEST(Ring, destroys_each_element_once_whatever_ends_it) {
  const auto life = std::make_shared<int>(0);
  {
    Ring<std::shared_ptr<int>> ring;
    for (int i = 0; i < 20; ++i) ring.push_back(life);
    EXPECT_EQ(life.use_count(), 21);
    ring.pop_front(5);
    EXPECT_EQ(life.use_count(), 16);
    (void)ring.take_front();
    EXPECT_EQ(life.use_count(), 15);
    Ring<std::shared_ptr<int>> other = std::move(ring);
    EXPECT_EQ(life.use_count(), 15);
    other.clear();
    EXPECT_EQ(life.use_count(), 1);
    other.push_back(life);
    other = {};
    EXPECT_EQ(life.use_count(), 1);
    other.push_back(life);
  }
  EXPECT_EQ(life.use_count(), 1);
}

TEST(Ring, keeps_a_little_memory_and_gives_that_of_a_burst_back) {
  Ring<int> ring;
  EXPECT_EQ(ring.capacity(), 0U);
  for (int i = 0; i < 10; ++i) ring.push_back(i);
  while (!ring.empty()) (void)ring.take_front();
  EXPECT_EQ(ring.capacity(), 16U);
  for (int i = 0; i < 100; ++i) ring.push_back(i);
  EXPECT_EQ(ring.capacity(), 128U);
  ring.pop_front(99);
  EXPECT_EQ(ring.take_front(), 99);
  EXPECT_EQ(ring.capacity(), 0U);
}

}  // namespace
}  // namespace flnet
