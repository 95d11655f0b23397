// SPDX-License-Identifier: MIT OR Apache-2.0
// VirtualLoop: a loop whose time only the test moves.
#pragma once

#include <flnet/loop.hpp>

#include <algorithm>
#include <atomic>
#include <optional>

namespace flnet::test {

class VirtualLoop final : public Loop {
 public:
  ~VirtualLoop() override { shut_down(); }

  Time now() const override { return now_; }

  /// Runs what is due and ready, at the present time, until nothing is left; or that many turns.
  void settle(int max_turns = 1'000'000) {
    while (max_turns-- > 0 && (woken_.exchange(false) || due())) {
      if (due()) armed_.reset();
      turn();
    }
  }
  /// Lets `duration` pass, from timer to timer.
  void advance(Duration duration) {
    const Time end = now_ + duration;
    settle();
    while (armed_ && *armed_ <= end) {
      now_ = std::max(now_, *armed_);
      settle();
    }
    now_ = end;
  }
  bool idle() const { return !woken_ && !armed_; }

 private:
  bool due() const { return armed_ && *armed_ <= now_; }
  void wake() override { woken_ = true; }
  void arm(std::optional<Time> when) override { armed_ = when; }

  Time now_{Duration(1'000'000'000)};
  std::optional<Time> armed_;
  std::atomic<bool> woken_ = false;
};

}  // namespace flnet::test
