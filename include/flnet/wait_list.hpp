// SPDX-License-Identifier: MIT OR Apache-2.0
// WaitList: coroutines that wait for the same thing, in the order they came.
#pragma once

#include <flnet/loop.hpp>

#include <coroutine>

namespace flnet {

/// What Channel, Event and others of their kind are made of. Coroutines are woken from the ready queue of
/// the loop they waited on, never inside the waker's call. A waiter, and the list, may die at any time.
class WaitList {
 public:
  /// `co_await` it: true when woken, false when the list has died meanwhile. Lives in the waiting coroutine.
  class Waiter {
   public:
    explicit Waiter(WaitList& list) : list_(&list) {}
    ~Waiter() {
      if (!waits_) return;
      // A wake-up that did not reach us is the next one's: what it announced is still there.
      WaitList* list = list_;
      const bool was_woken = woken_;
      leave();
      if (was_woken && list != nullptr) list->wake_one();
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    bool await_ready() const noexcept { return list_ == nullptr; }
    void await_suspend(std::coroutine_handle<> coroutine) {
      coroutine_ = coroutine;
      loop_ = &Loop::current();
      woken_ = false;
      waits_ = true;
      list_->append(*this);
    }
    bool await_resume() const noexcept { return list_ != nullptr; }

   private:
    friend class WaitList;

    void wake() {
      woken_ = true;
      wake_up_ = loop_->soon([this] {
        leave();
        coroutine_.resume();
      });
    }
    void leave() {
      waits_ = false;
      if (list_ != nullptr) list_->remove(*this);
    }

    WaitList* list_;
    Waiter* before_ = nullptr;
    Waiter* after_ = nullptr;
    std::coroutine_handle<> coroutine_;
    Loop* loop_ = nullptr;
    Deferred wake_up_;
    bool waits_ = false, woken_ = false;
  };

  WaitList() = default;
  ~WaitList() {
    wake_all();
    for (Waiter* waiter = first_; waiter != nullptr; waiter = waiter->after_) waiter->list_ = nullptr;
  }
  WaitList(const WaitList&) = delete;
  WaitList& operator=(const WaitList&) = delete;

  /// Wakes the first that sleeps.
  void wake_one() {
    if (first_asleep_ == nullptr) return;
    Waiter& waiter = *first_asleep_;
    first_asleep_ = waiter.after_;
    waiter.wake();
  }
  void wake_all() {
    while (first_asleep_ != nullptr) wake_one();
  }
  bool empty() const { return first_ == nullptr; }

 private:
  void append(Waiter& waiter) {
    waiter.before_ = last_;
    waiter.after_ = nullptr;
    (last_ == nullptr ? first_ : last_->after_) = &waiter;
    last_ = &waiter;
    if (first_asleep_ == nullptr) first_asleep_ = &waiter;
  }
  void remove(Waiter& waiter) {
    if (first_asleep_ == &waiter) first_asleep_ = waiter.after_;
    (waiter.before_ == nullptr ? first_ : waiter.before_->after_) = waiter.after_;
    (waiter.after_ == nullptr ? last_ : waiter.after_->before_) = waiter.before_;
  }

  // Those before first_asleep_ are woken and have not run yet; all behind it sleep.
  Waiter* first_ = nullptr;
  Waiter* last_ = nullptr;
  Waiter* first_asleep_ = nullptr;
};

}  // namespace flnet
