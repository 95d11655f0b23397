// SPDX-License-Identifier: MIT OR Apache-2.0
// Broker: what happens when nobody reads, and that memory stays flat.
#include <flnet/broker.hpp>
#include <flnet/job_set.hpp>
#include <flnet/log.hpp>
#include <flnet/run.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace flnet {
namespace {

using Numbers = std::vector<int>;

std::optional<int> as_it_is(int number) {
  return number;
}

/// A message that counts how many of its kind there are.
struct Counted {
  Counted(int its_number, int& all) : number(its_number), alive(&all) { ++*alive; }
  Counted(const Counted& other) : number(other.number), alive(other.alive) { ++*alive; }
  Counted& operator=(const Counted&) = delete;
  ~Counted() { --*alive; }
  int number;
  int* alive;
};

TEST(BrokerLimit, emit_says_queue_full_until_somebody_has_read) {
  VirtualLoop loop;
  const Broker<int> broker(loop, {.messages = 3, .with_answers = 3});
  Tap<int> tap = broker.tap();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(broker.emit(i));
  EXPECT_EQ(broker.emit(3).error().code, ErrorCode::queue_full);
  loop.settle();
  EXPECT_EQ(broker.emit(3).error().code, ErrorCode::queue_full);
  EXPECT_EQ(broker.unread(), 3U);
  EXPECT_EQ(tap.try_next(), 0);
  EXPECT_TRUE(broker.emit(4));
  EXPECT_EQ(broker.emit(5).error().code, ErrorCode::queue_full);
  EXPECT_EQ(broker.counters().refused, 3U);
}

TEST(BrokerLimit, destroying_a_tap_makes_room_for_what_it_had_not_read) {
  VirtualLoop loop;
  const Broker<int> broker(loop, {.messages = 2, .with_answers = 2});
  std::optional<Tap<int>> tap(broker.tap());
  EXPECT_TRUE(broker.emit(1));
  EXPECT_TRUE(broker.emit(2));
  loop.settle();
  EXPECT_FALSE(broker.emit(3));
  tap.reset();
  EXPECT_EQ(broker.unread(), 0U);
  EXPECT_TRUE(broker.emit(3));
}

Task<> send_all(const Broker<int>& broker, int first, int count, int& failed) {
  for (int i = first; i < first + count; ++i) {
    const Result<> sent = co_await broker.send(i);
    if (!sent) ++failed;
  }
}

Task<> read_slowly(Tap<int>& tap, Numbers& into) {
  while (auto number = co_await tap.recv()) {
    into.push_back(*number);
    co_await sleep(1ms);
  }
}

TEST(BrokerLimit, send_waits_for_a_slow_tap_and_loses_nothing) {
  VirtualLoop loop;
  const Broker<int> broker(loop, {.messages = 4, .with_answers = 4});
  Tap<int> tap = broker.tap();
  JobSet jobs(loop);
  Numbers read;
  int failed = 0;
  jobs.add(send_all(broker, 0, 500, failed));
  jobs.add(send_all(broker, 1000, 500, failed));
  jobs.add(read_slowly(tap, read));
  for (int i = 0; i < 2000; ++i) {
    loop.advance(1ms);
    ASSERT_LE(broker.unread(), 4U);
  }
  EXPECT_EQ(failed, 0);
  ASSERT_EQ(read.size(), 1000U);
  const auto later =
      std::stable_partition(read.begin(), read.end(), [](int number) { return number < 1000; });
  EXPECT_EQ(std::distance(read.begin(), later), 500);
  EXPECT_TRUE(std::is_sorted(read.begin(), read.end()));
}

TEST(BrokerLimit, a_slow_tap_three_brokers_away_holds_up_the_emitter_and_memory_stays_flat) {
  VirtualLoop loop;
  const Broker<Counted> a(loop, {.messages = 8, .with_answers = 64}), b(loop), c(loop);
  const auto same = [](const Counted& counted) { return std::optional<Counted>(counted); };
  const Registration ab = a.link(b, same, same);
  const Registration bc = b.link(c, same, same);
  Tap<Counted> tap = c.tap();
  int alive = 0, most = 0, accepted = 0, expected = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (a.emit(Counted(accepted, alive))) ++accepted;
    loop.settle();
    most = std::max(most, alive);
    if (i % 10 != 0) continue;
    const std::optional<Counted> next = tap.try_next();
    ASSERT_TRUE(next);
    EXPECT_EQ(next->number, expected++);
  }
  EXPECT_EQ(accepted, expected + 8 - 1 + 1);
  EXPECT_LE(most, 8 + 2);
  EXPECT_EQ(a.counters().refused, static_cast<std::uint64_t>(10'000 - accepted));
}

struct Stuck {
  Task<Numbers> messages(Numbers given) {
    co_await sleep(1h);
    co_return given;
  }
};

TEST(BrokerLimit, a_handler_that_never_finishes_holds_up_the_emitter) {
  VirtualLoop loop;
  const Broker<int> broker(loop, {.messages = 10, .with_answers = 10});
  Registration handler = broker.add_handler(Stuck{});
  int accepted = 0;
  for (int i = 0; i < 100; ++i) {
    if (broker.emit(i)) ++accepted;
    loop.settle();
  }
  EXPECT_EQ(accepted, 10);
  handler.remove();
  EXPECT_EQ(broker.unread(), 0U);
}

/// Answers each message `times` times.
struct Parrot {
  int times;
  std::size_t heard = 0;
  Numbers messages(Numbers given) {
    heard += given.size();
    Numbers answers;
    for (const int number : given) answers.insert(answers.end(), static_cast<std::size_t>(times), number);
    return answers;
  }
};

TEST(BrokerLimit, answers_find_room_when_emitters_do_not) {
  VirtualLoop loop;
  const Broker<int> broker(loop, {.messages = 10, .with_answers = 100});
  Tap<int> tap = broker.tap();
  const Registration parrot = broker.add_handler(Parrot{.times = 3});
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(broker.emit(i));
  EXPECT_FALSE(broker.emit(10));
  loop.settle();
  EXPECT_EQ(tap.size(), 40U);
  EXPECT_EQ(broker.counters().overrun, 0U);
}

TEST(BrokerLimit, answers_to_questions_of_another_broker_hold_up_who_asked) {
  VirtualLoop loop;
  const Broker<int> asks(loop, {.messages = 20, .with_answers = 100}), answers(loop);
  const Registration link = asks.link(
      answers, [](int number) { return number > 0 ? std::optional(number) : std::nullopt; },
      [](int number) { return std::optional(-number); });
  const Registration echo = answers.add_handler(Parrot{.times = 1});
  Tap<int> tap = asks.tap();
  int accepted = 0;
  for (int i = 1; i <= 1000; ++i) {
    if (asks.emit(i)) ++accepted;
    loop.settle();
  }
  EXPECT_EQ(accepted, 20);
  EXPECT_EQ(tap.size(), 20U);
  EXPECT_EQ(tap.try_next(), -1);
  EXPECT_TRUE(asks.emit(1));
}

TEST(BrokerLimit, handlers_that_answer_each_other_twice_reach_a_limit_and_are_counted) {
  VirtualLoop loop;
  Numbers lines;
  log::set_sink([&](log::Level, std::string_view, std::string_view) { lines.push_back(1); });
  {
    const Broker<int> broker(loop, {.messages = 10, .with_answers = 50});
    Parrot one{.times = 2}, two{.times = 2};
    const Registration first = broker.add_handler(std::ref(one)), second = broker.add_handler(std::ref(two));
    EXPECT_TRUE(broker.emit(1));
    loop.settle(1);
    EXPECT_LE(broker.unread(), 50U);
    EXPECT_GT(broker.counters().overrun, 0U);
    EXPECT_EQ(broker.emit(2).error().code, ErrorCode::queue_full);
  }
  log::set_sink({});
  EXPECT_EQ(lines.size(), 1U);
}

TEST(BrokerLimit, two_full_brokers_that_send_to_each_other_do_not_block) {
  VirtualLoop loop;
  const BrokerLimits small{.messages = 5, .with_answers = 50};
  const Broker<int> a(loop, small), b(loop, small);
  const Registration link = a.link(b, as_it_is, as_it_is);
  Tap<int> at_a = a.tap(), at_b = b.tap();
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(a.emit(i));
    EXPECT_TRUE(b.emit(i));
  }
  EXPECT_FALSE(a.emit(5));
  loop.settle();
  EXPECT_EQ(at_a.size(), 5U);
  EXPECT_EQ(at_b.size(), 5U);
}

TEST(BrokerLimit, a_waiting_send_is_told_that_the_broker_is_gone) {
  VirtualLoop loop;
  std::optional<Broker<int>> broker(std::in_place, loop, BrokerLimits{.messages = 1, .with_answers = 1});
  Tap<int> tap = broker->tap();
  JobSet jobs(loop);
  int failed = 0;
  struct Sender {
    static Task<> send_on(Task<Result<>> first, Task<Result<>> second, int& failures) {
      if (!co_await std::move(first)) ++failures;
      if (const Result<> sent = co_await std::move(second); !sent && sent.error().code == ErrorCode::closed) {
        ++failures;
      }
    }
  };
  jobs.add(Sender::send_on(broker->send(1), broker->send(2), failed));
  loop.settle();
  EXPECT_EQ(failed, 0);
  broker.reset();
  loop.settle();
  EXPECT_EQ(failed, 1);
  EXPECT_EQ(jobs.size(), 0U);
  EXPECT_EQ(tap.try_next(), 1);
}

}  // namespace
}  // namespace flnet
