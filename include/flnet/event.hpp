// SPDX-License-Identifier: MIT OR Apache-2.0
// Event: coroutines wait until somebody says that it has happened.
#pragma once

#include <flnet/wait_list.hpp>

#include <coroutine>

namespace flnet {

/// Stays notified until `reset`; many may wait. All on one loop.
class Event {
 public:
  /// Wakes all who wait; later ones don't wait.
  void notify() {
    notified_ = true;
    waiters_.wake_all();
  }
  void reset() { notified_ = false; }
  bool notified() const { return notified_; }

  class Wait {
   public:
    explicit Wait(Event& event) : ready_(event.notified_), waiter_(event.waiters_) {}
    bool await_ready() const noexcept { return ready_; }
    void await_suspend(std::coroutine_handle<> coroutine) { waiter_.await_suspend(coroutine); }
    bool await_resume() const noexcept { return waiter_.await_resume(); }

   private:
    bool ready_;
    WaitList::Waiter waiter_;
  };
  /// `co_await event.wait()`: true once notified, at once if that is so already; false when the event has
  /// died. To be awaited where it is called: the event must be alive then.
  Wait wait() { return Wait(*this); }

 private:
  bool notified_ = false;
  WaitList waiters_;
};

}  // namespace flnet
