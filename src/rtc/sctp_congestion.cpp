// SPDX-License-Identifier: MIT OR Apache-2.0
// Slow start counted in bytes, CUBIC congestion avoidance.
#include "rtc/sctp_congestion.hpp"

#include <algorithm>
#include <cmath>

namespace flnet::rtc {

namespace {

constexpr std::size_t initial_segments = 10;  // RFC 6928 instead of RFC 9260 §7.2.1's 4404 bytes
constexpr std::size_t min_segments = 4;       // RFC 9260 §7.2.3
constexpr double cubic_c = 0.4;               // RFC 9438 §5
constexpr double cubic_beta = 0.7;            // RFC 9438 §4.6
constexpr double reno_alpha = 3 * (1 - cubic_beta) / (1 + cubic_beta);  // RFC 9438 §4.3

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace

SctpCongestion::SctpCongestion(std::size_t segment, std::size_t limit)
    : segment_(segment),
      limit_(std::max(limit, segment * initial_segments)),
      window_(segment * initial_segments),
      threshold_(limit_) {}

void SctpCongestion::acknowledged(std::size_t bytes, bool was_limited, Duration round_trip, Time now) {
  if (!was_limited) return;
  if (window_ < threshold_) {
    // All of the bytes count, as one SACK may stand for a whole batch of packets (RFC 9260 §7.2.1 would
    // allow one packet a SACK); bursts are bounded where packets are sent.
    window_ = std::min(window_ + bytes, limit_);
    return;
  }
  grow_cubic(bytes, round_trip, now);
}

void SctpCongestion::grow_cubic(std::size_t bytes, Duration round_trip, Time now) {
  if (!epoch_) start_epoch(now);
  const auto segment = static_cast<double>(segment_);
  const auto window = static_cast<double>(window_);
  const double t = seconds(now - *epoch_ + round_trip) - epoch_origin_;
  const double cubic = cubic_c * t * t * t * segment + window_max_;
  const double alpha = reno_window_ < window_max_ ? reno_alpha : 1.0;
  reno_window_ += alpha * segment * static_cast<double>(bytes) / window;
  // RFC 9438 §4.2: the target is at most half a window away, and Reno's window is the least.
  const double target = std::clamp(std::max(cubic, reno_window_), window, window * 1.5);
  growth_credit_ += (target - window) * static_cast<double>(bytes) / window;
  const auto growth = static_cast<std::size_t>(growth_credit_);
  growth_credit_ -= static_cast<double>(growth);
  window_ = std::min(window_ + growth, limit_);
}

void SctpCongestion::start_epoch(Time now) {
  epoch_ = now;
  const auto window = static_cast<double>(window_);
  reno_window_ = window;
  window_max_ = std::max(window_max_, window);
  epoch_origin_ = std::cbrt((window_max_ - window) / (cubic_c * static_cast<double>(segment_)));
}

void SctpCongestion::reduce() {
  const auto window = static_cast<double>(window_);
  // Fast convergence (RFC 9438 §4.7): a loss below the last maximum means that others need room.
  window_max_ = window < window_max_ ? window * (1 + cubic_beta) / 2 : window;
  threshold_ = std::max(static_cast<std::size_t>(window * cubic_beta), segment_ * min_segments);
  epoch_.reset();
  growth_credit_ = 0;
}

void SctpCongestion::lost() {
  reduce();
  window_ = threshold_;
}

void SctpCongestion::timed_out() {
  reduce();
  window_ = segment_;
}

void SctpCongestion::idled(int timeouts) {
  const std::size_t floor = std::min(window_, segment_ * initial_segments);
  if (window_ > floor) threshold_ = std::max(threshold_, window_ - window_ / 4);
  for (; timeouts > 0 && window_ > floor; --timeouts) window_ /= 2;
  window_ = std::max(window_, floor);
  epoch_.reset();
}

}  // namespace flnet::rtc
