// SPDX-License-Identifier: MIT OR Apache-2.0
// TimerBroker: emits the passing of seconds and minutes to an application's modules.
#pragma once

#include <flnet/broker.hpp>
#include <flnet/loop.hpp>

#include <cstdint>
#include <memory>

namespace flnet {

enum class TimerMessage : std::uint8_t { Second, Minute };

/// Emits `Second` once a second and `Minute` after it once a minute, counted from its making, until it is
/// destroyed. What the loop was too busy for, or the machine asleep, is not made up for: one late
/// `Second`, and one `Minute` if any is due. Ticks that the broker refuses are counted there.
class TimerBroker {
 public:
  explicit TimerBroker(Loop& loop = Loop::current());
  ~TimerBroker();
  TimerBroker(TimerBroker&&) noexcept;
  TimerBroker& operator=(TimerBroker&&) noexcept;

  const Broker<TimerMessage>& broker() const;

 private:
  class Ticks;
  std::unique_ptr<Ticks> ticks_;
};

}  // namespace flnet
