// SPDX-License-Identifier: MIT OR Apache-2.0
// Broker: who gets a message, in which order, and what handlers answer.
#include <flnet/broker.hpp>
#include <flnet/job_set.hpp>
#include <flnet/run.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace flnet {
namespace {

using Words = std::vector<std::string>;
using Numbers = std::vector<int>;

template <class Message>
std::vector<Message> all_of(Tap<Message>& tap) {
  std::vector<Message> messages;
  while (auto message = tap.try_next()) messages.push_back(std::move(*message));
  return messages;
}

Numbers counted(int first, int count) {
  Numbers numbers;
  for (int i = first; i < first + count; ++i) numbers.push_back(i);
  return numbers;
}

/// Notes what it is given, and answers each number below `below` with ten times that number.
struct TenTimes {
  int below = 10;
  Numbers seen;

  Numbers messages(Numbers given) {
    Numbers answers;
    for (const int number : given) {
      seen.push_back(number);
      if (number < below) answers.push_back(number * 10);
    }
    return answers;
  }
};

/// The same, after a wait for each batch.
struct SlowTenTimes {
  Duration takes = 1s;
  std::vector<Numbers> batches;

  Task<Numbers> messages(Numbers given) {
    batches.push_back(given);
    co_await sleep(takes);
    for (int& number : given) number *= 10;
    co_return given;
  }
};

TEST(Broker, nothing_runs_inside_emit) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  Tap<int> tap = broker.tap();
  Numbers called;
  const Registration callback = broker.add_callback([&](int number) { called.push_back(number); });
  EXPECT_TRUE(broker.emit(1));
  EXPECT_EQ(tap.try_next(), std::nullopt);
  EXPECT_TRUE(called.empty());
  loop.settle();
  EXPECT_EQ(tap.try_next(), 1);
  EXPECT_EQ(tap.try_next(), std::nullopt);
  EXPECT_EQ(called, Numbers{1});
}

TEST(Broker, keeps_the_order_of_an_emitter_at_each_receiver) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  Tap<int> tap = broker.tap();
  TenTimes handler{.below = 0};
  Numbers called;
  const Registration handled = broker.add_handler(std::ref(handler));
  const Registration callback = broker.add_callback([&](int number) { called.push_back(number); });
  for (const int number : counted(0, 1000)) ASSERT_TRUE(broker.emit(number));
  loop.settle();
  EXPECT_EQ(all_of(tap), counted(0, 1000));
  EXPECT_EQ(handler.seen, counted(0, 1000));
  EXPECT_EQ(called, counted(0, 1000));
}

TEST(Broker, taps_come_before_callbacks_and_these_before_handlers) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  Words order;
  std::optional<Tap<int>> tap;
  struct Last {
    Words& order;
    Numbers messages(Numbers) {
      order.emplace_back("handler");
      return {};
    }
  };
  const Registration handler = broker.add_handler(Last{order});
  const Registration callback =
      broker.add_callback([&](int) { order.push_back("callback, tap has " + std::to_string(tap->size())); });
  tap.emplace(broker.tap());
  EXPECT_TRUE(broker.emit(1));
  loop.settle();
  EXPECT_EQ(order, (Words{"callback, tap has 1", "handler"}));
}

TEST(Broker, a_handler_does_not_receive_its_own_answers_but_all_others_do) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  TenTimes first, second;
  Tap<int> tap = broker.tap();
  const Registration handler = broker.add_handler(std::ref(first));
  EXPECT_TRUE(broker.emit(1));
  loop.settle();
  EXPECT_EQ(first.seen, Numbers{1});
  EXPECT_EQ(all_of(tap), (Numbers{1, 10}));

  const Registration other = broker.add_handler(std::ref(second));
  EXPECT_TRUE(broker.emit(2));
  loop.settle();
  EXPECT_EQ(first.seen, (Numbers{1, 2, 20}));
  EXPECT_EQ(second.seen, (Numbers{2, 20}));
  EXPECT_EQ(all_of(tap), (Numbers{2, 20, 20}));
}

TEST(Broker, a_handler_that_waits_holds_up_nobody_else) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  SlowTenTimes slow;
  TenTimes quick{.below = 0};
  const Registration slow_one = broker.add_handler(std::ref(slow));
  const Registration quick_one = broker.add_handler(std::ref(quick));
  EXPECT_TRUE(broker.emit(1));
  loop.settle();
  EXPECT_TRUE(broker.emit(2));
  EXPECT_TRUE(broker.emit(3));
  loop.settle();
  EXPECT_EQ(quick.seen, (Numbers{1, 2, 3}));
  EXPECT_EQ(slow.batches, (std::vector<Numbers>{{1}}));
  loop.advance(1s);
  EXPECT_EQ(quick.seen, (Numbers{1, 2, 3, 10}));
  EXPECT_EQ(slow.batches, (std::vector<Numbers>{{1}, {2, 3}}));
  loop.advance(1s);
  EXPECT_EQ(quick.seen, (Numbers{1, 2, 3, 10, 20, 30}));
}

