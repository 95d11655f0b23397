// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerLink: what the peer says through signalling, and who gives way when both offer.
#include "protocol/peer_link.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

namespace flnet::protocol {
namespace {

/// Whether one of the lines begins so.
bool carries(std::string_view sdp, std::string_view attribute) {
  for (auto at = sdp.find(attribute); at != std::string_view::npos; at = sdp.find(attribute, at + 1)) {
    if (at == 0 || sdp[at - 1] == '\n') return true;
  }
  return false;
}

/// Whether the offer comes from a C++ node: only these write our attribute.
bool offered_by_flnet(std::string_view sdp) {
  return carries(sdp, "a=flnet-session:");
}

/// Some stacks (libdatachannel) repeat in their answers what they don't know of the offer: then all of it.
bool answered_by_flnet(std::string_view sdp) {
  return carries(sdp, "a=flnet-session:") && !carries(sdp, "a=flnet-offer");
}

}  // namespace

/// "Please offer." What is under way already will do; if it doesn't, the peer offers by itself. With a C++
/// node, an open link means that the peer has lost its side of it, as after a restart, unless the link is
/// so young that the Init may have crossed it.
void PeerLink::init_received(LinkTurn turn) {
  if (kind_ == Kind::other) {
    if (const auto& session = side(Direction::Incoming).session; session && session->offer_outstanding()) {
      return;
    }
    close_session(Direction::Incoming, {ErrorCode::closed, "the peer asks for a new session"}, false, turn);
  } else if (has_session()) {
    const auto crossed = [&](const Side& side) {
      if (!side.session) return false;
      const auto since = side.session->open_since();
      return !since || turn.now - *since < ground_->limits.init_timeout;
    };
    if (std::ranges::any_of(sides_, crossed)) return;
    close_sessions({ErrorCode::closed, "the peer has lost its side and asks anew"}, turn);
  }
  begin_offer(Direction::Incoming, turn);
}

void PeerLink::offer_received(Direction direction, std::string sdp, LinkTurn turn) {
  const std::size_t hash = std::hash<std::string_view>{}(sdp);
  if (side(direction).latest_offer == hash || yields_to_ours(direction, offered_by_flnet(sdp))) {
    ++ground_->counters.dropped_stale;
    return;
  }
  side(direction).latest_offer = hash;
  learn_kind(offered_by_flnet(sdp), direction, turn);
  close_session(direction, {ErrorCode::closed, "replaced by a newer offer of the peer"}, false, turn);
  accept_offer(direction, std::move(sdp), turn);
}

/// Whether the peer will give way, so that its offer has no future. A C++ node with the larger id answers our
/// offer and drops its own. A Rust node drops its own of the same direction when ours comes; had it come
/// already, its answer would be here before its next offer.
bool PeerLink::yields_to_ours(Direction direction, bool from_flnet) const {
  if (from_flnet) return ground_->self < peer_ && offer_outstanding();
  const auto& session = side(direction).session;
  return session && session->awaiting_answer();
}

/// C++ nodes have one session in all. A peer that has become another kind is another process: what is left
/// of the former one is dead.
void PeerLink::learn_kind(bool is_flnet, Direction direction, LinkTurn turn) {
  const Kind former = std::exchange(kind_, is_flnet ? Kind::flnet : Kind::other);
  ground_->payloads.described(peer_, is_flnet);
  if (kind_ == Kind::flnet || former == Kind::flnet) {
    close_session(opposite(direction), {ErrorCode::closed, "replaced by a newer session"}, false, turn);
  }
}

void PeerLink::accept_offer(Direction direction, std::string sdp, LinkTurn turn) {
  phase_ = Resting{};
  const SessionId id = ground_->sessions.add(peer_);
  ++ground_->counters.sessions_started;
  side(direction).session.emplace(id, LinkSession::Role::answerer, turn.now + ground_->limits.answer_timeout);
  turn.out.emplace_back(NodeOutput::AcceptOffer{id, peer_, direction, std::move(sdp)});
  tell_payload(*side(direction).session, turn);
  for (auto& line : std::exchange(side(direction).early, {})) {
    turn.out.emplace_back(NodeOutput::AddCandidate{id, std::move(line)});
  }
}

void PeerLink::answer_received(Direction direction, std::string sdp, LinkTurn turn) {
  auto& session = side(direction).session;
  if (!session || !session->awaiting_answer()) {
    ++ground_->counters.dropped_stale;
    return;
  }
  learn_kind(answered_by_flnet(sdp), direction, turn);
  session->answered(turn.now + ground_->limits.open_timeout);
  turn.out.emplace_back(NodeOutput::AcceptAnswer{session->id(), std::move(sdp)});
  tell_payload(*session, turn);
}

void PeerLink::candidate_received(Direction direction, std::string line, LinkTurn turn) {
  auto& [session, early, latest_offer] = side(direction);
  const auto& limits = ground_->limits;
  const bool has_room = session || early.size() < limits.early_candidates;
  if (line.size() > limits.candidate_bytes || !has_room) {
    ++ground_->counters.dropped_limit;
  } else if (session) {
    turn.out.emplace_back(NodeOutput::AddCandidate{session->id(), std::move(line)});
  } else {
    early.push_back(std::move(line));
    if (!early_until_) early_until_ = turn.now + limits.init_timeout;
  }
}

void PeerLink::say(Direction direction, PeerMessage::Any message, LinkTurn turn) const {
  const bool ours = direction == Direction::Outgoing;
  turn.out.emplace_back(NodeOutput::SendSetup{
      {ours ? ground_->self : peer_, ours ? peer_ : ground_->self, std::move(message)}});
}

}  // namespace flnet::protocol
