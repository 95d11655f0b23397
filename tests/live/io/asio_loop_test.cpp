// SPDX-License-Identifier: MIT OR Apache-2.0
// AsioLoop on the real clock: timers, posts of other threads, watches, run and signals.
#include <flnet/asio_loop.hpp>
#include <flnet/job_set.hpp>
#include <flnet/run.hpp>

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <unistd.h>
#include <array>
#include <chrono>
#include <csignal>
#include <memory>
#include <thread>

namespace flnet {
namespace {

TEST(AsioLoop, fires_timers_not_before_their_time) {
  AsioLoop loop;
  const Time start = loop.now();
  Time fired = start;
  const Timer timer = loop.at(start + 20ms, [&] {
    fired = loop.now();
    loop.stop();
  });
  const Timer later = loop.at(start + 1h, [] {});
  loop.run();
  EXPECT_GE(fired - start, 20ms);
}

TEST(AsioLoop, takes_posts_of_other_threads) {
  AsioLoop loop;
  int calls = 0;
  std::thread other([&] {
    for (int i = 0; i < 10'000; ++i) loop.post([&] { ++calls; });
    loop.post([&] { loop.stop(); });
  });
  loop.run();
  other.join();
  EXPECT_EQ(calls, 10'000);
}

TEST(AsioLoop, can_be_stopped_by_another_thread_and_run_again) {
  AsioLoop loop;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    loop.stop();
  });
  loop.run();
  other.join();
  bool called = false;
  loop.defer([&] {
    called = true;
    loop.stop();
  });
  loop.run();
  EXPECT_TRUE(called);
}

TEST(AsioLoop, works_on_the_applications_context_and_leaves_it_when_it_dies) {
  boost::asio::io_context context;
  auto loop = std::make_unique<AsioLoop>(context);
  int calls = 0;
  loop->defer([&] { ++calls; });
  const Loop* inside = nullptr;
  loop->post([&] { inside = &Loop::current(); });
  Timer timer = loop->at(loop->now() + 1ms, [&] { ++calls; });
  context.run();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(inside, loop.get());

  context.restart();
  loop->defer([&] { ++calls; });
  timer = loop->at(loop->now() + 1ms, [&] { ++calls; });
  timer = {};
  loop.reset();
  context.run();
  EXPECT_EQ(calls, 2);
}

struct Pipe {
  Pipe() { EXPECT_EQ(pipe(ends.data()), 0); }
  ~Pipe() {
    close(ends[0]);
    close(ends[1]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void write_byte() const { EXPECT_EQ(write(ends[1], "x", 1), 1); }
  void read_byte() const {
    char byte = 0;
    EXPECT_EQ(read(ends[0], &byte, 1), 1);
  }
  std::array<int, 2> ends{};
};

TEST(AsioLoop, tells_when_a_descriptor_is_readable_again_and_again) {
  AsioLoop loop;
  const Pipe pipe;
  int calls = 0;
  pipe.write_byte();
  std::unique_ptr<AsioLoop::Watch> watch = loop.watch_readable(pipe.ends[0], [&] {
    pipe.read_byte();
    if (++calls == 5) {
      watch.reset();
      loop.stop();
    }
    pipe.write_byte();
  });
  EXPECT_EQ(calls, 0);
  loop.run();
  EXPECT_EQ(calls, 5);
  // The descriptor is still ours.
  pipe.read_byte();
}

TEST(AsioLoop, tells_once_when_a_descriptor_is_writable) {
  AsioLoop loop;
  const Pipe pipe;
  int calls = 0;
  const auto watch = loop.watch_writable(pipe.ends[1], [&] { ++calls; });
  const auto read_watch = loop.watch_readable(pipe.ends[1], [] {});
  const Timer end = loop.at(loop.now() + 10ms, [&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(calls, 1);
}

Task<> sleep_and_count(int& count) {
  co_await sleep(1ms);
  ++count;
}

TEST(Run, returns_when_the_task_is_done) {
  int count = 0;
  EXPECT_EQ(run(sleep_and_count(count)), 0);
  EXPECT_EQ(count, 1);
}

Task<> fail_at_once() {
  fail(Error{ErrorCode::refused, "on purpose"});
  co_return;
}

TEST(Run, returns_one_after_fail) {
  EXPECT_EQ(run(fail_at_once()), 1);
}

Task<> wait_for_stop(int& stops) {
  raise(SIGTERM);
  co_await sleep(1ms);
  ++stops;
}
Task<> stop_and_finish(int& stops) {
  JobSet jobs;
  jobs.add(wait_for_stop(stops));
  co_await stop_requested();
  stops += 10;
  co_await jobs.empty();
}

TEST(Run, lets_the_task_finish_when_it_waits_for_the_stop_itself) {
  int stops = 0;
  EXPECT_EQ(run(stop_and_finish(stops)), 0);
  EXPECT_EQ(stops, 11);
}

Task<> raise_and_sleep(bool& finished) {
  raise(SIGINT);
  co_await sleep(1h);
  finished = true;
}

TEST(Run, cancels_a_task_that_does_not_wait_for_the_stop) {
  bool finished = false;
  EXPECT_EQ(run(raise_and_sleep(finished)), 0);
  EXPECT_FALSE(finished);
}

}  // namespace
}  // namespace flnet
