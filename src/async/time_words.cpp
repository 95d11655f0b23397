// SPDX-License-Identifier: MIT OR Apache-2.0
// now, sleep, interval and fail: what needs nothing but a loop.
#include <flnet/run.hpp>

#include <cassert>
#include <coroutine>
#include <cstdio>
#include <string>

namespace flnet {
namespace {

/// Resumes the coroutine at a time; the timer dies with the coroutine.
class Until {
 public:
  explicit Until(Time when) : when_(when) {}
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> coroutine) {
    timer_ = Loop::current().at(when_, [coroutine] { coroutine.resume(); });
  }
  void await_resume() const noexcept {}

 private:
  Time when_;
  Timer timer_;
};

}  // namespace

Time now() {
  return Loop::current().now();
}

Task<> sleep(Duration duration) {
  Until woken(now() + duration);
  co_await woken;
}

Interval::Interval(Duration period) : period_(period), due_(now() + period) {
  assert(period > Duration::zero());
}

Task<> Interval::next() {
  const Time time = now();
  if (due_ < time) due_ += ((time - due_) / period_ + 1) * period_;
  Until woken(due_);
  due_ += period_;
  co_await woken;
}

Interval interval(Duration period) {
  return Interval(period);
}

void fail(const Error& error) {
  const std::string line = to_string(error) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
  Loop::current().set_exit_code(1);
}

}  // namespace flnet