TEST(Broker, destinations_choose_who_receives) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  const Broker<std::string> other(loop);
  Tap<int> tap = broker.tap();
  Tap<std::string> there = other.tap();
  TenTimes handler{.below = 0};
  const Registration handled = broker.add_handler(std::ref(handler));
  const Registration even = broker.add_translator(other, [](int number) -> std::optional<std::string> {
    if (number % 2 != 0) return std::nullopt;
    return std::to_string(number);
  });
  for (const int number : {1, 2}) EXPECT_TRUE(broker.emit_to(Destination::All, number));
  for (const int number : {11, 12}) EXPECT_TRUE(broker.emit_to(Destination::NoTap, number));
  for (const int number : {21, 22}) EXPECT_TRUE(broker.emit_to(Destination::Handled, number));
  for (const int number : {31, 32}) EXPECT_TRUE(broker.emit_to(Destination::Forwarded, number));
  loop.settle();
  EXPECT_EQ(all_of(tap), (Numbers{1, 21, 22}));
  EXPECT_EQ(handler.seen, (Numbers{1, 11, 21, 22}));
  EXPECT_EQ(all_of(there), (Words{"2", "12", "32"}));
  EXPECT_EQ(broker.counters().unclaimed, 1U);
}

TEST(Broker, subsystems_get_what_is_emitted_after_they_came) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  EXPECT_TRUE(broker.emit(1));
  Tap<int> tap = broker.tap();
  TenTimes handler;
  const Registration handled = broker.add_handler(std::ref(handler));
  EXPECT_TRUE(broker.emit(2));
  loop.settle();
  EXPECT_EQ(all_of(tap), (Numbers{2, 20}));
  EXPECT_EQ(handler.seen, Numbers{2});
}

TEST(Broker, handles_share_one_queue) {
  VirtualLoop loop;
  std::optional<Broker<int>> first(std::in_place, loop);
  const Broker<int> second = *first;
  Tap<int> tap = second.tap();
  EXPECT_TRUE(first->emit(1));
  first.reset();
  EXPECT_TRUE(second.emit(2));
  loop.settle();
  EXPECT_EQ(all_of(tap), (Numbers{1, 2}));
}

Task<> receive_all(Tap<int>& tap, Numbers& into, bool& ended) {
  while (auto message = co_await tap.recv()) into.push_back(*message);
  ended = true;
}

TEST(Broker, a_tap_can_be_awaited_until_the_broker_is_gone) {
  VirtualLoop loop;
  std::optional<Broker<int>> broker(std::in_place, loop);
  Tap<int> tap = broker->tap();
  JobSet jobs(loop);
  Numbers received;
  bool ended = false;
  jobs.add(receive_all(tap, received, ended));
  EXPECT_TRUE(broker->emit(1));
  loop.settle();
  EXPECT_TRUE(broker->emit(2));
  loop.settle();
  EXPECT_EQ(received, (Numbers{1, 2}));
  EXPECT_FALSE(ended);
  broker.reset();
  loop.settle();
  EXPECT_TRUE(ended);
}

struct Add {
  int a, b;
};
struct Sum {
  int value;
};
using Arithmetic = std::variant<Add, Sum>;

struct Calculator {
  std::vector<Arithmetic> messages(std::vector<Arithmetic> given) {
    std::vector<Arithmetic> answers;
    for (const Arithmetic& message : given) {
      if (const auto* add = std::get_if<Add>(&message)) answers.emplace_back(Sum{add->a + add->b});
    }
    return answers;
  }
};

Task<> calculate(int& sum) {
  const Broker<Arithmetic> broker;
  const Registration calculator = broker.add_handler(Calculator{});
  Tap<Arithmetic> tap = broker.tap();
  if (!broker.emit(Add{1, 2})) co_return;
  const std::optional<Arithmetic> asked = co_await tap.recv();
  const std::optional<Arithmetic> answer = co_await tap.recv();
  if (asked && answer) sum = std::get<Sum>(*answer).value;
}

TEST(Broker, the_example_of_its_page_calculates) {
  VirtualLoop loop;
  JobSet jobs(loop);
  int sum = 0;
  jobs.add(calculate(sum));
  loop.settle();
  EXPECT_EQ(sum, 3);
  EXPECT_EQ(jobs.size(), 0U);
}

/// Counts its copies.
struct Precious {
  explicit Precious(int& its_copies) : copies(&its_copies) {}
  Precious(const Precious& other) : copies(other.copies) { ++*copies; }
  Precious(Precious&& other) noexcept = default;
  Precious& operator=(const Precious&) = delete;
  int* copies;
};

TEST(Broker, the_last_reader_gets_the_message_without_a_copy) {
  VirtualLoop loop;
  const Broker<Precious> broker(loop);
  Tap<Precious> first = broker.tap(), second = broker.tap();
  int copies = 0;
  EXPECT_TRUE(broker.emit(Precious(copies)));
  loop.settle();
  EXPECT_TRUE(first.try_next());
  EXPECT_EQ(copies, 1);
  EXPECT_TRUE(second.try_next());
  EXPECT_EQ(copies, 1);
}

}  // namespace
}  // namespace flnet
