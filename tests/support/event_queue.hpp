// SPDX-License-Identifier: MIT OR Apache-2.0
// EventQueue: virtual time for simulations; what is due first happens first, ties in the order of their
// making.
#pragma once

#include <flnet/time.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <utility>
#include <vector>

namespace flnet::test {

/// Virtual time that jumps from event to event. Events may add events; those of the same moment run in the
/// order in which they were added, so one seed gives one run.
class EventQueue {
 public:
  using Action = std::function<void()>;

  Time now() const { return now_; }
  bool empty() const { return events_.empty(); }

  /// Runs `action` at `when`, or now (but not inside this call) when that has passed.
  void at(Time when, Action action) {
    events_.push({when < now_ ? now_ : when, next_order_++, std::move(action)});
  }
  void after(Duration delay, Action action) { at(now_ + delay, std::move(action)); }

  /// Runs the next event, if there is one.
  bool step() {
    if (events_.empty()) return false;
    Event event = std::move(const_cast<Event&>(events_.top()));  // NOLINT: popped before anybody compares it
    events_.pop();
    now_ = event.when;
    event.action();
    return true;
  }

  /// Runs everything up to and including `end`; `now()` is `end` afterwards.
  void run_until(Time end) {
    while (!events_.empty() && events_.top().when <= end) step();
    now_ = end;
  }
  void run_for(Duration span) { run_until(now_ + span); }

  /// Runs until `done()` or until `limit` has passed; tells whether `done()`.
  template <class Condition>
  bool run_until(Condition done, Duration limit) {
    const Time end = now_ + limit;
    while (!done()) {
      if (events_.empty() || events_.top().when > end) {
        now_ = end;
        return done();
      }
      step();
    }
    return true;
  }

 private:
  struct Event {
    Time when;
    std::uint64_t order = 0;
    Action action;
    bool operator>(const Event& other) const {
      return when != other.when ? when > other.when : order > other.order;
    }
  };

  Time now_{Duration{1'000'000}};  // not zero, so that a forgotten Time stands out
  std::uint64_t next_order_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
};

/// The one timer of a machine: `set(machine.deadline())` after every call of the machine. The queue must
/// outlive it only while it runs; an alarm that is gone does not ring.
class Alarm {
 public:
  Alarm(EventQueue& queue, EventQueue::Action ring)
      : queue_(queue), shared_(std::make_shared<Shared>(Shared{std::move(ring), {}, 0})) {}
  ~Alarm() { ++shared_->generation; }
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  void set(std::optional<Time> when) {
    if (when == shared_->when) return;
    shared_->when = when;
    const std::uint64_t generation = ++shared_->generation;
    if (!when) return;
    queue_.at(*when, [shared = shared_, generation] {
      if (shared->generation != generation) return;
      shared->when.reset();
      const EventQueue::Action ring = shared->ring;
      ring();
    });
  }

 private:
  struct Shared {  // owned by the alarm and by events that are still queued
    EventQueue::Action ring;
    std::optional<Time> when;
    std::uint64_t generation;
  };
  EventQueue& queue_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace flnet::test
