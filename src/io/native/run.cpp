// SPDX-License-Identifier: MIT OR Apache-2.0
// run and stop_requested natively: a loop for one task, and the signals that end it.
#include <flnet/asio_loop.hpp>
#include <flnet/event.hpp>
#include <flnet/run.hpp>
#include <flnet/wait_list.hpp>

#include <cassert>
#include <optional>
#include <utility>

namespace flnet {
namespace {

/// What `run` gives stop_requested: the coroutines that a signal wakes instead of ending the loop.
struct Running {
  explicit Running(AsioLoop& its_loop) : loop(its_loop), outer(std::exchange(innermost, this)) {}
  ~Running() { innermost = outer; }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  void signalled() {
    if (waiting.empty()) {
      loop.stop();
    } else {
      waiting.wake_all();
    }
  }

  static thread_local Running* innermost;
  AsioLoop& loop;
  Running* outer;
  WaitList waiting;
};
thread_local Running* Running::innermost = nullptr;

Task<> run_then_stop(Task<> task, AsioLoop& loop) {
  co_await task;
  loop.stop();
}

}  // namespace

int run(Task<> task) {
  AsioLoop loop;
  Running running(loop);
  std::optional<Task<>> main_task = run_then_stop(std::move(task), loop);
  const auto signals = loop.watch_stop_signals([&running] { running.signalled(); });
  loop.defer([&main_task] { main_task->start(); });
  loop.run();
  // What the task holds may want to know its loop while it dies.
  const Loop::Scope scope(loop);
  main_task.reset();
  return loop.exit_code();
}

Task<> stop_requested() {
  Loop& loop = Loop::current();
  if (Running::innermost != nullptr && &Running::innermost->loop == &loop) {
    WaitList::Waiter signal(Running::innermost->waiting);
    co_await signal;
    co_return;
  }
  auto* native = dynamic_cast<AsioLoop*>(&loop);
  assert(native != nullptr);
  Event stop;
  const auto signals = native->watch_stop_signals([&stop] { stop.notify(); });
  co_await stop.wait();
}

}  // namespace flnet
