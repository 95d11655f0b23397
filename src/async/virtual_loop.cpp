// SPDX-License-Identifier: MIT OR Apache-2.0
// VirtualLoop: turns without a platform, and a clock that jumps to the next timer.
#include <flnet/virtual_loop.hpp>

#include <algorithm>

namespace flnet {

// Not zero, so that a forgotten Time stands out.
VirtualLoop::VirtualLoop() : now_(Duration(1'000'000'000)) {}

VirtualLoop::~VirtualLoop() {
  shut_down();
}

void VirtualLoop::step() {
  woken_ = false;
  if (due()) armed_.reset();
  turn();
}

void VirtualLoop::settle(int max_turns) {
  for (; max_turns > 0 && has_work(); --max_turns) step();
}

void VirtualLoop::advance(Duration duration) {
  const Time end = now_ + duration;
  settle();
  while (armed_ && *armed_ <= end) {
    now_ = std::max(now_, *armed_);
    settle();
  }
  now_ = end;
}

Result<> VirtualLoop::run(Task<> task, Duration limit) {
  std::optional<Task<>> running = std::move(task);
  // What the task holds may want to know its loop while it dies.
  const auto end_with = [&](Result<> result) {
    const Scope scope(*this);
    running.reset();
    return result;
  };
  const Time end = now_ + limit;
  int turns = 0;
  const Deferred start = soon([&running] { running->start(); });
  while (!running->done()) {
    if (has_work()) {
      if (++turns > turns_at_once)
        return end_with(failure(ErrorCode::timed_out, "the task never lets time pass"));
      step();
    } else if (!armed_) {
      return end_with(failure(ErrorCode::timed_out, "the task waits, and nothing is left that could happen"));
    } else if (*armed_ > end) {
      now_ = end;
      return end_with(failure(ErrorCode::timed_out, "the task takes longer than its limit of virtual time"));
    } else {
      now_ = *armed_;
      turns = 0;
    }
  }
  return end_with({});
}

}  // namespace flnet
