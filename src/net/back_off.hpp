// SPDX-License-Identifier: MIT OR Apache-2.0
// BackOff: how long to wait before a lost connection is tried again.
#pragma once

#include "base/random.hpp"

#include <flnet/time.hpp>

#include <algorithm>
#include <cstdint>

namespace flnet::net {

/// Full jitter: uniform in [0, min(longest, first · 2ⁿ)), n counting the attempts that failed in a row. One
/// that was lost before it had lived for `settled_after` counts as failed, too: a server that takes sockets
/// and closes them at once is not asked without end.
class BackOff {
 public:
  static constexpr Duration first = 500ms, longest = 30s, settled_after = 10s;

  Duration next(Duration lived, Random& random) {
    if (lived >= settled_after) failures_ = 0;
    const Duration bound = std::min<Duration>(longest, first * (std::int64_t{1} << failures_));
    failures_ = std::min(failures_ + 1, max_doublings);
    return Duration(static_cast<Duration::rep>(random.below(static_cast<std::uint64_t>(bound.count()))));
  }

 private:
  static constexpr int max_doublings = 6;  // Beyond `longest`.

  int failures_ = 0;
};

}  // namespace flnet::net
