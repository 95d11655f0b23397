// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpLimit: when a message is given up (RFC 7496 §4), in eight bytes that every queued message can carry.
#pragma once

#include "rtc/sctp_association.hpp"

#include <algorithm>

namespace flnet::rtc {

struct SctpLimit {
  using Kind = SctpDelivery::Limit;
  /// Twelve days. Longer lives are as long as this one, so that the clock's wrapping milliseconds can be
  /// compared.
  static constexpr std::uint32_t longest_lifetime_ms = 1U << 30;

  Kind kind = Kind::none;
  std::uint32_t value = 0;  ///< Retransmissions, or the last millisecond of the clock.

  static SctpLimit of(const SctpDelivery& delivery, Time accepted) {
    if (delivery.limit != Kind::lifetime) return {delivery.limit, delivery.value};
    return {Kind::lifetime, milliseconds(accepted) + std::min(delivery.value, longest_lifetime_ms)};
  }

  bool expired(Time now) const {
    return kind == Kind::lifetime && static_cast<std::int32_t>(value - milliseconds(now)) < 0;
  }
  /// The first moment at which a lifetime has expired; `now` says where the clock stands.
  Time expiry(Time now) const {
    const auto rest = static_cast<std::int32_t>(value - milliseconds(now));
    return now - now.time_since_epoch() % std::chrono::milliseconds(1) + std::chrono::milliseconds(rest) +
           1ms;
  }
  /// True when what was sent again `retransmissions` times may be sent once more.
  bool allows_retransmission(std::uint32_t retransmissions, Time now) const {
    return kind == Kind::retransmissions ? retransmissions < value : !expired(now);
  }

  static std::uint32_t milliseconds(Time at) {
    return static_cast<std::uint32_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count());
  }
};

}  // namespace flnet::rtc
