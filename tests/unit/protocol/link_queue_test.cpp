// SPDX-License-Identifier: MIT OR Apache-2.0
// LinkQueue and its bounds as Node shows them: can_send, Lost, Writable.
#include "protocol/link_queue.hpp"

#include "support/node_bench.hpp"

#include <gtest/gtest.h>

namespace flnet::protocol::test {
namespace {

Message of_size(std::size_t bytes) {
  return Message::from_binary(Bytes(bytes, 1));
}

NodeLimits small_limits() {
  NodeLimits limits;
  limits.queue_bytes = 100;
  limits.queue_messages = 4;
  limits.max_message_bytes = 30;
  return limits;
}

TEST(LinkQueue, refuses_by_number_by_bytes_and_by_size) {
  const auto limits = small_limits();
  LinkQueue queue(limits);
  EXPECT_EQ(queue.room_for(31).error().code, ErrorCode::too_large);
  for (int i = 0; i < 3; ++i) queue.push(of_size(30));
  EXPECT_EQ(queue.room_for(11).error().code, ErrorCode::queue_full);
  EXPECT_TRUE(queue.room_for(10));
  queue.push(of_size(0));
  EXPECT_EQ(queue.room_for(0).error().code, ErrorCode::queue_full);
}

/// Nobody who was refused may be forgotten: whatever the limits and sizes, a refusal is followed by relief
/// once the queue has emptied, and at relief every message fits.
TEST(LinkQueue, every_refusal_is_followed_by_relief_and_then_any_message_fits) {
  SeededRandom random(1);
  for (int world = 0; world < 2000; ++world) {
    SCOPED_TRACE(world);
    NodeLimits limits;
    limits.queue_bytes = 1 + random.below(200);
    limits.queue_messages = 1 + random.below(8);
    limits.max_message_bytes = 1 + random.below(200);
    LinkQueue queue(limits);
    bool refused = false;
    const std::size_t largest = std::min(limits.max_message_bytes, limits.queue_bytes);
    for (int step = 0; step < 60; ++step) {
      const std::size_t size = random.below(largest + 1);
      if (random.below(2) == 0) {
        if (queue.room_for(size)) {
          queue.push(of_size(size));
        } else {
          refused = true;
        }
      } else if (!queue.empty()) {
        queue.pop();
        if (queue.take_relief()) {
          refused = false;
          ASSERT_TRUE(queue.room_for(largest));
        }
      }
      ASSERT_LE(queue.bytes(), limits.queue_bytes);
      ASSERT_LE(queue.size(), limits.queue_messages);
    }
    queue.clear();
    EXPECT_TRUE(!refused || queue.take_relief());
  }
}

TEST(LinkQueue, a_node_says_writable_after_queue_full) {
  NodeBench bench(small_limits());
  const auto session = bench.open_to_larger();
  bench.give(NodeInput::SessionBlocked{session});
  for (int i = 0; i < 4; ++i) bench.give(NodeInput::Send{bench.larger, of_size(20)});
  EXPECT_EQ(bench.node.can_send(bench.larger, MessageKind::text, 1).error().code, ErrorCode::queue_full);
  bench.give(NodeInput::Send{bench.larger, of_size(20)});
  EXPECT_EQ(bench.only<NodeOutput::Lost>().count, 1U) << "who doesn't ask before loses it";
  bench.give(NodeInput::SessionWritable{session});
  EXPECT_EQ(bench.count<NodeOutput::SendOn>(), 4U);
  EXPECT_EQ(bench.only<NodeOutput::Writable>().peer, bench.larger);
  EXPECT_TRUE(bench.node.can_send(bench.larger, MessageKind::text, 30));
}

TEST(LinkQueue, who_waits_for_room_is_told_when_the_queue_is_lost) {
  NodeBench bench(small_limits());
  for (int i = 0; i < 4; ++i) bench.give(NodeInput::Send{bench.larger, of_size(20)});
  ASSERT_FALSE(bench.node.can_send(bench.larger, MessageKind::text, 20));
  bench.give(NodeInput::Disconnect{bench.larger});
  EXPECT_EQ(bench.only<NodeOutput::Lost>().count, 4U);
  EXPECT_EQ(bench.count<NodeOutput::Writable>(), 1U);
}

}  // namespace
}  // namespace flnet::protocol::test
