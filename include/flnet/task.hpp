// SPDX-License-Identifier: MIT OR Apache-2.0
// Task: a lazy coroutine that somebody owns; destroying it cancels it.
#pragma once

#include <cassert>
#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace flnet {

template <class T = void>
class Task;

namespace detail {

/// What both kinds of promise share: the coroutine that waits for this one.
struct TaskPromiseCore {
  std::coroutine_handle<> waiting;
  bool done = false;

  std::suspend_always initial_suspend() noexcept { return {}; }

  /// Resumes the waiting coroutine unless it is still inside its own await (then `await_suspend` sees
  /// `done` and goes on by itself): synchronous completions therefore don't grow the stack.
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) noexcept {
      TaskPromiseCore& core = self.promise();
      core.done = true;
      if (core.waiting) std::exchange(core.waiting, {}).resume();
    }
    void await_resume() noexcept {}
  };
  FinalAwaiter final_suspend() noexcept { return {}; }
  /// flnet's own code doesn't throw; an exception of the application's ends the program here.
  void unhandled_exception() noexcept { std::terminate(); }
};

template <class T>
struct TaskPromise : TaskPromiseCore {
  std::optional<T> value;
  Task<T> get_return_object();
  template <class U>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
};

template <>
struct TaskPromise<void> : TaskPromiseCore {
  Task<void> get_return_object();
  void return_void() noexcept {}
};

}  // namespace detail

/// A coroutine that starts when it is awaited, or when a JobSet or `run` takes it. Whoever holds the Task
/// owns the coroutine: destroying it destroys the frame and, with it, everything it waits for. Not
/// thread-safe; belongs to its loop. Parameters must be values, or outlive the task.
template <class T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  /// Awaiting runs the coroutine at once, on the caller's stack, up to its first real wait.
  struct Awaiter {
    std::coroutine_handle<promise_type> child;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> parent) {
      child.resume();
      if (child.promise().done) return false;
      child.promise().waiting = parent;
      return true;
    }
    T await_resume() {
      if constexpr (!std::is_void_v<T>) return std::move(*child.promise().value);
    }
  };
  Awaiter operator co_await() && noexcept { return Awaiter{handle_}; }
  Awaiter operator co_await() & noexcept { return Awaiter{handle_}; }

  /// For owners that are no coroutines (JobSet, run): starts it; `when_done` is resumed at its end.
  void start(std::coroutine_handle<> when_done = {}) {
    handle_.promise().waiting = when_done;
    handle_.resume();
  }
  bool done() const { return handle_ && handle_.promise().done; }

 private:
  friend promise_type;
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

namespace detail {
template <class T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise>::from_promise(*this));
}
}  // namespace detail

}  // namespace flnet
