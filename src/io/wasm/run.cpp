// SPDX-License-Identifier: MIT OR Apache-2.0
// run and stop_requested in WASM: the task lives on after main has returned.
#include "io/wasm/browser_loop.hpp"

#include <flnet/run.hpp>
#include <flnet/wait_list.hpp>

#include <emscripten/em_macros.h>

#include <algorithm>
#include <cassert>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace flnet::io {

class Running;
Task<> run_then_end(Task<> task, Running& running);

/// A loop for one task. JavaScript owns it from flnet_run_begin to flnet_run_over.
class Running final : public BrowserLoop {
 public:
  explicit Running(Task<> task);
  ~Running() override {
    // What the task holds may want to know its loop while it dies.
    const Scope scope(*this);
    task_.reset();
    std::erase(all(), this);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  /// SIGINT or SIGTERM in Node; the page goes away.
  void stopped() {
    const Scope scope(*this);
    if (waiting_.empty()) {
      end();
    } else {
      waiting_.wake_all();
    }
  }
  /// Not at once: the task may be on the stack.
  void end();
  WaitList& waiting() { return waiting_; }
  /// The one that is this loop; null when the loop is not one of `run`'s.
  static Running* of(const Loop& loop);

 private:
  /// All that live: a loop can't be asked what it is, as the library has no type information.
  static std::vector<Running*>& all() {
    static std::vector<Running*> all;
    return all;
  }

  WaitList waiting_;
  std::optional<Task<>> task_;
  std::optional<int> handle_;
};

}  // namespace flnet::io

extern "C" {
int flnet_run_begin(flnet::io::Running* self);
void flnet_run_end(int handle, flnet::io::Running* self);

EMSCRIPTEN_KEEPALIVE void flnet_run_stopped(flnet::io::Running* self) noexcept {
  self->stopped();
}
EMSCRIPTEN_KEEPALIVE int flnet_run_over(flnet::io::Running* self) noexcept {
  const std::unique_ptr<flnet::io::Running> ended(self);
  return self->exit_code();
}
}

namespace flnet::io {

Running::Running(Task<> task) : task_(run_then_end(std::move(task), *this)), handle_(flnet_run_begin(this)) {
  all().push_back(this);
  defer([this] { task_->start(); });
}

Running* Running::of(const Loop& loop) {
  const auto found = std::ranges::find_if(all(), [&](const Running* each) { return each == &loop; });
  return found == all().end() ? nullptr : *found;
}

void Running::end() {
  if (handle_) flnet_run_end(*std::exchange(handle_, std::nullopt), this);
}

Task<> run_then_end(Task<> task, Running& running) {
  co_await task;
  running.end();
}

}  // namespace flnet::io

namespace flnet {

int run(Task<> task) {
  // Until flnet_run_over.
  (void)std::make_unique<io::Running>(std::move(task)).release();
  return 0;
}

Task<> stop_requested() {
  auto* running = io::Running::of(Loop::current());
  assert(running != nullptr);
  WaitList::Waiter stop(running->waiting());
  co_await stop;
}

}  // namespace flnet
