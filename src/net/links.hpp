// SPDX-License-Identifier: MIT OR Apache-2.0
// Links: a node's connections with all its peers, whoever makes them: this process, or a user's broker.
#pragma once

#include "base/random.hpp"
#include "wire/signal_message.hpp"

#include <flnet/loop.hpp>
#include <flnet/message.hpp>
#include <flnet/network_message.hpp>
#include <flnet/node_ids.hpp>
#include <flnet/peer_info.hpp>
#include <flnet/result.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace flnet::net {

/// What links tell; called on the loop, also from within a call to Links.
class LinksSink {
 public:
  virtual ~LinksSink() = default;
  /// To be brought to the peer by signalling.
  virtual void link_setup(PeerInfo info) = 0;
  /// Valid during the call.
  virtual void link_received(const NodeID& peer, MessageView message) = 0;
  /// `try_send` may take a message again after a queue_full.
  virtual void link_writable(const NodeID& peer) = 0;
  /// What is not a message.
  using Reply = std::variant<NetReply::RcvWSUpdateList, NetReply::ConnectionState, NetReply::Connected,
                             NetReply::Disconnected, NetReply::MessagesLost>;
  virtual void link_reply(Reply reply) = 0;
};

class Links {
 public:
  virtual ~Links() = default;
  /// Who is announced at the signalling server.
  virtual void listed(std::vector<wire::ListedNode> nodes) = 0;
  /// What signalling has brought.
  virtual void setup(PeerInfo info) = 0;
  virtual void connect(const NodeID& peer) = 0;
  virtual void disconnect(const NodeID& peer) = 0;
  /// Takes the message, also for a peer that is not connected yet, or says why not; queue_full: see
  /// link_writable.
  virtual Result<> try_send(const NodeID& to, MessageView message) = 0;
  /// Bytes received from `peer` and not taken yet; slows it down.
  virtual void set_held_bytes(const NodeID& peer, std::size_t bytes) = 0;
  /// A ConnectionState follows for each session, or each one with `peer`.
  virtual void report_states(const std::optional<NodeID>& peer) = 0;

  virtual bool connected(const NodeID& peer) const = 0;
  /// Those that there is a link to, up or not.
  virtual NodeIDs peers() const = 0;
  /// No message waits for a session.
  virtual bool drained() const = 0;
  /// Sessions still deliver what they took before they were ended.
  virtual bool closing() const = 0;
};

/// Makes the links of the node `self`. The loop, `random` and `sink` outlive them.
using MakeLinks =
    std::function<std::unique_ptr<Links>(Loop& loop, const NodeID& self, Random& random, LinksSink& sink)>;

}  // namespace flnet::net
