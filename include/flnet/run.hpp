// SPDX-License-Identifier: MIT OR Apache-2.0
// run, sleep, interval, now, fail: the small words of asynchronous programs.
#pragma once

#include <flnet/channel.hpp>
#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>
#include <flnet/time.hpp>

namespace flnet {

/// Runs `task` on a loop of its own until it is done and returns main's exit code: 0, or 1 after `fail`.
/// In the browser it starts the task and returns at once. SIGINT and SIGTERM cancel the task, unless
/// somebody waits in `stop_requested`.
int run(Task<> task);

/// Natively: completes when the process is asked to stop (SIGINT, SIGTERM).
Task<> stop_requested();

/// The current loop's time.
Time now();

/// Completes after `duration`.
Task<> sleep(Duration duration);

/// Ticks every `period`, first after one period; ticks that nobody awaited are not made up for.
class Interval {
 public:
  explicit Interval(Duration period);
  Task<> next();

 private:
  Duration period_;
  Time due_;
};
Interval interval(Duration period);

/// Says on standard error, in one line, why the program can't go on, and makes `run` return 1:
/// `co_return flnet::fail(error);`
void fail(const Error& error);

}  // namespace flnet
