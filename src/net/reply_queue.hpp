// SPDX-License-Identifier: MIT OR Apache-2.0
// ReplyQueue: what a node has heard and its application has not taken yet.
#pragma once

#include "base/id_map.hpp"

#include <flnet/event.hpp>
#include <flnet/network.hpp>
#include <flnet/ring.hpp>

#include <array>
#include <cstdint>

namespace flnet::net {

/// Replies in the order they came. Messages are charged to the peer they came from, so that the peer can be
/// slowed down. What nobody has taken yet is replaced by a newer list, or a newer state of the same session,
/// and losses for the same reason are added up: what can come often does not make the queue grow.
class ReplyQueue {
 public:
  /// False when the message would go above NetworkLimits::receive_bytes: it is not taken.
  bool push_message(const NodeID& from, MessageView message);
  void push(NetReply::RcvWSUpdateList list);
  void push(NetReply::ConnectionState state);
  void push(NetReply::MessagesLost lost);
  void push(NetReply::Connected connected) { append(connected); }
  void push(NetReply::Disconnected disconnected) { append(std::move(disconnected)); }
  /// The oldest reply, if any.
  std::optional<NetReply::Any> pop();
  /// Nothing more will come.
  void close();
  bool closed() const { return closed_; }
  /// What messages from `peer` in the queue cost: their bytes, and a little for each.
  std::size_t held_bytes(const NodeID& peer) const;
  /// Completes when there is something to pop, or the queue is closed.
  Task<> ready();
  /// Completes when messages fill at most half of the queue, or it is closed.
  Task<> room();

 private:
  /// The number of a reply, counted from 1 over all that ever came; 0 is none.
  using Place = std::uint64_t;

  bool roomy() const { return held_total_ <= NetworkLimits::receive_bytes / 2; }
  Place append(NetReply::Any reply);
  void release(const NetReply::RcvNodeMessage& received);
  /// What stands there, if it has not been taken and is of that kind.
  template <class Reply>
  Reply* waiting_at(Place place) {
    return place < first_ ? nullptr : std::get_if<Reply>(&replies_[place - first_]);
  }

  Ring<NetReply::Any> replies_;
  Place first_ = 1;                             ///< Of the oldest that is waiting.
  Place list_ = 0;                              ///< The last place that was given to a list.
  std::array<IdMap<NodeID, Place>, 2> states_;  ///< By direction.
  IdMap<NodeID, Place> losses_;                 ///< The last one of each peer.
  IdMap<NodeID, std::size_t> held_;
  std::size_t held_total_ = 0;
  bool closed_ = false;
  Event ready_, room_;
};

}  // namespace flnet::net
