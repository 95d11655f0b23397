// SPDX-License-Identifier: MIT OR Apache-2.0
// Linked brokers: translation, rings, and when all of them are settled.
#include <flnet/broker.hpp>
#include <flnet/job_set.hpp>
#include <flnet/run.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>
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

std::optional<std::string> to_word(int number) {
  if (number < 0) return std::nullopt;
  return std::to_string(number);
}
std::optional<int> to_number(const std::string& word) {
  if (word.empty() || word.front() == '-') return std::nullopt;
  return std::stoi(word);
}
std::optional<int> as_it_is(int number) {
  return number;
}

TEST(BrokerLink, a_translated_message_is_consumed) {
  VirtualLoop loop;
  const Broker<int> numbers(loop);
  const Broker<std::string> words(loop);
  Tap<int> number_tap = numbers.tap();
  Tap<std::string> word_tap = words.tap();
  const Registration link = numbers.link(words, to_word, to_number);
  EXPECT_TRUE(numbers.emit(1));
  EXPECT_TRUE(numbers.emit(-1));
  EXPECT_TRUE(words.emit("2"));
  EXPECT_TRUE(words.emit("-2"));
  loop.settle();
  EXPECT_EQ(all_of(number_tap), (Numbers{-1, 2}));
  EXPECT_EQ(all_of(word_tap), (Words{"-2", "1"}));
}

TEST(BrokerLink, keeps_the_order_of_an_emitter) {
  VirtualLoop loop;
  const Broker<int> first(loop), second(loop), third(loop);
  const Registration to_second = first.add_translator(second, as_it_is);
  const Registration to_third = second.add_translator(third, as_it_is);
  Tap<int> tap = third.tap();
  Numbers expected;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(first.emit(i));
    expected.push_back(i);
  }
  loop.settle();
  EXPECT_EQ(all_of(tap), expected);
}

TEST(BrokerLink, a_message_ends_in_a_ring_of_three_before_it_comes_home) {
  VirtualLoop loop;
  const Broker<int> a(loop), b(loop), c(loop);
  Tap<int> at_a = a.tap(), at_b = b.tap(), at_c = c.tap();
  const Registration ab = a.add_translator(b, as_it_is);
  const Registration bc = b.add_translator(c, as_it_is);
  const Registration ca = c.add_translator(a, as_it_is);
  EXPECT_TRUE(a.emit(1));
  EXPECT_TRUE(b.emit(2));
  loop.settle();
  EXPECT_TRUE(loop.idle());
  EXPECT_EQ(all_of(at_a), Numbers{2});
  EXPECT_EQ(all_of(at_b), Numbers{});
  EXPECT_EQ(all_of(at_c), Numbers{1});
}

TEST(BrokerLink, a_ring_with_links_both_ways_goes_round_each_way_once) {
  VirtualLoop loop;
  const Broker<int> a(loop), b(loop), c(loop);
  Tap<int> at_a = a.tap(), at_b = b.tap(), at_c = c.tap();
  const Registration ab = a.link(b, as_it_is, as_it_is);
  const Registration bc = b.link(c, as_it_is, as_it_is);
  const Registration ca = c.link(a, as_it_is, as_it_is);
  EXPECT_TRUE(a.emit(1));
  loop.settle();
  EXPECT_EQ(all_of(at_a), Numbers{});
  EXPECT_EQ(all_of(at_b), Numbers{1});
  EXPECT_EQ(all_of(at_c), Numbers{1});
}

TEST(BrokerLink, a_broker_linked_to_itself_keeps_its_messages) {
  VirtualLoop loop;
  const Broker<int> broker(loop);
  Tap<int> tap = broker.tap();
  const Registration link = broker.link(broker, as_it_is, as_it_is);
  EXPECT_TRUE(broker.emit(1));
  loop.settle();
  EXPECT_EQ(all_of(tap), Numbers{1});
}

struct Echo {
  Words messages(Words given) {
    for (std::string& word : given) word += "0";
    return given;
  }
};

TEST(BrokerLink, a_handler_s_answer_returns_to_where_the_question_came_from) {
  VirtualLoop loop;
  const Broker<int> numbers(loop);
  const Broker<std::string> words(loop);
  Tap<int> tap = numbers.tap();
  const Registration link = numbers.link(words, to_word, to_number);
  const Registration echo = words.add_handler(Echo{});
  EXPECT_TRUE(numbers.emit(4));
  loop.settle();
  EXPECT_EQ(all_of(tap), Numbers{40});
}

