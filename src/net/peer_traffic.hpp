// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerTraffic: what goes to and comes from a node's peers: who sends waits for room, what came waits to be
// taken.
#pragma once

#include "base/id_map.hpp"
#include "net/links.hpp"
#include "net/reply_queue.hpp"

#include <flnet/event.hpp>
#include <flnet/loop.hpp>
#include <flnet/message.hpp>
#include <flnet/network_message.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace flnet::net {

class PeerTraffic final : private LinksSink {
 public:
  /// `carry_setup` brings a set-up to the peer by signalling.
  PeerTraffic(Loop& loop, const NodeID& self, Random& random, const MakeLinks& make_links,
              std::function<void(PeerInfo)> carry_setup);

  Links& links() { return *links_; }
  const Links& links() const { return *links_; }

  Result<> try_send(const NodeID& to, MessageView message);
  /// Waits for room.
  Task<Result<>> send(NodeID to, Message message);
  std::optional<NetReply::Any> try_recv();
  /// Nothing once closed, and everything has been taken.
  Task<std::optional<NetReply::Any>> recv();
  /// Completes when what nobody has taken yet is not much, or it is closed.
  Task<> room() { return replies_.room(); }
  /// Messages that were not even tried.
  void tell(NetReply::MessagesLost lost) { replies_.push(std::move(lost)); }

  bool closed() const { return replies_.closed(); }
  /// Delivers what was accepted, until `give_up` at most, then ends all links. timed_out when something was
  /// not delivered.
  Task<Result<>> finish(Time give_up);
  /// Nothing more will be told; who waits hears that it is closed.
  void close();

 private:
  static constexpr Duration drain_interval = 5ms;

  void link_setup(PeerInfo info) override { carry_setup_(std::move(info)); }
  void link_received(const NodeID& peer, MessageView message) override;
  void link_writable(const NodeID& peer) override;
  void link_reply(Reply reply) override;

  Loop& loop_;
  std::function<void(PeerInfo)> carry_setup_;
  ReplyQueue replies_;
  IdMap<NodeID, std::shared_ptr<Event>> senders_;  // Shared by the coroutines that wait in it.
  std::size_t lost_ = 0;
  std::unique_ptr<Links> links_;
};

}  // namespace flnet::net
