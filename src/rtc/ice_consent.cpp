// SPDX-License-Identifier: MIT OR Apache-2.0
// When consent checks leave and when consent is lost (RFC 7675 §5.1).
#include "rtc/ice_consent.hpp"

#include <algorithm>

namespace flnet::rtc {
namespace {

/// At the RFC's timings there are at most eight within the timeout.
constexpr std::size_t max_unanswered = 16;

}  // namespace

void IceConsent::start(Time granted, Time now, Random& random) {
  unanswered_.clear();
  expires_ = granted + timeout_;
  schedule(now, random);
}

void IceConsent::stop() {
  unanswered_.clear();
  next_check_.reset();
  expires_.reset();
}

void IceConsent::sent(const TransactionId& id, Time now, Random& random) {
  std::erase_if(unanswered_, [&](const Check& check) { return check.sent + timeout_ <= now; });
  if (unanswered_.size() == max_unanswered) unanswered_.pop_front();
  unanswered_.push_back({id, now});
  schedule(now, random);
}

bool IceConsent::contains(const TransactionId& id) const {
  return std::ranges::find(unanswered_, id, &Check::id) != unanswered_.end();
}

std::optional<Duration> IceConsent::answered(const TransactionId& id, Time now) {
  const auto check = std::ranges::find(unanswered_, id, &Check::id);
  if (check == unanswered_.end()) return {};
  const Duration round_trip = now - check->sent;
  unanswered_.erase(check);
  expires_ = now + timeout_;
  return round_trip;
}

std::optional<Time> IceConsent::deadline() const {
  return earliest(next_check_, expires_);
}

/// 0.8 to 1.2 times the interval, so that nodes don't fall into step.
void IceConsent::schedule(Time now, Random& random) {
  const auto shortest = interval_.count() * 4 / 5;
  const auto spread = static_cast<std::uint64_t>(interval_.count() * 2 / 5);
  next_check_ = now + Duration(shortest + static_cast<std::int64_t>(random.below(spread + 1)));
}

}  // namespace flnet::rtc
