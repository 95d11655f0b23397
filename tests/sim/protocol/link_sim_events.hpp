// SPDX-License-Identifier: MIT OR Apache-2.0
// Virtual time for the link simulation: events in their order, and the dice.
#pragma once

#include "base/random.hpp"

#include <flnet/time.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <utility>

namespace flnet::protocol::test {

class LinkSimEvents {
 public:
  explicit LinkSimEvents(std::uint64_t seed) : random_(seed) {}

  Time now() const { return now_; }
  Random& random() { return random_; }
  bool chance(double probability) { return random_.unit() < probability; }
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_.below(bound)); }
  Duration between(Duration low, Duration high) {
    return low + Duration(random_.below(static_cast<std::uint64_t>((high - low).count()) + 1));
  }

  void at(Time time, std::function<void()> what) {
    events_.emplace(std::pair(std::max(time, now_), next_++), std::move(what));
  }
  void after(Duration delay, std::function<void()> what) { at(now_ + delay, std::move(what)); }

  void run_until(Time end) {
    while (!events_.empty() && events_.begin()->first.first <= end) {
      auto event = events_.extract(events_.begin());
      now_ = event.key().first;
      event.mapped()();
    }
    now_ = end;
  }

 private:
  SeededRandom random_;
  Time now_{1h};
  std::uint64_t next_ = 0;
  std::map<std::pair<Time, std::uint64_t>, std::function<void()>> events_;
};

}  // namespace flnet::protocol::test
