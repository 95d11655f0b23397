// SPDX-License-Identifier: MIT OR Apache-2.0
// VirtualLoop: a loop for tests, whose time passes only when it is told to.
#pragma once

#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <atomic>
#include <optional>
#include <utility>

namespace flnet {

/// An hour of timeouts takes as long as what happens in it. Nothing runs but within the functions below,
/// on their caller's thread, and the same calls give the same run. There are no sockets on it: it serves
/// what is pure waiting, and StandInNetwork.
class VirtualLoop final : public Loop {
 public:
  /// `run` gives up when so much virtual time has passed,
  static constexpr Duration run_limit = std::chrono::hours(24);
  /// or when at one and the same moment there was something to do for so many turns.
  static constexpr int turns_at_once = 1'000'000;

  VirtualLoop();
  ~VirtualLoop() override;

  /// Starts at an arbitrary moment that is not zero.
  Time now() const override { return now_; }

  /// Runs what is ready and due, at the present time, until nothing is left, or so many turns.
  void settle(int max_turns = turns_at_once);
  /// Lets `duration` pass, from timer to timer.
  void advance(Duration duration);
  /// Runs `task` until it is done; time jumps from timer to timer. timed_out, with what it was in the
  /// detail, when the task takes longer than `limit` of virtual time, when it takes turns_at_once, and
  /// when it waits though no call is ready and no timer set (what other threads may post later does not
  /// count). The task is destroyed before this returns.
  Result<> run(Task<> task, Duration limit = run_limit);
  /// The same, with the task's result.
  template <class T>
  Result<T> run(Task<T> task, Duration limit = run_limit);

  /// Nothing is ready, and no timer set.
  bool idle() const { return !woken_ && !armed_; }

 private:
  bool due() const { return armed_ && *armed_ <= now_; }
  bool has_work() const { return woken_ || due(); }
  void step();
  void wake() override { woken_ = true; }
  void arm(std::optional<Time> when) override { armed_ = when; }

  Time now_;
  std::optional<Time> armed_;
  std::atomic<bool> woken_ = false;
};

namespace detail {
template <class T>
Task<> keep_result(Task<T> task, std::optional<T>& result) {
  result.emplace(co_await std::move(task));
}
}  // namespace detail

template <class T>
Result<T> VirtualLoop::run(Task<T> task, Duration limit) {
  std::optional<T> result;
  if (auto done = run(detail::keep_result(std::move(task), result), limit); !done)
    return failure(std::move(done.error()));
  return std::move(*result);
}

}  // namespace flnet
