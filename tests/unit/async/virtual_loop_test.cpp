// SPDX-License-Identifier: MIT OR Apache-2.0
// VirtualLoop: time that passes only when it is told to, and tasks that run in it.
#include <flnet/event.hpp>
#include <flnet/job_set.hpp>
#include <flnet/run.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace flnet {
namespace {

Task<> sleep_often(int times, Duration each) {
  for (int i = 0; i < times; ++i) co_await sleep(each);
}

Task<int> answer_later(Duration when, int answer) {
  co_await sleep(when);
  co_return answer;
}

Task<> wait_for(Event& event) {
  co_await event.wait();
}

Task<> hold(std::shared_ptr<int> held, Event& event) {
  co_await event.wait();
  ++*held;
}

Task<> spin() {
  while (true) co_await sleep(Duration{});
}

TEST(VirtualLoop, time_stands_still_while_nobody_moves_it) {
  VirtualLoop loop;
  const Time start = loop.now();
  bool fired = false;
  const Timer timer = loop.at(start + 1s, [&] { fired = true; });
  loop.settle();
  EXPECT_EQ(loop.now(), start);
  loop.advance(999ms);
  EXPECT_FALSE(fired);
  loop.advance(1ms);
  EXPECT_TRUE(fired);
  EXPECT_EQ(loop.now(), start + 1s);
}

TEST(VirtualLoop, a_task_runs_through_its_timers_at_once) {
  VirtualLoop loop;
  const Time start = loop.now();
  EXPECT_TRUE(loop.run(sleep_often(100, 60s)).has_value());
  EXPECT_EQ(loop.now(), start + 100min);
  EXPECT_TRUE(loop.idle());
}

TEST(VirtualLoop, run_gives_the_tasks_result_and_stops_the_clock_there) {
  VirtualLoop loop;
  const Time start = loop.now();
  const Timer later = loop.at(start + 1h, [] {});
  const auto answer = loop.run(answer_later(2s, 42));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(*answer, 42);
  EXPECT_EQ(loop.now(), start + 2s);
}

TEST(VirtualLoop, a_task_that_waits_for_what_cannot_happen_is_an_error) {
  VirtualLoop loop;
  Event never;
  const auto held = std::make_shared<int>(0);
  const auto done = loop.run(hold(held, never));
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::timed_out);
  EXPECT_NE(done.error().detail.find("nothing is left"), std::string::npos) << done.error().detail;
  EXPECT_EQ(held.use_count(), 1) << "the task is still there";
}

TEST(VirtualLoop, a_task_may_not_take_longer_than_its_limit) {
  VirtualLoop loop;
  const Time start = loop.now();
  const auto done = loop.run(sleep_often(10, 1s), 5s);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::timed_out);
  EXPECT_EQ(loop.now(), start + 5s);
  EXPECT_TRUE(loop.run(sleep_often(5, 1s), 5s).has_value());
}

TEST(VirtualLoop, a_task_that_never_lets_time_pass_is_stopped) {
  VirtualLoop loop;
  const auto done = loop.run(spin());
  ASSERT_FALSE(done.has_value());
  EXPECT_NE(done.error().detail.find("never lets time pass"), std::string::npos) << done.error().detail;
}

TEST(VirtualLoop, background_jobs_go_on_from_one_run_to_the_next) {
  VirtualLoop loop;
  Event rung;
  JobSet jobs(loop);
  jobs.add(wait_for(rung));
  EXPECT_TRUE(loop.run(sleep_often(1, 1s)).has_value());
  EXPECT_EQ(jobs.size(), 1U);
  rung.notify();
  EXPECT_TRUE(loop.run(jobs.empty()).has_value());
}

TEST(VirtualLoop, a_failing_task_leaves_its_exit_code) {
  struct Failing {
    static Task<> run() {
      fail({ErrorCode::refused, "for the test"});
      co_return;
    }
  };
  VirtualLoop loop;
  ::testing::internal::CaptureStderr();
  EXPECT_TRUE(loop.run(Failing::run()).has_value());
  EXPECT_FALSE(::testing::internal::GetCapturedStderr().empty());
  EXPECT_EQ(loop.exit_code(), 1);
}

}  // namespace
}  // namespace flnet
