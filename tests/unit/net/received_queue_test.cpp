// SPDX-License-Identifier: MIT OR Apache-2.0
// ReceivedQueue: order, limit, and what the session is told.
#include "net/received_queue.hpp"

#include <flnet/peer_connection.hpp>

#include <gtest/gtest.h>

namespace flnet::net {
namespace {

constexpr std::size_t overhead = PeerConnectionLimits::message_overhead_bytes;

bool push(ReceivedQueue& queue, std::size_t bytes) {
  const Bytes content(bytes);
  return queue.push({MessageKind::binary, content});
}

TEST(ReceivedQueue, keeps_order_kind_and_bytes) {
  const auto held = std::make_shared<HeldBytes>();
  ReceivedQueue queue(held);
  EXPECT_TRUE(queue.push({MessageKind::text, as_bytes("one")}));
  EXPECT_TRUE(push(queue, 2));
  EXPECT_EQ(held->held(), 5 + 2 * overhead);
  EXPECT_EQ(queue.pop(), Message::from_text("one"));
  EXPECT_EQ(queue.pop(), Message::from_binary({0, 0}));
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_EQ(held->held(), 0U);
}

TEST(ReceivedQueue, takes_no_more_than_its_limit_and_then_more_when_some_was_taken) {
  const auto held = std::make_shared<HeldBytes>();
  ReceivedQueue queue(held);
  const std::size_t large = PeerConnectionLimits::receive_bytes / 4 - overhead;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(push(queue, large));
  EXPECT_FALSE(push(queue, 0));
  EXPECT_TRUE(queue.pop().has_value());
  EXPECT_TRUE(push(queue, large));
}

TEST(ReceivedQueue, bounds_empty_messages_too) {
  const auto held = std::make_shared<HeldBytes>();
  ReceivedQueue queue(held);
  std::size_t taken = 0;
  while (push(queue, 0)) ++taken;
  EXPECT_EQ(taken, PeerConnectionLimits::receive_bytes / overhead);
}

TEST(ReceivedQueue, tells_large_changes_and_the_end_of_a_told_one) {
  const auto held = std::make_shared<HeldBytes>();
  ReceivedQueue queue(held);
  EXPECT_TRUE(push(queue, 1000));
  EXPECT_EQ(held->news(), std::nullopt);
  EXPECT_TRUE(push(queue, 200 * 1024));
  EXPECT_EQ(held->news(), held->held());
  EXPECT_EQ(held->news(), std::nullopt);
  EXPECT_TRUE(queue.pop().has_value());
  EXPECT_EQ(held->news(), std::nullopt);
  EXPECT_TRUE(queue.pop().has_value());
  EXPECT_EQ(held->news(), 0U);
}

TEST(ReceivedQueue, says_nothing_of_small_messages_that_come_and_go) {
  const auto held = std::make_shared<HeldBytes>();
  ReceivedQueue queue(held);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(push(queue, 1000));
    EXPECT_EQ(held->news(), std::nullopt);
    EXPECT_TRUE(queue.pop().has_value());
    EXPECT_EQ(held->news(), std::nullopt);
  }
}

}  // namespace
}  // namespace flnet::net
