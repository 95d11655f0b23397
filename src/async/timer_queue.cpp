// SPDX-License-Identifier: MIT OR Apache-2.0
// The heap of TimerQueue, and the slots that tell an old id from a new one.
#include "async/timer_queue.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <utility>

namespace flnet {

std::uint64_t TimerQueue::add(Time when, Callback call) {
  const std::uint32_t slot = free_slot();
  slots_[slot].call = std::move(call);
  slots_[slot].used = true;
  heap_.emplace_back();
  // A time before those that fired last would overtake timers that are due already.
  sift_up(heap_.size() - 1, Entry{std::max(when, fired_until_), order_++, slot});
  return std::uint64_t{slots_[slot].uses} << 32 | slot;
}

void TimerQueue::cancel(std::uint64_t id) {
  const auto slot = static_cast<std::uint32_t>(id);
  if (slot >= slots_.size() || !slots_[slot].used || slots_[slot].uses != id >> 32) return;
  remove(slots_[slot].place);
  // Dies at the end of this function: its destructor may well come back to this queue.
  const Callback call = release(slot);
}

std::optional<Time> TimerQueue::next() const {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}

void TimerQueue::fire(Time now) {
  fired_until_ = std::max(fired_until_, now);
  const std::uint64_t end = order_;
  while (!heap_.empty() && heap_.front().when <= now && heap_.front().order < end) {
    const std::uint32_t slot = heap_.front().slot;
    remove(0);
    release(slot)();
  }
}

void TimerQueue::clear() {
  std::vector<Callback> calls;
  calls.reserve(heap_.size());
  for (const Entry& entry : heap_) calls.push_back(release(entry.slot));
  heap_.clear();
}

std::uint32_t TimerQueue::free_slot() {
  if (free_.empty()) {
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  return slot;
}

TimerQueue::Callback TimerQueue::release(std::uint32_t slot) {
  Slot& freed = slots_[slot];
  freed.used = false;
  // A slot whose numbers are used up is given up: ids never come back.
  if (freed.uses != std::numeric_limits<std::uint32_t>::max()) {
    ++freed.uses;
    free_.push_back(slot);
  }
  return std::exchange(freed.call, {});
}

void TimerQueue::put(std::size_t place, const Entry& entry) {
  heap_[place] = entry;
  slots_[entry.slot].place = static_cast<std::uint32_t>(place);
}

void TimerQueue::sift_up(std::size_t place, const Entry& entry) {
  while (place > 0) {
    const std::size_t parent = (place - 1) / 2;
    if (!entry.before(heap_[parent])) break;
    put(place, heap_[parent]);
    place = parent;
  }
  put(place, entry);
}

void TimerQueue::sift_down(std::size_t place, const Entry& entry) {
  for (;;) {
    std::size_t child = 2 * place + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1].before(heap_[child])) ++child;
    if (!heap_[child].before(entry)) break;
    put(place, heap_[child]);
    place = child;
  }
  put(place, entry);
}

void TimerQueue::remove(std::size_t place) {
  assert(place < heap_.size());
  const Entry last = heap_.back();
  heap_.pop_back();
  if (place == heap_.size()) return;
  if (place > 0 && last.before(heap_[(place - 1) / 2])) {
    sift_up(place, last);
  } else {
    sift_down(place, last);
  }
}

}  // namespace flnet
