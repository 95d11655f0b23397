// SPDX-License-Identifier: MIT OR Apache-2.0
// sleep, interval and fail in virtual time, and the actor that drives a machine.
#include "async/actor.hpp"

#include <flnet/job_set.hpp>
#include <flnet/run.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flnet {
namespace {

Task<> tick(Duration period, Duration first_work, std::vector<Duration>& ticks) {
  const Time start = now();
  Interval every = interval(period);
  for (int i = 0; i < 4; ++i) {
    co_await every.next();
    ticks.push_back(now() - start);
    if (i == 0) co_await sleep(first_work);
  }
}

TEST(Interval, ticks_on_its_grid) {
  VirtualLoop loop;
  JobSet jobs(loop);
  std::vector<Duration> ticks;
  jobs.add(tick(10ms, 3ms, ticks));
  loop.advance(1s);
  EXPECT_EQ(ticks, (std::vector<Duration>{10ms, 20ms, 30ms, 40ms}));
}

TEST(Interval, does_not_make_up_for_ticks_that_nobody_awaited) {
  VirtualLoop loop;
  JobSet jobs(loop);
  std::vector<Duration> ticks;
  jobs.add(tick(10ms, 35ms, ticks));
  loop.advance(1s);
  EXPECT_EQ(ticks, (std::vector<Duration>{10ms, 50ms, 60ms, 70ms}));
}

TEST(Fail, says_why_and_sets_the_exit_code) {
  VirtualLoop loop;
  const Loop::Scope scope(loop);
  testing::internal::CaptureStderr();
  fail(Error{ErrorCode::refused, "nobody is home"});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "nobody is home (refused)\n");
  EXPECT_EQ(loop.exit_code(), 1);
}

/// Echoes each input twice; says "late" when none came for a second.
struct Echo {
  using Input = std::string;
  using Output = std::string;
  using Outbox = std::vector<Output>;

  void handle(Input input, Time now, Outbox& out) {
    out.push_back(input + "1");
    out.push_back(std::move(input) + "2");
    due = now + 1s;
  }
  void handle_timeout(Time, Outbox& out) {
    out.emplace_back("late");
    due.reset();
    ++timeouts;
  }
  std::optional<Time> deadline() const { return due; }

  std::optional<Time> due;
  int timeouts = 0;
};

using Carry = std::function<void(std::string&&)>;

TEST(Actor, carries_out_all_outputs_before_it_takes_an_input_given_meanwhile) {
  VirtualLoop loop;
  Echo echo;
  std::vector<std::string> carried;
  Actor<Echo, Carry>* self = nullptr;
  Actor<Echo, Carry> actor(loop, echo, [&](std::string&& output) {
    carried.push_back(output);
    if (output == "a1") self->give("b");
  });
  self = &actor;
  actor.give("a");
  EXPECT_EQ(carried, (std::vector<std::string>{"a1", "a2", "b1", "b2"}));
}

TEST(Actor, keeps_the_deadline_when_it_moves) {
  VirtualLoop loop;
  Echo echo;
  std::vector<std::string> carried;
  Actor<Echo, Carry> actor(loop, echo, [&](std::string&& output) { carried.push_back(output); });
  actor.give("a");
  loop.advance(900ms);
  actor.give("b");
  loop.advance(999ms);
  EXPECT_EQ(echo.timeouts, 0);
  loop.advance(1ms);
  EXPECT_EQ(echo.timeouts, 1);
  EXPECT_EQ(carried.back(), "late");
  EXPECT_TRUE(loop.idle());
}

TEST(Actor, may_be_destroyed_by_an_output) {
  VirtualLoop loop;
  Echo echo;
  int carried = 0;
  std::unique_ptr<Actor<Echo, Carry>> actor;
  int* counter = &carried;
  auto* holder = &actor;
  actor = std::make_unique<Actor<Echo, Carry>>(loop, echo, [counter, holder](std::string&&) {
    ++*counter;
    const auto keep = std::move(*holder);
  });
  actor->give("a");
  EXPECT_EQ(carried, 1);
}

}  // namespace
}  // namespace flnet
