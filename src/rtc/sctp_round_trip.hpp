// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpRoundTrip: the smoothed round trip and the retransmission timeout (RFC 9260 §6.3.1, RFC 6298).
#pragma once

#include <flnet/time.hpp>

#include <algorithm>
#include <optional>

namespace flnet::rtc {

class SctpRoundTrip {
 public:
  struct Limits {
    Duration initial, min, max;
  };
  explicit SctpRoundTrip(Limits limits) : limits_(limits), timeout_(limits.initial) {}

  void add_sample(Duration sample) {
    sample = std::max(sample, Duration(0));
    minimum_ = minimum_ ? std::min(*minimum_, sample) : sample;
    if (!smoothed_) {
      smoothed_ = sample;
      variation_ = sample / 2;
    } else {
      const Duration error = sample > *smoothed_ ? sample - *smoothed_ : *smoothed_ - sample;
      variation_ = (variation_ * 3 + error) / 4;
      smoothed_ = (*smoothed_ * 7 + sample) / 8;
    }
    timeout_ = std::clamp(*smoothed_ + 4 * variation_, limits_.min, limits_.max);
  }
  /// After a timeout (RFC 9260 §6.3.3 E2), until the next sample.
  void back_off() { timeout_ = std::min(timeout_ * 2, limits_.max); }

  Duration timeout() const { return timeout_; }
  std::optional<Duration> smoothed() const { return smoothed_; }
  std::optional<Duration> minimum() const { return minimum_; }

 private:
  Limits limits_;
  Duration timeout_;
  Duration variation_{};
  std::optional<Duration> smoothed_;
  std::optional<Duration> minimum_;
};

}  // namespace flnet::rtc
