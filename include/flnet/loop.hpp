// SPDX-License-Identifier: MIT OR Apache-2.0
// Loop: the one thread on which everything of a node happens, and its timers.
#pragma once

#include <flnet/time.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace flnet {

class TimerQueue;

/// A one-shot timer's handle: destroying it takes the timer back. Must not outlive its loop.
class Timer {
 public:
  Timer() = default;
  ~Timer();
  Timer(Timer&& other) noexcept;
  Timer& operator=(Timer&& other) noexcept;

 private:
  friend class Loop;
  Timer(TimerQueue* queue, std::uint64_t id) : queue_(queue), id_(id) {}
  TimerQueue* queue_ = nullptr;
  std::uint64_t id_ = 0;
};

/// An event loop. All of flnet's objects belong to the thread that runs it; only `post` may be called
/// from others. Callbacks never run inside the call that registers them. Platforms derive from it:
/// AsioLoop natively, BrowserLoop in WASM, VirtualLoop in tests.
class Loop {
 public:
  using Callback = std::function<void()>;

  virtual ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// The loop whose callback runs on this thread right now, or that was made current; asserts that there
  /// is one.
  static Loop& current();

  /// The monotonic time, read from the system.
  virtual Time now() const = 0;

  /// Runs `call` soon on the loop's thread. Any thread.
  void post(Callback call);
  /// Runs `call` after the present callback, from the ready queue. Loop thread.
  void defer(Callback call);
  /// Runs `call` once at `when`, or soon when that has passed. Loop thread.
  [[nodiscard]] Timer at(Time when, Callback call);

  /// The exit code that `run` returns; `fail` sets it to 1.
  int exit_code() const { return exit_code_; }
  void set_exit_code(int code) { exit_code_ = code; }

 protected:
  Loop();
  /// Asks the platform to call `turn` soon. Any thread.
  virtual void wake() = 0;
  /// Asks the platform to call `turn` at `when`; nothing cancels. Loop thread.
  virtual void arm(std::optional<Time> when) = 0;
  /// Runs what is due and what is ready, then arms the next timer. Platforms call it on the loop thread.
  void turn();
  /// Makes this the current loop while a platform's callback runs, and drains the ready queue after it.
  class Scope;

 private:
  struct Queues;
  std::unique_ptr<Queues> queues_;
  int exit_code_ = 0;
};

}  // namespace flnet
