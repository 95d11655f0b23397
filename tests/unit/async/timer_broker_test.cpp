// SPDX-License-Identifier: MIT OR Apache-2.0
// TimerBroker in virtual time: seconds, minutes, and a machine that slept.
#include <flnet/timer_broker.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace flnet {
namespace {

struct Ticks {
  int seconds = 0, minutes = 0;
  friend bool operator==(const Ticks&, const Ticks&) = default;
};

Ticks read(Tap<TimerMessage>& tap) {
  Ticks ticks;
  while (const auto message = tap.try_next()) {
    ++(*message == TimerMessage::Second ? ticks.seconds : ticks.minutes);
  }
  return ticks;
}

TEST(TimerBroker, emits_seconds_and_minutes) {
  VirtualLoop loop;
  const TimerBroker timer(loop);
  Tap<TimerMessage> tap = timer.broker().tap();
  loop.advance(999ms);
  EXPECT_EQ(read(tap), (Ticks{0, 0}));
  loop.advance(1ms);
  EXPECT_EQ(read(tap), (Ticks{1, 0}));
  loop.advance(58s);
  EXPECT_EQ(read(tap), (Ticks{58, 0}));
  loop.advance(1s);
  EXPECT_EQ(tap.try_next(), TimerMessage::Second);
  EXPECT_EQ(tap.try_next(), TimerMessage::Minute);
  loop.advance(10min);
  EXPECT_EQ(read(tap), (Ticks{600, 10}));
}

/// A loop that was away: its time jumps over timers.
class SleepyLoop final : public Loop {
 public:
  ~SleepyLoop() override { shut_down(); }
  Time now() const override { return now_; }
  void jump(Duration duration) {
    now_ += duration;
    for (int i = 0; i < 5; ++i) turn();
  }

 private:
  void wake() override {}
  void arm(std::optional<Time>) override {}
  Time now_{Duration(1'000'000'000)};
};

TEST(TimerBroker, does_not_make_up_for_what_was_slept_through) {
  SleepyLoop loop;
  const TimerBroker timer(loop);
  Tap<TimerMessage> tap = timer.broker().tap();
  loop.jump(1s);
  EXPECT_EQ(read(tap), (Ticks{1, 0}));
  loop.jump(1h + 300ms);
  EXPECT_EQ(read(tap), (Ticks{1, 1}));
  loop.jump(699ms);
  EXPECT_EQ(read(tap), (Ticks{0, 0}));
  loop.jump(1ms);
  EXPECT_EQ(read(tap), (Ticks{1, 0}));
}

TEST(TimerBroker, ends_when_it_is_destroyed_and_may_be_moved) {
  VirtualLoop loop;
  std::optional<TimerBroker> timer(TimerBroker{loop});
  Tap<TimerMessage> tap = timer->broker().tap();
  TimerBroker moved = std::move(*timer);
  timer.reset();
  loop.advance(2s);
  EXPECT_EQ(read(tap), (Ticks{2, 0}));
  moved = TimerBroker(loop);
  loop.advance(2s);
  EXPECT_EQ(read(tap), (Ticks{0, 0}));
}

TEST(TimerBroker, ticks_that_nobody_reads_are_refused_and_counted) {
  VirtualLoop loop;
  const TimerBroker timer(loop);
  const Tap<TimerMessage> tap = timer.broker().tap();
  loop.advance(1h);
  EXPECT_EQ(tap.size(), BrokerLimits{}.messages);
  EXPECT_EQ(timer.broker().counters().refused, 3660 - BrokerLimits{}.messages);
}

}  // namespace
}  // namespace flnet
