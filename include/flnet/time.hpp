// SPDX-License-Identifier: MIT OR Apache-2.0
// Time: a clock that cannot be read, so that protocol code must be told what time it is.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace flnet {

/// A span of time in microseconds.
using Duration = std::chrono::duration<std::int64_t, std::micro>;

/// flnet's monotonic clock. It has no now(): a machine that asks for the time does not compile. The event
/// loop reads the system's clock once and hands the result to whom it calls.
struct Clock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<Clock, Duration>;
  static constexpr bool is_steady = true;
};

/// A point on the monotonic clock; only differences mean anything.
using Time = Clock::time_point;

using namespace std::chrono_literals;

/// The earlier of two deadlines, where nothing means never.
inline std::optional<Time> earliest(std::optional<Time> a, std::optional<Time> b) {
  if (!a) return b;
  if (!b) return a;
  return *a < *b ? a : b;
}

}  // namespace flnet
