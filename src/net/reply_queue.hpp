// SPDX-License-Identifier: MIT OR Apache-2.0
// ReplyQueue: what a node has heard and its application has not taken yet.
#pragma once

#include <flnet/event.hpp>
#include <flnet/network.hpp>

#include <deque>
#include <unordered_map>

namespace flnet::net {

/// Replies in the order they came. Messages are charged to the peer they came from, so that the peer can
/// be slowed down; a list that nobody has taken is replaced by a newer one.
class ReplyQueue {
 public:
  /// False when the message would go above NetworkLimits::receive_bytes: it is not taken.
  bool push_message(const NodeID& from, MessageView message);
  void push(NetReply::Any reply);
  /// The oldest reply, if any.
  std::optional<NetReply::Any> pop();
  /// Nothing more will come.
  void close();
  bool closed() const { return closed_; }
  /// Bytes of messages from `peer` in the queue.
  std::size_t held_bytes(const NodeID& peer) const;
  /// Completes when there is something to pop, or the queue is closed.
  Task<> ready();

 private:
  void wake();

  std::deque<NetReply::Any> replies_;
  std::unordered_map<NodeID, std::size_t> held_;
  std::size_t held_total_ = 0;
  bool closed_ = false;
  Event ready_;
};

}  // namespace flnet::net
