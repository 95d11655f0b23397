// SPDX-License-Identifier: MIT OR Apache-2.0
// The small words of brokers: destinations, limits, counters, and the handle that takes a subsystem back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace flnet {

/// Who gets a message, at the broker where it is emitted. A translated message arrives as `All`.
enum class Destination {
  All,        ///< Translators; what nobody translates goes to taps, callbacks and handlers.
  NoTap,      ///< The same without the taps: what a test emits does not come back in its own tap.
  Handled,    ///< Taps, callbacks and handlers of this broker only; nothing is translated.
  Forwarded,  ///< Translators only; what nobody translates is counted as `unclaimed`.
};

/// What a broker holds at most.
struct BrokerLimits {
  /// Messages emitted here that somebody has still to read or to handle, here or at linked brokers, with
  /// the answers and translations they led to. From there on `emit` answers queue_full and `send` waits.
  std::size_t messages = 1024;
  /// Answers and translations are taken beyond `messages`, so that handlers never wait for each other,
  /// but not beyond this: handlers that answer each other with more and more lose the surplus, counted
  /// as `overrun`.
  std::size_t with_answers = 16 * 1024;
};

/// What did not go its usual way, since the broker was made.
struct BrokerCounters {
  std::uint64_t refused = 0;    ///< `emit` answered queue_full.
  std::uint64_t unclaimed = 0;  ///< Emitted to `Forwarded`, and no translator wanted it.
  std::uint64_t overrun = 0;    ///< Answers and translations lost at BrokerLimits::with_answers.
};

/// Identifies a broker in this process; never given out again.
enum class BrokerID : std::uint64_t {};

namespace detail {
/// A handler, tap, callback or translator, as its handle sees it.
class BrokerSubsystem {
 public:
  virtual ~BrokerSubsystem() = default;
  virtual void remove() = 0;
  virtual void remove_soon() = 0;
};
}  // namespace detail

/// A subsystem's place in its broker: destroying it takes the subsystem back and frees what it holds. The
/// broker may be gone by then. From within its own function, or the part of its `messages` before the first
/// wait, what it holds is freed when that returns or waits; later parts of a coroutine call `remove_soon`
/// instead, because they would free the frame that they run in.
class [[nodiscard]] Registration {
 public:
  Registration() = default;
  explicit Registration(std::shared_ptr<detail::BrokerSubsystem> subsystem)
      : subsystem_(std::move(subsystem)) {}
  ~Registration() { remove(); }
  Registration(Registration&&) noexcept = default;
  Registration& operator=(Registration&& other) noexcept {
    std::swap(subsystem_, other.subsystem_);
    other.remove();
    return *this;
  }

  /// Nothing is delivered from now on; a coroutine under way is cancelled.
  void remove() {
    if (const auto subsystem = std::exchange(subsystem_, nullptr)) subsystem->remove();
  }
  /// Nothing is delivered from now on; the rest happens after the present callback of the loop.
  void remove_soon() {
    if (const auto subsystem = std::exchange(subsystem_, nullptr)) subsystem->remove_soon();
  }
  explicit operator bool() const { return subsystem_ != nullptr; }

 private:
  // Shared with the broker, which lets go when the subsystem is removed.
  std::shared_ptr<detail::BrokerSubsystem> subsystem_;
};

}  // namespace flnet
