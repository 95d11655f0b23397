// SPDX-License-Identifier: MIT OR Apache-2.0
// Channel and Event: order, limits, closing, and waiters that die at any time.
#include <flnet/channel.hpp>
#include <flnet/event.hpp>
#include <flnet/job_set.hpp>
#include <flnet/run.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace flnet {
namespace {

using Numbers = std::vector<int>;

Task<> receive_all(Channel<int>& channel, Numbers& into, bool& ended) {
  while (auto value = co_await channel.recv()) into.push_back(*value);
  ended = true;
}

Task<> send_all(Channel<int>& channel, int first, int count, int& failed) {
  for (int i = first; i < first + count; ++i) {
    const Result<> sent = co_await channel.send(i);
    if (!sent) ++failed;
  }
}

TEST(Channel, says_full_and_closed) {
  Channel<int> channel(2);
  EXPECT_TRUE(channel.try_send(1));
  EXPECT_TRUE(channel.try_send(2));
  EXPECT_EQ(channel.try_send(3).error().code, ErrorCode::queue_full);
  channel.close();
  EXPECT_EQ(channel.try_send(3).error().code, ErrorCode::closed);
  EXPECT_EQ(channel.try_recv(), 1);
  EXPECT_EQ(channel.try_recv(), 2);
  EXPECT_EQ(channel.try_recv(), std::nullopt);
}

TEST(Channel, moves_what_cannot_be_copied) {
  Channel<std::unique_ptr<int>> channel(1);
  EXPECT_TRUE(channel.try_send(std::make_unique<int>(7)));
  EXPECT_EQ(**channel.try_recv(), 7);
}

TEST(Channel, keeps_order_through_a_queue_of_one) {
  VirtualLoop loop;
  Channel<int> channel(1);
  JobSet jobs(loop);
  Numbers received;
  bool ended = false;
  int failed = 0;
  jobs.add(receive_all(channel, received, ended));
  jobs.add(send_all(channel, 0, 1000, failed));
  loop.settle();
  ASSERT_EQ(received.size(), 1000U);
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(received[static_cast<std::size_t>(i)], i);
  EXPECT_FALSE(ended);
  channel.close();
  loop.settle();
  EXPECT_TRUE(ended);
}

TEST(Channel, many_senders_and_receivers_lose_nothing) {
  VirtualLoop loop;
  Channel<int> channel(3);
  JobSet jobs(loop);
  Numbers received;
  bool ended = false;
  int failed = 0;
  for (int i = 0; i < 5; ++i) jobs.add(receive_all(channel, received, ended));
  for (int i = 0; i < 7; ++i) jobs.add(send_all(channel, i * 100, 100, failed));
  loop.settle();
  std::ranges::sort(received);
  ASSERT_EQ(received.size(), 700U);
  for (int i = 0; i < 700; ++i) EXPECT_EQ(received[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(failed, 0);
}

TEST(Channel, closing_fails_senders_and_lets_receivers_empty_it) {
  VirtualLoop loop;
  Channel<int> channel(2);
  JobSet jobs(loop);
  int failed = 0;
  jobs.add(send_all(channel, 0, 5, failed));
  loop.settle();
  channel.close();
  loop.settle();
  EXPECT_EQ(failed, 3);
  Numbers received;
  bool ended = false;
  jobs.add(receive_all(channel, received, ended));
  loop.settle();
  EXPECT_EQ(received, (Numbers{0, 1}));
  EXPECT_TRUE(ended);
}

TEST(Channel, a_receiver_that_dies_after_its_wake_up_passes_it_on) {
  VirtualLoop loop;
  Channel<int> channel(8);
  std::optional<JobSet> first(std::in_place, loop);
  JobSet second(loop);
  Numbers received_first, received_second;
  bool ended = false;
  first->add(receive_all(channel, received_first, ended));
  loop.settle();
  second.add(receive_all(channel, received_second, ended));
  loop.settle();
  EXPECT_TRUE(channel.try_send(5));
  first.reset();
  loop.settle();
  EXPECT_TRUE(received_first.empty());
  EXPECT_EQ(received_second, Numbers{5});
}

Task<> receive_one(Channel<int>& channel, std::optional<int>& into, bool& done) {
  into = co_await channel.recv();
  done = true;
}
Task<> send_one(Channel<int>& channel, Result<>& into, bool& done) {
  into = co_await channel.send(2);
  done = true;
}

TEST(Channel, tells_those_who_wait_that_it_died) {
  VirtualLoop loop;
  auto channel = std::make_unique<Channel<int>>(1);
  JobSet jobs(loop);
  bool received = false, sent = false;
  std::optional<int> value = 1;
  Result<> result;
  jobs.add(receive_one(*channel, value, received));
  loop.settle();
  channel.reset();
  loop.settle();
  EXPECT_TRUE(received);
  EXPECT_EQ(value, std::nullopt);

  channel = std::make_unique<Channel<int>>(1);
  EXPECT_TRUE(channel->try_send(1));
  jobs.add(send_one(*channel, result, sent));
  loop.settle();
  channel.reset();
  loop.settle();
  EXPECT_TRUE(sent);
  EXPECT_EQ(result.error().code, ErrorCode::closed);
}

Task<> wait_for(Event& event, std::vector<bool>& results) {
  const bool notified = co_await event.wait();
  results.push_back(notified);
}

TEST(Event, wakes_all_who_wait_and_none_after_a_reset) {
  VirtualLoop loop;
  Event event;
  JobSet jobs(loop);
  std::vector<bool> results;
  jobs.add(wait_for(event, results));
  jobs.add(wait_for(event, results));
  loop.settle();
  event.notify();
  EXPECT_TRUE(results.empty());
  loop.settle();
  EXPECT_EQ(results.size(), 2U);
  jobs.add(wait_for(event, results));
  loop.settle();
  EXPECT_EQ(results.size(), 3U);
  event.reset();
  jobs.add(wait_for(event, results));
  loop.settle();
  EXPECT_EQ(results.size(), 3U);
}

TEST(Event, waiters_learn_that_it_died) {
  VirtualLoop loop;
  std::optional<Event> event(std::in_place);
  JobSet jobs(loop);
  std::vector<bool> results;
  jobs.add(wait_for(*event, results));
  loop.settle();
  event.reset();
  loop.settle();
  EXPECT_EQ(results, std::vector<bool>{false});
}

}  // namespace
}  // namespace flnet
