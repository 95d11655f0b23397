// SPDX-License-Identifier: MIT OR Apache-2.0
// run and stop_requested natively: a loop for one task, and the signals that end it.
#include <flnet/asio_loop.hpp>
#include <flnet/event.hpp>
#include <flnet/run.hpp>

#include <cassert>
#include <optional>
#include <utility>

namespace flnet {
namespace {

/// How many coroutines of this thread wait in stop_requested: a signal is theirs first.
thread_local int waiting_for_stop = 0;

struct WaitsForStop {
  WaitsForStop() { ++waiting_for_stop; }
  ~WaitsForStop() { --waiting_for_stop; }
  WaitsForStop(const WaitsForStop&) = delete;
  WaitsForStop& operator=(const WaitsForStop&) = delete;
};

Task<> run_then_stop(Task<> task, AsioLoop& loop) {
  co_await task;
  loop.stop();
}

}  // namespace

int run(Task<> task) {
  AsioLoop loop;
  std::optional<Task<>> main_task = run_then_stop(std::move(task), loop);
  const auto signals = loop.watch_stop_signals([&loop] {
    if (waiting_for_stop == 0) loop.stop();
  });
  loop.defer([&main_task] { main_task->start(); });
  loop.run();
  const Loop::Scope scope(loop);
  main_task.reset();
  return loop.exit_code();
}

Task<> stop_requested() {
  auto* loop = dynamic_cast<AsioLoop*>(&Loop::current());
  assert(loop != nullptr);
  Event stop;
  const WaitsForStop waits;
  const auto signals = loop->watch_stop_signals([&stop] { stop.notify(); });
  co_await stop.wait();
}

}  // namespace flnet
