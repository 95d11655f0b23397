// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerFeed: nothing before it is opened, nothing lost, nothing above the limit.
#include "net/broker_feed.hpp"

#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <vector>

namespace flnet::net {
namespace {

class BrokerFeedTest : public ::testing::Test {
 protected:
  static constexpr std::size_t limit = 1000;

  std::vector<int> read_all() {
    std::vector<int> numbers;
    loop.settle();
    while (const auto number = tap.try_next()) {
      numbers.push_back(*number);
      loop.settle();
    }
    return numbers;
  }

  VirtualLoop loop;
  Broker<int> broker{loop, {.messages = 3, .with_answers = 10}};
  Tap<int> tap = broker.tap();
  BrokerFeed<int> feed{broker, loop, limit};
};

TEST_F(BrokerFeedTest, emits_nothing_before_it_is_opened) {
  EXPECT_TRUE(feed.push(1, 0));
  loop.settle();
  EXPECT_EQ(tap.size(), 0U);
  feed.open();
  EXPECT_EQ(read_all(), std::vector<int>{1});
}

TEST_F(BrokerFeedTest, waits_while_the_broker_is_full_and_keeps_the_order) {
  feed.open();
  std::vector<int> all;
  for (int i = 0; i < 10; ++i) {
    feed.push_always(i);
    all.push_back(i);
  }
  loop.settle();
  EXPECT_EQ(tap.size(), 3U);
  EXPECT_FALSE(feed.empty());
  EXPECT_EQ(read_all(), all);
  EXPECT_TRUE(feed.empty());
}

TEST_F(BrokerFeedTest, refuses_what_goes_above_its_limit_until_some_is_passed_on) {
  EXPECT_TRUE(feed.push(1, limit / 2));
  EXPECT_FALSE(feed.push(2, limit / 2));
  feed.push_always(3);
  feed.open();
  EXPECT_EQ(read_all(), (std::vector<int>{1, 3}));
  EXPECT_TRUE(feed.push(4, limit / 2));
  EXPECT_EQ(read_all(), std::vector<int>{4});
}

TEST_F(BrokerFeedTest, bounds_messages_without_bytes) {
  int taken = 0;
  while (feed.push(taken, 0)) ++taken;
  EXPECT_GT(taken, 0);
  EXPECT_LT(taken, 100);
}

TEST_F(BrokerFeedTest, may_be_destroyed_while_it_waits) {
  {
    BrokerFeed<int> short_lived(broker, loop, limit);
    short_lived.open();
    for (int i = 0; i < 5; ++i) short_lived.push_always(i);
    loop.settle();
  }
  EXPECT_EQ(read_all(), (std::vector<int>{0, 1, 2}));
}

}  // namespace
}  // namespace flnet::net
