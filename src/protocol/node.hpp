// SPDX-License-Identifier: MIT OR Apache-2.0
// Node: decides which peers to link to and which sessions live; holds a PeerLink a peer; a pure machine.
#pragma once

#include "base/id_map.hpp"
#include "base/random.hpp"
#include "protocol/node_words.hpp"
#include "protocol/peer_link.hpp"

#include <flnet/node_ids.hpp>
#include <flnet/result.hpp>
#include <flnet/time.hpp>

#include <optional>
#include <set>
#include <utility>
#include <variant>
#include <vector>

namespace flnet::protocol {

/// Glare: the node with the smaller id offers, the larger one asks with Init; an offer of a node that
/// carries no a=flnet-session (Rust) is always answered, keyed by (id_init, id_follow), so that up to two
/// sessions make one link and sending prefers our outgoing one. Between two C++ nodes one session lives.
///
/// A link exists while a session lives or something is wanted of it; PeerLink draws its states.
class Node {
 public:
  using Input = NodeInput::Any;
  using Output = NodeOutput::Any;
  using Outbox = std::vector<Output>;

  /// `random` must outlive the node.
  Node(NodeID self, NodeLimits limits, Random& random);
  // Links refer to what they share.
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void handle(Input input, Time now, Outbox& out);
  void handle_timeout(Time now, Outbox& out);
  std::optional<Time> deadline() const;

  /// The fast path: the session that takes a message for `peer` right now, if the link is open, not
  /// blocked and nothing waits before it.
  std::optional<SessionId> open_session(const NodeID& peer) const;
  /// Whether Send is allowed now: queue_full (Writable follows), too_large, invalid_argument (ourselves),
  /// unsupported_by_peer (binary, when the peer's latest session was a Rust node's), or fine. Binary for a
  /// peer that turns out to be one later is Lost. A link is started by Send.
  Result<> can_send(const NodeID& peer, MessageKind kind, std::size_t bytes) const;
  /// Whose message this is when `session` delivers one; nothing for a session that is not current.
  std::optional<NodeID> peer_of(SessionId session) const;
  bool connected(const NodeID& peer) const;
  /// The peers that there is a link to, up or not.
  NodeIDs peers() const;
  /// Nothing waits in any link's queue.
  bool drained() const;
  std::size_t link_count() const;
  std::size_t session_count() const;
  const NodeCounters& counters() const;

 private:
  /// A link, and what the node has noted of it.
  struct Entry {
    Entry(const NodeID& peer, LinkGround& ground) : link(peer, ground) {}
    PeerLink link;
    std::optional<Time> armed;  ///< Its key in `deadlines_`.
    std::size_t queued = 0;     ///< Its part of `queued_`.
  };

  void take(NodeInput::ListReceived input, LinkTurn turn);
  void take(NodeInput::SetupReceived input, LinkTurn turn);
  void take(NodeInput::Connect input, LinkTurn turn);
  void take(NodeInput::Disconnect input, LinkTurn turn);
  void take(NodeInput::Send input, LinkTurn turn);
  void take(NodeInput::SessionDescribed input, LinkTurn turn);
  void take(NodeInput::SessionCandidate input, LinkTurn turn);
  void take(NodeInput::SessionOpened input, LinkTurn turn);
  void take(NodeInput::SessionBlocked input, LinkTurn turn);
  void take(NodeInput::SessionWritable input, LinkTurn turn);
  void take(NodeInput::SessionRefused input, LinkTurn turn);
  void take(NodeInput::SessionClosed input, LinkTurn turn);

  Entry& link_to(const NodeID& peer);
  /// For what a peer begins: nothing when there are too many links.
  Entry* admit(const NodeID& peer);
  Entry* link_of(SessionId session);
  /// After every call to a link: notes its deadline and queue, or removes it.
  void settle(Entry& entry);

  LinkGround ground_;
  IdMap<NodeID, Entry> links_;
  std::set<std::pair<Time, NodeID>> deadlines_;
  std::size_t queued_ = 0;
};

}  // namespace flnet::protocol
