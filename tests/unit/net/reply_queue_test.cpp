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
  EXPECT_GE(queue.held_bytes(alice), 3U);
  EXPECT_EQ(queue.held_bytes(bob), queue.held_bytes(alice) + 2);

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
  EXPECT_EQ(taken, NetworkLimits::receive_bytes / NetworkLimits::max_message_bytes - 1);
  EXPECT_TRUE(queue.pop().has_value());
  EXPECT_TRUE(queue.push_message(bob, {MessageKind::binary, large}));
}

TEST(ReplyQueue, takes_no_endless_number_of_empty_messages) {
  ReplyQueue queue;
  std::size_t taken = 0;
  while (taken < NetworkLimits::receive_bytes && queue.push_message(alice, {MessageKind::binary, {}}))
    ++taken;
  EXPECT_LT(taken, NetworkLimits::receive_bytes / 16);
  while (queue.pop()) --taken;
  EXPECT_EQ(taken, 0U);
  EXPECT_EQ(queue.held_bytes(alice), 0U);
}

TEST(ReplyQueue, keeps_the_latest_state_of_each_session) {
  ReplyQueue queue;
  const auto state = [](const NodeID& id, Direction direction, std::uint64_t bytes) {
    NetReply::ConnectionState made{id, direction, {}};
    made.stats.rx_bytes = bytes;
    return made;
  };
  queue.push(state(alice, Direction::Outgoing, 1));
  queue.push(state(alice, Direction::Incoming, 2));
  queue.push(state(bob, Direction::Outgoing, 3));
  queue.push(state(alice, Direction::Outgoing, 4));
  EXPECT_EQ(std::get<NetReply::ConnectionState>(*queue.pop()), state(alice, Direction::Outgoing, 4));
  queue.push(state(alice, Direction::Outgoing, 5));
  EXPECT_EQ(std::get<NetReply::ConnectionState>(*queue.pop()), state(alice, Direction::Incoming, 2));
  EXPECT_EQ(std::get<NetReply::ConnectionState>(*queue.pop()), state(bob, Direction::Outgoing, 3));
  EXPECT_EQ(std::get<NetReply::ConnectionState>(*queue.pop()), state(alice, Direction::Outgoing, 5));
  EXPECT_FALSE(queue.pop().has_value());
}

TEST(ReplyQueue, adds_up_losses_for_the_same_reason) {
  ReplyQueue queue;
  const Error full{ErrorCode::queue_full, "full"}, gone{ErrorCode::unreachable, "gone"};
  queue.push(NetReply::MessagesLost{alice, 1, full});
  queue.push(NetReply::MessagesLost{bob, 1, full});
  queue.push(NetReply::MessagesLost{alice, 2, full});
  queue.push(NetReply::MessagesLost{alice, 4, gone});
  queue.push(NetReply::MessagesLost{alice, 8, gone});
  EXPECT_EQ(std::get<NetReply::MessagesLost>(*queue.pop()), (NetReply::MessagesLost{alice, 3, full}));
  EXPECT_EQ(std::get<NetReply::MessagesLost>(*queue.pop()).peer, bob);
  queue.push(NetReply::MessagesLost{alice, 16, gone});
  EXPECT_EQ(std::get<NetReply::MessagesLost>(*queue.pop()), (NetReply::MessagesLost{alice, 28, gone}));
  EXPECT_FALSE(queue.pop().has_value());
}

}  // namespace
}  // namespace flnet::net
