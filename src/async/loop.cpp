// SPDX-License-Identifier: MIT OR Apache-2.0
// The part of a loop that all platforms share: ready queue, posted calls, timers.
#include <flnet/loop.hpp>
#include <flnet/ring.hpp>

#include "async/timer_queue.hpp"

#include <atomic>
#include <cassert>
#include <mutex>
#include <utility>
#include <vector>

namespace flnet {
namespace {

thread_local Loop* current_loop = nullptr;

/// Calls that make each other ready for ever would keep the platform from its sockets: after this many
/// the rest waits for the next turn.
constexpr int calls_per_turn = 10'000;

}  // namespace

struct Loop::Queues {
  TimerQueue timers;
  Ring<detail::ReadyCall> ready;
  std::uint64_t first_place = 0;  ///< Of ready.front().
  std::optional<Time> armed;
  int scopes = 0;
  std::atomic<bool> shut = false;

  std::atomic<bool> wake_requested = false;
  std::mutex mutex;
  std::vector<Callback> posted;  ///< Guarded by `mutex`.
};

Timer::~Timer() {
  if (queue_ != nullptr) queue_->cancel(id_);
}

Timer::Timer(Timer&& other) noexcept : queue_(std::exchange(other.queue_, nullptr)), id_(other.id_) {}

Timer& Timer::operator=(Timer&& other) noexcept {
  std::swap(queue_, other.queue_);
  std::swap(id_, other.id_);
  // What was ours is cancelled now, not when `other` dies.
  const Timer dropped = std::move(other);
  return *this;
}

Deferred::~Deferred() {
  if (loop_ != nullptr) loop_->take_back(place_);
}

Deferred::Deferred(Deferred&& other) noexcept
    : loop_(std::exchange(other.loop_, nullptr)), place_(other.place_) {}

Deferred& Deferred::operator=(Deferred&& other) noexcept {
  std::swap(loop_, other.loop_);
  std::swap(place_, other.place_);
  const Deferred dropped = std::move(other);
  return *this;
}

Loop::Loop() : queues_(new Queues) {}

void Loop::EndQueues::operator()(Queues* queues) const {
  delete queues;
}

Loop& Loop::current() {
  assert(current_loop != nullptr);
  return *current_loop;
}

void Loop::post(Callback call) {
  {
    const std::lock_guard lock(queues_->mutex);
    if (queues_->shut) return;
    queues_->posted.push_back(std::move(call));
  }
  request_wake();
}

std::uint64_t Loop::enqueue(detail::ReadyCall call) {
  const std::uint64_t place = queues_->first_place + queues_->ready.size();
  if (queues_->shut) {
    call.drop();
    return place;
  }
  queues_->ready.push_back(call);
  if (queues_->scopes == 0) request_wake();
  return place;
}

Timer Loop::at(Time when, Callback call) {
  if (queues_->shut) return {};
  const std::uint64_t id = queues_->timers.add(when, std::move(call));
  if (queues_->scopes == 0) rearm();
  return {&queues_->timers, id};
}

void Loop::turn() {
  if (queues_->shut) return;
  const Scope scope(*this);
  queues_->wake_requested = false;
  take_posted();
  const Time time = now();
  if (queues_->armed && *queues_->armed <= time) queues_->armed.reset();
  queues_->timers.fire(time);
}

Loop::Scope::Scope(Loop& loop) : loop_(loop), outer_(std::exchange(current_loop, &loop)) {
  ++loop_.queues_->scopes;
}

Loop::Scope::~Scope() {
  if (loop_.queues_->scopes == 1 && !loop_.queues_->shut) {
    loop_.run_ready();
    loop_.rearm();
  }
  --loop_.queues_->scopes;
  current_loop = outer_;
}

void Loop::shut_down() {
  std::vector<Callback> posted;
  {
    const std::lock_guard lock(queues_->mutex);
    queues_->shut = true;
    posted.swap(queues_->posted);
  }
  while (!queues_->ready.empty()) take_first().drop();
  queues_->timers.clear();
}

void Loop::request_wake() {
  if (!queues_->wake_requested.exchange(true)) wake();
}

void Loop::take_posted() {
  std::vector<Callback> posted;
  {
    const std::lock_guard lock(queues_->mutex);
    posted.swap(queues_->posted);
  }
  for (Callback& call : posted) queues_->ready.push_back(detail::ReadyCall(std::move(call)));
}

detail::ReadyCall Loop::take_first() {
  ++queues_->first_place;
  return queues_->ready.take_front();
}

void Loop::run_ready() {
  for (int calls = 0; calls < calls_per_turn && !queues_->ready.empty(); ++calls) {
    take_first().run();
  }
  if (!queues_->ready.empty()) request_wake();
}

void Loop::rearm() {
  const std::optional<Time> next = queues_->timers.next();
  if (next == queues_->armed) return;
  // A timer taken back may leave the platform's one early: it then finds nothing due and is armed again.
  if (next && queues_->armed && *queues_->armed < *next) return;
  queues_->armed = next;
  arm(next);
}

void Loop::take_back(std::uint64_t place) {
  if (place < queues_->first_place) return;
  const std::uint64_t index = place - queues_->first_place;
  if (index >= queues_->ready.size()) return;
  // What it holds may well come back to this loop as it dies.
  std::exchange(queues_->ready[index], detail::ReadyCall::nothing()).drop();
}

}  // namespace flnet
