// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpCongestion: how many bytes may be on their way (RFC 9260 §7.2, with the CUBIC growth of RFC 9438).
#pragma once

#include <flnet/time.hpp>

#include <cstddef>
#include <optional>

namespace flnet::rtc {

/// Knows nothing of TSNs and chunks: it is told of bytes acknowledged, losses and timeouts.
class SctpCongestion {
 public:
  /// `segment` is what one full packet carries; `limit` what the window never needs to exceed.
  SctpCongestion(std::size_t segment, std::size_t limit);

  std::size_t window() const { return window_; }
  std::size_t slow_start_threshold() const { return threshold_; }

  /// `bytes` were newly acknowledged while `was_limited`: only a window that was used up may grow.
  void acknowledged(std::size_t bytes, bool was_limited, Duration round_trip, Time now);
  /// Once per window in which something was lost (RFC 9260 §7.2.3, RFC 9438 §4.6).
  void lost();
  /// The retransmission timer ran out.
  void timed_out();
  /// Nothing was sent for `timeouts` retransmission timeouts: what the window knew of the path has aged.
  void idled(int timeouts);

 private:
  void grow_cubic(std::size_t bytes, Duration round_trip, Time now);
  void start_epoch(Time now);
  void reduce();

  std::size_t segment_;
  std::size_t limit_;
  std::size_t window_;
  std::size_t threshold_;
  double growth_credit_ = 0;   ///< Fractions of bytes the window has yet to grow by.
  double window_max_ = 0;      ///< Where the last loss happened.
  double reno_window_ = 0;     ///< What Reno would have reached since.
  double epoch_origin_ = 0;    ///< Seconds until the cubic curve is back at window_max_.
  std::optional<Time> epoch_;  ///< Start of the current congestion avoidance.
};

}  // namespace flnet::rtc
