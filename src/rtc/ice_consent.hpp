// SPDX-License-Identifier: MIT OR Apache-2.0
// IceConsent: asks the peer now and then whether it still wants our traffic (RFC 7675 §5.1).
#pragma once

#include "base/random.hpp"
#include "rtc/stun_message.hpp"

#include <flnet/time.hpp>

#include <deque>
#include <optional>

namespace flnet::rtc {

/// Consent on one path. Each check is a new transaction and is never sent again; only a valid response
/// renews consent, whichever of the checks it answers.
class IceConsent {
 public:
  IceConsent(Duration interval, Duration timeout) : interval_(interval), timeout_(timeout) {}

  /// The path is new, or another one: its last response was at `granted`.
  void start(Time granted, Time now, Random& random);
  void stop();

  bool check_is_due(Time now) const { return next_check_ && *next_check_ <= now; }
  /// The check `id` leaves now.
  void sent(const TransactionId& id, Time now, Random& random);
  bool contains(const TransactionId& id) const;
  /// The round trip, when `id` is a check of ours on this path; consent is renewed then.
  std::optional<Duration> answered(const TransactionId& id, Time now);
  bool is_lost(Time now) const { return expires_ && *expires_ <= now; }
  std::optional<Time> deadline() const;

 private:
  struct Check {
    TransactionId id;
    Time sent;
  };
  void schedule(Time now, Random& random);

  Duration interval_;
  Duration timeout_;
  std::optional<Time> next_check_;
  std::optional<Time> expires_;
  std::deque<Check> unanswered_;  // not older than the timeout, bounded too
};

}  // namespace flnet::rtc
