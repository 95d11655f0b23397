// SPDX-License-Identifier: MIT OR Apache-2.0
// Node: finds the link that an input concerns, and keeps the order of the links' deadlines.
#include "protocol/node.hpp"

#include <utility>

namespace flnet::protocol {

Node::Node(NodeID self, NodeLimits limits, Random& random) : ground_(self, limits, random) {}

void Node::handle(Input input, Time now, Outbox& out) {
  std::visit([&](auto& value) { take(std::move(value), LinkTurn{now, out}); }, input);
}

/// Each link once: one whose queue leaves in bursts is due again at once, in the next call.
void Node::handle_timeout(Time now, Outbox& out) {
  std::vector<NodeID> due;
  for (const auto& [time, peer] : deadlines_) {
    if (time > now) break;
    due.push_back(peer);
  }
  for (const auto& peer : due) {
    Entry& entry = *links_.find(peer);
    entry.link.handle_timeout({now, out});
    settle(entry);
  }
}

std::optional<Time> Node::deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

void Node::take(NodeInput::ListReceived input, LinkTurn turn) {
  for (const wire::ListedNode& node : input.nodes) {
    if (!ground_.payloads.listed(node.info.id(), node.dialect)) continue;
    Entry* const found = links_.find(node.info.id());
    if (found != nullptr) found->link.payload_changed(turn);
  }
  turn.out.emplace_back(NodeOutput::Listed{std::move(input.nodes)});
}

void Node::take(NodeInput::SetupReceived input, LinkTurn turn) {
  PeerInfo& info = input.info;
  const bool outgoing = info.id_init == ground_.self;
  const bool incoming = info.id_follow == ground_.self;
  if (outgoing == incoming) {
    ++ground_.counters.dropped_foreign;
    return;
  }
  const NodeID peer = outgoing ? info.id_follow : info.id_init;
  const Direction direction = outgoing ? Direction::Outgoing : Direction::Incoming;
  // Init comes from the node that it names first. All else in our own direction answers something that we
  // said, and an Answer does so in either; without a link we have said nothing, or want no more of it.
  const bool is_init = std::holds_alternative<PeerMessage::Init>(info.message);
  const bool is_reply = outgoing || std::holds_alternative<PeerMessage::Answer>(info.message);
  const bool out_of_turn = (outgoing && is_init) || (is_reply && !links_.contains(peer));
  if (out_of_turn) {
    ++ground_.counters.dropped_stale;
    return;
  }
  Entry* entry = admit(peer);
  if (entry == nullptr) {
    ++ground_.counters.dropped_limit;
    return;
  }
  struct Pass {
    PeerLink& link;
    Direction direction;
    LinkTurn turn;
    void operator()(PeerMessage::Init&&) { link.init_received(turn); }
    void operator()(PeerMessage::Offer&& offer) {
      link.offer_received(direction, std::move(offer.sdp), turn);
    }
    void operator()(PeerMessage::Answer&& answer) {
      link.answer_received(direction, std::move(answer.sdp), turn);
    }
    void operator()(PeerMessage::IceCandidate&& candidate) {
      link.candidate_received(direction, std::move(candidate.line), turn);
    }
  };
  std::visit(Pass{entry->link, direction, turn}, std::move(info.message));
  settle(*entry);
}

void Node::take(NodeInput::Connect input, LinkTurn turn) {
  if (input.peer == ground_.self) {
    turn.out.emplace_back(
        NodeOutput::Disconnected{input.peer, {ErrorCode::invalid_argument, "a node has no link to itself"}});
    return;
  }
  Entry& entry = link_to(input.peer);
  entry.link.connect(turn);
  settle(entry);
}

void Node::take(NodeInput::Disconnect input, LinkTurn turn) {
  Entry* const found = links_.find(input.peer);
  if (found == nullptr) return;
  found->link.disconnect(turn);
  settle(*found);
}

void Node::take(NodeInput::Send input, LinkTurn turn) {
  if (auto allowed = can_send(input.peer, input.message.kind, input.message.bytes.size()); !allowed) {
    turn.out.emplace_back(NodeOutput::Lost{input.peer, 1, std::move(allowed.error())});
    return;
  }
  Entry& entry = link_to(input.peer);
  entry.link.send(std::move(input.message), turn);
  settle(entry);
}

void Node::take(NodeInput::SessionDescribed input, LinkTurn turn) {
  if (Entry* entry = link_of(input.session)) {
    entry->link.session_described(input.session, std::move(input.sdp), turn);
    settle(*entry);
  }
}

void Node::take(NodeInput::SessionCandidate input, LinkTurn turn) {
  if (Entry* entry = link_of(input.session)) {
    entry->link.session_candidate(input.session, std::move(input.line), turn);
    settle(*entry);
  }
}

void Node::take(NodeInput::SessionOpened input, LinkTurn turn) {
  if (Entry* entry = link_of(input.session)) {
    entry->link.session_opened(input.session, turn);
    settle(*entry);
  }
}

void Node::take(NodeInput::SessionBlocked input, LinkTurn) {
  if (Entry* entry = link_of(input.session)) {
    entry->link.session_blocked(input.session);
    settle(*entry);
  }
}

void Node::take(NodeInput::SessionWritable input, LinkTurn turn) {
  if (Entry* entry = link_of(input.session)) {
    entry->link.session_writable(input.session, turn);
    settle(*entry);
  }
}

void Node::take(NodeInput::SessionRefused input, LinkTurn turn) {
  if (const Entry* entry = link_of(input.session)) {
    turn.out.emplace_back(NodeOutput::Lost{entry->link.peer(), 1, std::move(input.reason)});
  }
}

void Node::take(NodeInput::SessionClosed input, LinkTurn turn) {
  if (Entry* entry = link_of(input.session)) {
    entry->link.session_closed(input.session, input.reason, turn);
    settle(*entry);
  }
}

std::optional<SessionId> Node::open_session(const NodeID& peer) const {
  const Entry* const found = links_.find(peer);
  if (found == nullptr) return std::nullopt;
  return found->link.ready_session();
}

Result<> Node::can_send(const NodeID& peer, MessageKind kind, std::size_t bytes) const {
  if (peer == ground_.self) return failure(ErrorCode::invalid_argument, "a node has no link to itself");
  if (const auto dialect = ground_.payloads.of(peer)) {
    if (auto taken = takes(*dialect, kind); !taken) return taken;
  }
  const Entry* const found = links_.find(peer);
  if (found == nullptr) return LinkQueue::fits(ground_.limits, bytes);
  return found->link.room_for(bytes);
}

std::optional<NodeID> Node::peer_of(SessionId session) const {
  return ground_.sessions.peer_of(session);
}

bool Node::connected(const NodeID& peer) const {
  const Entry* const found = links_.find(peer);
  return found != nullptr && found->link.up();
}

bool Node::drained() const {
  return queued_ == 0;
}

NodeIDs Node::peers() const {
  NodeIDs peers;
  peers.reserve(links_.size());
  for (const auto [peer, entry] : links_) peers.push_back(peer);
  return peers;
}

std::size_t Node::link_count() const {
  return links_.size();
}

std::size_t Node::session_count() const {
  return ground_.sessions.size();
}

const NodeCounters& Node::counters() const {
  return ground_.counters;
}

Node::Entry& Node::link_to(const NodeID& peer) {
  Entry* const found = links_.find(peer);
  return found != nullptr ? *found : links_.emplace(peer, peer, ground_);
}

Node::Entry* Node::admit(const NodeID& peer) {
  if (links_.size() >= ground_.limits.max_links && !links_.contains(peer)) return nullptr;
  return &link_to(peer);
}

/// Inputs of sessions that are no longer current are dropped here; those of sessions that this node has
/// closed itself are no surprise, but can't be told apart.
Node::Entry* Node::link_of(SessionId session) {
  const auto peer = ground_.sessions.peer_of(session);
  if (!peer) {
    ++ground_.counters.dropped_stale;
    return nullptr;
  }
  return links_.find(*peer);
}

void Node::settle(Entry& entry) {
  const NodeID peer = entry.link.peer();
  queued_ += entry.link.queued();
  queued_ -= std::exchange(entry.queued, entry.link.queued());
  if (const auto due = entry.link.deadline(); due != entry.armed) {
    if (entry.armed) deadlines_.erase({*entry.armed, peer});
    if (due) deadlines_.emplace(*due, peer);
    entry.armed = due;
  }
  if (entry.link.idle()) {
    if (entry.armed) deadlines_.erase({*entry.armed, peer});
    links_.erase(peer);
  }
}

}  // namespace flnet::protocol
