// SPDX-License-Identifier: MIT OR Apache-2.0
// JobSet: when jobs start, how they end, what destruction does.
#include <flnet/event.hpp>
#include <flnet/job_set.hpp>
#include <flnet/run.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>

namespace flnet {
namespace {

Task<> count(int& counter) {
  ++counter;
  co_return;
}

Task<> sleep_holding(Duration duration, std::shared_ptr<int> held, int& finished) {
  co_await sleep(duration);
  ++finished;
  (void)held;
}

TEST(JobSet, starts_jobs_from_the_ready_queue) {
  VirtualLoop loop;
  JobSet jobs(loop);
  int counter = 0;
  {
    const Loop::Scope scope(loop);
    jobs.add(count(counter));
    EXPECT_EQ(counter, 0);
    EXPECT_EQ(jobs.size(), 1U);
  }
  EXPECT_EQ(counter, 1);
  EXPECT_EQ(jobs.size(), 0U);
}

TEST(JobSet, frees_finished_jobs_and_what_they_held) {
  VirtualLoop loop;
  JobSet jobs(loop);
  auto held = std::make_shared<int>(1);
  int finished = 0;
  for (int i = 1; i <= 10; ++i) jobs.add(sleep_holding(i * 1s, held, finished));
  loop.advance(5500ms);
  EXPECT_EQ(finished, 5);
  EXPECT_EQ(jobs.size(), 5U);
  EXPECT_EQ(held.use_count(), 6);
}

TEST(JobSet, destroying_it_cancels_all_jobs_started_or_not) {
  VirtualLoop loop;
  std::optional<JobSet> jobs(std::in_place, loop);
  auto held = std::make_shared<int>(1);
  int finished = 0;
  jobs->add(sleep_holding(1s, held, finished));
  loop.settle();
  jobs->add(sleep_holding(1s, held, finished));
  jobs.reset();
  EXPECT_EQ(held.use_count(), 1);
  loop.advance(5s);
  EXPECT_EQ(finished, 0);
}

Task<> spawn(JobSet& jobs, int depth, int& counter) {
  ++counter;
  if (depth == 0) co_return;
  jobs.add(spawn(jobs, depth - 1, counter));
  jobs.add(spawn(jobs, depth - 1, counter));
  co_await sleep(1ms);
}

TEST(JobSet, jobs_may_add_jobs) {
  VirtualLoop loop;
  JobSet jobs(loop);
  int counter = 0;
  jobs.add(spawn(jobs, 10, counter));
  loop.advance(1s);
  EXPECT_EQ(counter, 2047);
  EXPECT_EQ(jobs.size(), 0U);
}

Task<> note_when_empty(JobSet& jobs, bool& noted) {
  co_await jobs.empty();
  noted = true;
}

TEST(JobSet, empty_completes_when_the_last_job_is_done) {
  VirtualLoop loop;
  JobSet jobs(loop), watchers(loop);
  int finished = 0;
  bool noted = false, noted_at_once = false;
  watchers.add(note_when_empty(jobs, noted_at_once));
  loop.settle();
  EXPECT_TRUE(noted_at_once);
  jobs.add(sleep_holding(1s, nullptr, finished));
  watchers.add(note_when_empty(jobs, noted));
  loop.advance(999ms);
  EXPECT_FALSE(noted);
  loop.advance(1ms);
  EXPECT_TRUE(noted);
}

TEST(JobSet, who_waits_for_empty_goes_on_when_the_set_dies) {
  VirtualLoop loop;
  JobSet watchers(loop);
  std::optional<JobSet> jobs(std::in_place, loop);
  int finished = 0;
  bool noted = false;
  jobs->add(sleep_holding(1s, nullptr, finished));
  watchers.add(note_when_empty(*jobs, noted));
  loop.settle();
  jobs.reset();
  EXPECT_FALSE(noted);
  loop.settle();
  EXPECT_TRUE(noted);
}

}  // namespace
}  // namespace flnet
