// SPDX-License-Identifier: MIT OR Apache-2.0
// ReplyQueue: order, replaced lists, and what is charged to whom.
#include "net/reply_queue.hpp"

#include <gtest/gtest.h>

namespace flnet::net {
namespace {

const NodeID alice = U256::parse("aa").value();
const NodeID bob = U256::parse("bb").value();

MessageView text(std::string_view content) {
  return {MessageKind::text, as_bytes(content)};
}

TEST(ReplyQueue, keeps_the_order_and_charges_the_sender) {
  ReplyQueue queue;
  EXPECT_TRUE(queue.push_message(alice, text("one")));
  queue.push(NetReply::Connected{bob});
  EXPECT_TRUE(queue.push_message(bob, text("three")));
  EXPECT_EQ(queue.held_bytes(alice), 3U);
  EXPECT_EQ(queue.held_bytes(bob), 5U);

  const auto first = queue.pop();
  EXPECT_EQ(std::get<NetReply::RcvNodeMessage>(*first).message.text(), "one");
  EXPECT_EQ(queue.held_bytes(alice), 0U);
  EXPECT_TRUE(std::holds_alternative<NetReply::Connected>(*queue.pop()));
  EXPECT_EQ(std::get<NetReply::RcvNodeMessage>(*queue.pop()).from, bob);
  EXPECT_FALSE(queue.pop().has_value());
}

TEST(ReplyQueue, replaces_a_list_that_nobody_has_taken) {
  ReplyQueue queue;
  queue.push(NetReply::RcvWSUpdateList{});
  queue.push(NetReply::Connected{bob});
  queue.push(NetReply::RcvWSUpdateList{{NodeInfo{.name = "new", .client = "libc", .public_key = alice}}});
  EXPECT_EQ(std::get<NetReply::RcvWSUpdateList>(*queue.pop()).nodes.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<NetReply::Connected>(*queue.pop()));
  EXPECT_FALSE(queue.pop().has_value());
}

TEST(ReplyQueue, takes_no_more_than_its_limit) {
  ReplyQueue queue;
  const Bytes large(NetworkLimits::max_message_bytes);
  std::size_t taken = 0;
  while (queue.push_message(alice, {MessageKind::binary, large})) ++taken;
  EXPECT_EQ(taken, NetworkLimits::receive_bytes / NetworkLimits::max_message_bytes);
  EXPECT_TRUE(queue.pop().has_value());
  EXPECT_TRUE(queue.push_message(bob, {MessageKind::binary, large}));
}

}  // namespace
}  // namespace flnet::net