TEST(BrokerLink, ends_with_its_registration_or_the_other_broker) {
  VirtualLoop loop;
  const Broker<int> numbers(loop);
  std::optional<Broker<std::string>> words(std::in_place, loop);
  Tap<int> tap = numbers.tap();
  Tap<std::string> there = words->tap();
  Registration link = numbers.link(*words, to_word, to_number);
  EXPECT_TRUE(numbers.emit(1));
  loop.settle();
  link.remove();
  EXPECT_TRUE(numbers.emit(2));
  loop.settle();
  link = numbers.link(*words, to_word, to_number);
  EXPECT_TRUE(numbers.emit(3));
  loop.settle();
  words.reset();
  EXPECT_TRUE(numbers.emit(4));
  loop.settle();
  EXPECT_EQ(all_of(tap), (Numbers{2, 4}));
  EXPECT_EQ(all_of(there), (Words{"1", "3"}));
}

struct Slow {
  Duration takes;
  Numbers& seen;
  Task<Numbers> messages(Numbers given) {
    co_await sleep(takes);
    seen.insert(seen.end(), given.begin(), given.end());
    co_return Numbers{};
  }
};

Task<> note_settled(Task<> settled, std::optional<Duration>& after) {
  const Time start = now();
  co_await std::move(settled);
  after = now() - start;
}

TEST(BrokerLink, settle_waits_for_handlers_of_linked_brokers) {
  VirtualLoop loop;
  const Broker<int> a(loop), b(loop), c(loop);
  const Registration ab = a.link(b, as_it_is, as_it_is);
  const Registration bc = b.link(c, as_it_is, as_it_is);
  Numbers seen;
  const Registration handler = c.add_handler(Slow{3s, seen});
  JobSet jobs(loop);
  std::optional<Duration> at_a, at_c;
  EXPECT_TRUE(a.emit(1));
  jobs.add(note_settled(a.settle(), at_a));
  jobs.add(note_settled(c.settle(), at_c));
  loop.advance(2s);
  EXPECT_TRUE(a.emit(2));
  EXPECT_FALSE(at_a);
  loop.advance(10s);
  EXPECT_EQ(at_a, Duration(6s));
  EXPECT_EQ(at_c, Duration(6s));
  EXPECT_EQ(seen, (Numbers{1, 2}));
}

TEST(BrokerLink, settle_waits_for_brokers_that_only_send_to_this_one) {
  VirtualLoop loop;
  const Broker<int> from(loop), to(loop);
  const Registration link = from.add_translator(to, as_it_is);
  Tap<int> tap = to.tap();
  JobSet jobs(loop);
  std::optional<Duration> settled;
  for (int i = 0; i < 500; ++i) ASSERT_TRUE(from.emit(i));
  jobs.add(note_settled(to.settle(), settled));
  loop.settle();
  EXPECT_TRUE(settled);
  EXPECT_EQ(tap.size(), 500U);
}

TEST(BrokerLink, settle_is_done_at_once_when_there_is_nothing_to_do) {
  VirtualLoop loop;
  const Broker<int> a(loop), b(loop);
  const Registration link = a.link(b, as_it_is, as_it_is);
  Tap<int> unread = b.tap();
  EXPECT_TRUE(a.emit(1));
  loop.settle();
  Task<> settled = a.settle();
  settled.start();
  EXPECT_TRUE(settled.done());
  EXPECT_EQ(unread.size(), 1U);
}

TEST(BrokerLink, settle_ends_with_the_broker) {
  VirtualLoop loop;
  std::optional<Broker<int>> broker(std::in_place, loop);
  Numbers seen;
  const Registration handler = broker->add_handler(Slow{1h, seen});
  JobSet jobs(loop);
  std::optional<Duration> settled;
  EXPECT_TRUE(broker->emit(1));
  jobs.add(note_settled(broker->settle(), settled));
  loop.settle();
  EXPECT_FALSE(settled);
  broker.reset();
  loop.settle();
  EXPECT_TRUE(settled);
}

}  // namespace
}  // namespace flnet
