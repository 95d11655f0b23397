// SPDX-License-Identifier: MIT OR Apache-2.0
// SendQueues: messages that brokers' users have sent, one queue a peer, because a handler must not wait.
#pragma once

#include "base/id_map.hpp"
#include "net/peer_traffic.hpp"

#include <flnet/job_set.hpp>
#include <flnet/ring.hpp>

#include <cstddef>

namespace flnet::net {

/// A peer that is slower than its sender fills its queue; what has no room there is told as MessagesLost.
class SendQueues {
 public:
  static constexpr std::size_t max_messages = 1024;          ///< A peer.
  static constexpr std::size_t max_bytes = 4 * 1024 * 1024;  ///< A peer.

  /// `traffic` must outlive it.
  SendQueues(Loop& loop, PeerTraffic& traffic) : traffic_(traffic), jobs_(loop) {}

  void send(const NodeID& to, Message message);
  bool empty() const { return queues_.empty(); }

 private:
  struct Queue {
    Ring<Message> messages;
    std::size_t bytes = 0;
  };
  static Task<> drain(SendQueues& self, NodeID to);
  void lose(const NodeID& to, Error reason) {
    traffic_.tell(NetReply::MessagesLost{to, 1, std::move(reason)});
  }

  PeerTraffic& traffic_;
  IdMap<NodeID, Queue> queues_;
  JobSet jobs_;  // Last: its tasks use everything above.
};

}  // namespace flnet::net
