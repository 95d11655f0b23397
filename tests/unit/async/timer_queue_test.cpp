// SPDX-License-Identifier: MIT OR Apache-2.0
// TimerQueue against a plain model, with random additions, cancellations and jumps of time.
#include "async/timer_queue.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace flnet {
namespace {

Time at(std::int64_t microseconds) {
  return Time(Duration(microseconds));
}

TEST(TimerQueue, agrees_with_a_sorted_map_under_random_use) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    TimerQueue queue;
    std::map<std::pair<Time, int>, std::uint64_t> model;
    std::vector<int> fired, expected;
    std::set<std::uint64_t> ids;
    std::int64_t now = 0;
    for (int step = 0; step < 5000; ++step) {
      const unsigned choice = random() % 10;
      if (choice < 6) {
        const Time when = at(now + static_cast<std::int64_t>(random() % 1000));
        const std::uint64_t id = queue.add(when, [&fired, step] { fired.push_back(step); });
        ASSERT_TRUE(ids.insert(id).second) << "an id came back";
        model[{when, step}] = id;
      } else if (choice < 9 && !model.empty()) {
        const auto victim = std::next(model.begin(), static_cast<std::ptrdiff_t>(random() % model.size()));
        queue.cancel(victim->second);
        queue.cancel(victim->second);
        model.erase(victim);
      } else {
        now += static_cast<std::int64_t>(random() % 300);
        queue.fire(at(now));
        while (!model.empty() && model.begin()->first.first <= at(now)) {
          expected.push_back(model.begin()->first.second);
          model.erase(model.begin());
        }
        ASSERT_EQ(fired, expected);
      }
      ASSERT_EQ(queue.size(), model.size());
      if (!model.empty()) {
        ASSERT_EQ(queue.next(), model.begin()->first.first);
      }
    }
  }
}

TEST(TimerQueue, cancelling_a_fired_id_does_not_hit_the_slots_next_timer) {
  TimerQueue queue;
  bool second_fired = false;
  const std::uint64_t first = queue.add(at(1), [] {});
  queue.fire(at(1));
  queue.add(at(2), [&] { second_fired = true; });
  queue.cancel(first);
  queue.fire(at(2));
  EXPECT_TRUE(second_fired);
}

}  // namespace
}  // namespace flnet
