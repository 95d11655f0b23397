// SPDX-License-Identifier: MIT OR Apache-2.0
// TimerQueue: all timers of a loop in one binary heap.
#pragma once

#include <flnet/time.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace flnet {

/// Adding and cancelling cost O(log n); slots are used again, so that a steady number of timers costs no
/// allocation beyond what their callbacks hold. Timers of the same time fire in the order they were added.
class TimerQueue {
 public:
  using Callback = std::function<void()>;

  /// An id that is never given out again.
  std::uint64_t add(Time when, Callback call);
  /// Ids that fired, or were cancelled, are ignored.
  void cancel(std::uint64_t id);
  /// When the first timer is due.
  std::optional<Time> next() const;
  /// Calls what is due at `now`, but nothing that is added meanwhile: a timer that sets itself for at once
  /// does not keep the loop from its other work.
  void fire(Time now);
  /// Drops all timers.
  void clear();
  std::size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    Time when;
    std::uint64_t order;
    std::uint32_t slot;

    bool before(const Entry& other) const {
      return when != other.when ? when < other.when : order < other.order;
    }
  };
  struct Slot {
    Callback call;
    std::uint32_t uses = 0;   ///< The upper half of the id.
    std::uint32_t place = 0;  ///< In the heap, while used.
    bool used = false;
  };

  std::uint32_t free_slot();
  Callback release(std::uint32_t slot);
  void put(std::size_t place, const Entry& entry);
  void sift_up(std::size_t place, const Entry& entry);
  void sift_down(std::size_t place, const Entry& entry);
  void remove(std::size_t place);

  std::vector<Entry> heap_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t order_ = 0;
  Time fired_until_ = Time::min();
};

}  // namespace flnet
