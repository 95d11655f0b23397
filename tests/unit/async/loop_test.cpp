// SPDX-License-Identifier: MIT OR Apache-2.0
// Loop: order of calls, timers, posting, and what may die when.
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace flnet {
namespace {

TEST(Loop, runs_deferred_calls_in_order_and_not_inside_defer) {
  VirtualLoop loop;
  std::vector<int> calls;
  loop.defer([&] {
    calls.push_back(1);
    loop.defer([&] { calls.push_back(3); });
  });
  loop.defer([&] { calls.push_back(2); });
  EXPECT_TRUE(calls.empty());
  loop.settle();
  EXPECT_EQ(calls, (std::vector<int>{1, 2, 3}));
}

TEST(Loop, a_deferred_call_can_be_taken_back) {
  VirtualLoop loop;
  bool called = false, other_called = false;
  {
    const Deferred taken_back = loop.soon([&] { called = true; });
    loop.defer([&] { other_called = true; });
  }
  loop.settle();
  EXPECT_FALSE(called);
  EXPECT_TRUE(other_called);
}

TEST(Loop, replacing_a_handle_takes_the_old_call_back_at_once) {
  VirtualLoop loop;
  int called = 0;
  Deferred call = loop.soon([&] { called += 1; });
  call = loop.soon([&] { called += 10; });
  Timer timer = loop.at(loop.now() + 1s, [&] { called += 100; });
  timer = loop.at(loop.now() + 1s, [&] { called += 1000; });
  loop.advance(2s);
  EXPECT_EQ(called, 1010);
}

TEST(Loop, what_a_call_holds_lives_until_it_has_run_or_is_taken_back) {
  VirtualLoop loop;
  const auto held = std::make_shared<int>(1);
  long while_it_ran = 0;
  loop.defer([held, &while_it_ran] { while_it_ran = held.use_count(); });
  {
    const Deferred taken_back = loop.soon([held] {});
    EXPECT_EQ(held.use_count(), 3);
  }
  EXPECT_EQ(held.use_count(), 2);
  loop.settle();
  EXPECT_EQ(while_it_ran, 2);
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Loop, a_call_may_hold_what_can_only_be_moved) {
  VirtualLoop loop;
  int found = 0;
  loop.defer([&found, held = std::make_unique<int>(7)] { found = *held; });
  loop.settle();
  EXPECT_EQ(found, 7);
}

TEST(Loop, timers_fire_at_their_time_in_order) {
  VirtualLoop loop;
  const Time start = loop.now();
  std::vector<Duration> fired;
  std::vector<Timer> timers;
  for (const int ms : {30, 10, 20, 10}) {
    timers.push_back(
        loop.at(start + std::chrono::milliseconds(ms), [&] { fired.push_back(loop.now() - start); }));
  }
  loop.advance(25ms);
  EXPECT_EQ(fired, (std::vector<Duration>{10ms, 10ms, 20ms}));
  loop.advance(25ms);
  EXPECT_EQ(fired.back(), Duration(30ms));
  EXPECT_TRUE(loop.idle());
}

TEST(Loop, a_timer_may_destroy_itself_and_others_while_it_fires) {
  VirtualLoop loop;
  std::vector<std::optional<Timer>> timers(3);
  int fired = 0;
  for (auto& timer : timers) {
    timer = loop.at(loop.now() + 1ms, [&] {
      ++fired;
      for (auto& other : timers) other.reset();
    });
  }
  loop.advance(1s);
  EXPECT_EQ(fired, 1);
}

TEST(Loop, a_timer_that_sets_itself_for_at_once_does_not_stop_a_turn_from_ending) {
  VirtualLoop loop;
  int fired = 0;
  std::optional<Timer> timer;
  std::function<void()> again = [&] {
    ++fired;
    timer = loop.at(loop.now() - 1h, again);
  };
  bool other_fired = false;
  const Timer other = loop.at(loop.now(), [&] { other_fired = true; });
  again();
  loop.settle(10);
  EXPECT_TRUE(other_fired);
  EXPECT_LE(fired, 12);
}

TEST(Loop, calls_that_defer_for_ever_do_not_stop_a_turn_from_ending) {
  VirtualLoop loop;
  int calls = 0;
  std::function<void()> again = [&] {
    ++calls;
    loop.defer(again);
  };
  again();
  loop.settle(3);
  EXPECT_GT(calls, 1000);
  EXPECT_FALSE(loop.idle());
}

TEST(Loop, current_is_the_innermost_scope) {
  VirtualLoop outer, inner;
  const Loop::Scope outer_scope(outer);
  EXPECT_EQ(&Loop::current(), &outer);
  {
    const Loop::Scope inner_scope(inner);
    EXPECT_EQ(&Loop::current(), &inner);
  }
  EXPECT_EQ(&Loop::current(), &outer);
}

TEST(Loop, an_outermost_scope_runs_what_became_ready_inside_it) {
  VirtualLoop loop;
  bool called = false;
  {
    const Loop::Scope scope(loop);
    {
      const Loop::Scope nested(loop);
      loop.defer([&] { called = true; });
    }
    EXPECT_FALSE(called);
  }
  EXPECT_TRUE(called);
}

/// Uses the loop when it dies, as a coroutine frame may.
struct UsesLoopAtDeath {
  explicit UsesLoopAtDeath(Loop& its_loop) : loop(its_loop) {}
  ~UsesLoopAtDeath() {
    loop.defer([] {});
    loop.post([] {});
    const Timer timer = loop.at(loop.now(), [] {});
  }
  Loop& loop;
};

TEST(Loop, dies_safely_with_callbacks_that_use_it) {
  VirtualLoop loop;
  auto held = std::make_shared<UsesLoopAtDeath>(loop);
  loop.defer([held] {});
  loop.post([held] {});
  auto kept = std::make_shared<Timer>();
  *kept = loop.at(loop.now() + 1s, [held, kept] {});
  held.reset();
}

}  // namespace
}  // namespace flnet
