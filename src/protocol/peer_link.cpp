// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerLink: what the user asks of it, its sessions and how they end, and the way of its messages.
#include "protocol/peer_link.hpp"

#include <algorithm>
#include <utility>

namespace flnet::protocol {

PeerLink::PeerLink(const NodeID& peer, LinkGround& ground)
    : peer_(peer), ground_(&ground), queue_(ground.limits) {}

void PeerLink::connect(LinkTurn turn) {
  wanted_ = true;
  if (!up()) down_reported_ = false;
  start_if_needed(turn);
}

void PeerLink::disconnect(LinkTurn turn) {
  const Error reason{ErrorCode::closed, "disconnected by this node"};
  for (const auto direction : {Direction::Outgoing, Direction::Incoming}) {
    const auto& session = side(direction).session;
    close_session(direction, reason, session && session->open(), turn);
    side(direction).early.clear();
  }
  give_up(reason, turn);
}

void PeerLink::send(Message message, LinkTurn turn) {
  if (const LinkSession* session = queue_.empty() ? sending_session() : nullptr) {
    // The session knows for itself: what is known of peers may be forgotten.
    const auto taken = takes(session->payload(), message.kind);
    if (!taken) turn.out.emplace_back(NodeOutput::Lost{peer_, 1, taken.error()});
    if (taken) turn.out.emplace_back(NodeOutput::SendOn{session->id(), std::move(message)});
    return;
  }
  if (auto room = queue_.room_for(message.bytes.size()); !room) {
    turn.out.emplace_back(NodeOutput::Lost{peer_, 1, room.error()});
    return;
  }
  queue_.push(std::move(message));
  if (!up()) down_reported_ = false;
  start_if_needed(turn);
}

bool PeerLink::up() const {
  return std::ranges::any_of(sides_, [](const Side& side) { return side.session && side.session->open(); });
}

bool PeerLink::idle() const {
  const bool early = std::ranges::any_of(sides_, [](const Side& side) { return !side.early.empty(); });
  return !under_way() && !needed() && !early;
}

std::optional<SessionId> PeerLink::ready_session() const {
  if (!queue_.empty()) return std::nullopt;
  const LinkSession* session = sending_session();
  if (session == nullptr) return std::nullopt;
  return session->id();
}

std::optional<Direction> PeerLink::direction_of(SessionId id) const {
  for (const auto direction : {Direction::Outgoing, Direction::Incoming}) {
    const auto& session = side(direction).session;
    if (session && session->id() == id) return direction;
  }
  return std::nullopt;
}

LinkSession* PeerLink::session(SessionId id) {
  const auto direction = direction_of(id);
  return direction ? &*side(*direction).session : nullptr;
}

bool PeerLink::has_session() const {
  return std::ranges::any_of(sides_, [](const Side& side) { return side.session.has_value(); });
}

bool PeerLink::offer_outstanding() const {
  return std::ranges::any_of(
      sides_, [](const Side& side) { return side.session && side.session->offer_outstanding(); });
}

/// The outgoing one as long as it is open, even when it is blocked: messages keep their order.
const LinkSession* PeerLink::sending_session() const {
  for (const auto direction : {Direction::Outgoing, Direction::Incoming}) {
    const auto& session = side(direction).session;
    if (session && session->open()) return session->blocked() ? nullptr : &*session;
  }
  return nullptr;
}

void PeerLink::forget_session(Direction direction, const Error& reason, LinkTurn turn) {
  auto& session = side(direction).session;
  if (!session) return;
  ground_->sessions.remove(session->id());
  const auto open_since = session->open_since();
  session.reset();
  if (!open_since) return;
  if (turn.now - *open_since >= ground_->limits.backoff_max) backoff_level_ = 0;
  if (!up()) report_down(reason, turn);
}

void PeerLink::close_session(Direction direction, const Error& reason, bool graceful, LinkTurn turn) {
  const auto& session = side(direction).session;
  if (!session) return;
  turn.out.emplace_back(NodeOutput::CloseSession{session->id(), graceful, reason.detail});
  forget_session(direction, reason, turn);
}

void PeerLink::close_sessions(const Error& reason, LinkTurn turn) {
  close_session(Direction::Outgoing, reason, false, turn);
  close_session(Direction::Incoming, reason, false, turn);
}

void PeerLink::report_down(const Error& reason, LinkTurn turn) {
  turn.out.emplace_back(NodeOutput::Disconnected{peer_, reason});
  down_reported_ = true;
}

void PeerLink::lose_queue(const Error& reason, LinkTurn turn) {
  if (const std::size_t count = queue_.clear(); count > 0) {
    turn.out.emplace_back(NodeOutput::Lost{peer_, count, reason});
  }
  if (queue_.take_relief()) turn.out.emplace_back(NodeOutput::Writable{peer_});
}

void PeerLink::drain(LinkTurn turn) {
  const LinkSession* session = sending_session();
  if (session == nullptr) return;
  const auto& limits = ground_->limits;
  const PayloadDialect dialect = payload();
  std::size_t bytes = 0;
  std::size_t unsupported = 0;
  for (std::size_t count = 0; !queue_.empty() && bytes < limits.burst_bytes && count < limits.burst_messages;
       ++count) {
    Message message = queue_.pop();
    bytes += message.bytes.size();
    if (takes(dialect, message.kind)) {
      turn.out.emplace_back(NodeOutput::SendOn{session->id(), std::move(message)});
    } else {
      ++unsupported;
    }
  }
  if (unsupported > 0) {
    turn.out.emplace_back(NodeOutput::Lost{peer_, unsupported, takes(dialect, MessageKind::binary).error()});
  }
  burst_at_ = turn.now;
  if (queue_.take_relief()) turn.out.emplace_back(NodeOutput::Writable{peer_});
}

PayloadDialect PeerLink::payload() const {
  return kind_ == Kind::flnet ? PayloadDialect::flnet : ground_->payloads.of_rust(peer_);
}

void PeerLink::tell_payload(LinkSession& session, LinkTurn turn) const {
  const PayloadDialect dialect = payload();
  if (session.payload() == dialect) return;
  session.set_payload(dialect);
  turn.out.emplace_back(NodeOutput::SessionPayload{session.id(), dialect});
}

void PeerLink::payload_changed(LinkTurn turn) {
  if (kind_ != Kind::other) return;
  for (auto& side : sides_) {
    if (side.session) tell_payload(*side.session, turn);
  }
}

}  // namespace flnet::protocol
