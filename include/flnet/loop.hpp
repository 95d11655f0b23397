// SPDX-License-Identifier: MIT OR Apache-2.0
// Loop: the one thread on which everything of a node happens, and its timers.
#pragma once

#include <flnet/ready_call.hpp>
#include <flnet/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace flnet {

class Loop;
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

/// A call's place in the ready queue: destroying it takes the call back. Must not outlive its loop.
class Deferred {
 public:
  Deferred() = default;
  ~Deferred();
  Deferred(Deferred&& other) noexcept;
  Deferred& operator=(Deferred&& other) noexcept;

 private:
  friend class Loop;
  Deferred(Loop* loop, std::uint64_t place) : loop_(loop), place_(place) {}
  Loop* loop_ = nullptr;
  std::uint64_t place_ = 0;
};

/// An event loop. All of flnet's objects belong to the thread that runs it; only `post` may be called
/// from others. Callbacks never run inside the call that registers them. Platforms derive from it:
/// AsioLoop natively, BrowserLoop in WASM, VirtualLoop in tests.
class Loop {
 public:
  using Callback = std::function<void()>;

  virtual ~Loop() { shut_down(); }
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
  template <class Call>
  void defer(Call call) {
    enqueue(detail::ReadyCall(std::move(call)));
  }
  /// The same, with a handle to take it back by.
  template <class Call>
  [[nodiscard]] Deferred soon(Call call) {
    return {this, enqueue(detail::ReadyCall(std::move(call)))};
  }
  /// Runs `call` once at `when`, or soon when that has passed. Loop thread.
  [[nodiscard]] Timer at(Time when, Callback call);

  /// Makes this the current loop of the thread. The outermost scope runs what is ready when it ends and
  /// arms the timer. Platforms open one around each callback; an application may open one in which to
  /// build flnet's objects.
  class Scope {
   public:
    explicit Scope(Loop& loop);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

   private:
    Loop& loop_;
    Loop* outer_;
  };

  /// The exit code that `run` returns; `fail` sets it to 1.
  int exit_code() const { return exit_code_; }
  void set_exit_code(int code) { exit_code_ = code; }

 protected:
  Loop();
  /// Asks the platform to call `turn` soon. Any thread.
  virtual void wake() = 0;
  /// Asks the platform to call `turn` at `when`, never earlier; nothing cancels. Loop thread.
  virtual void arm(std::optional<Time> when) = 0;
  /// Runs what is due and what is ready, then arms the next timer. Platforms call it on the loop thread.
  void turn();
  /// Drops all callbacks and takes no more. Derived classes call it first in their destructors: what the
  /// callbacks hold may use the loop while it is destroyed.
  void shut_down();

 private:
  friend class Deferred;
  struct Queues;
  struct EndQueues {
    void operator()(Queues* queues) const;
  };
  /// Answers its place.
  std::uint64_t enqueue(detail::ReadyCall call);
  void request_wake();
  void take_posted();
  detail::ReadyCall take_first();
  void run_ready();
  void rearm();
  void take_back(std::uint64_t place);

  std::unique_ptr<Queues, EndQueues> queues_;
  int exit_code_ = 0;
};

}  // namespace flnet
