// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerLink: what its sessions say.
#include "protocol/peer_link.hpp"

#include <utility>

namespace flnet::protocol {

void PeerLink::session_described(SessionId id, std::string sdp, LinkTurn turn) {
  const auto direction = direction_of(id);
  if (!direction || !side(*direction).session->describing()) {
    ++ground_->counters.dropped_stale;
    return;
  }
  LinkSession& session = *side(*direction).session;
  const auto& limits = ground_->limits;
  const Duration patience = session.offerer() ? limits.answer_timeout : limits.open_timeout;
  auto kept = session.described(turn.now + patience);
  if (session.offerer()) {
    say(*direction, PeerMessage::Offer{std::move(sdp)}, turn);
  } else {
    say(*direction, PeerMessage::Answer{std::move(sdp)}, turn);
  }
  for (auto& line : kept) say(*direction, PeerMessage::IceCandidate{std::move(line)}, turn);
}

void PeerLink::session_candidate(SessionId id, std::string line, LinkTurn turn) {
  const auto direction = direction_of(id);
  if (!direction) {
    ++ground_->counters.dropped_stale;
    return;
  }
  LinkSession& session = *side(*direction).session;
  if (!session.describing()) {
    say(*direction, PeerMessage::IceCandidate{std::move(line)}, turn);
  } else if (!session.keep(std::move(line), ground_->limits.early_candidates)) {
    ++ground_->counters.dropped_limit;
  }
}

void PeerLink::session_opened(SessionId id, LinkTurn turn) {
  LinkSession* opened = session(id);
  if (opened == nullptr || !opened->opening()) {
    ++ground_->counters.dropped_stale;
    return;
  }
  const bool first = !up();
  opened->opened(turn.now);
  failures_ = 0;
  if (first) turn.out.emplace_back(NodeOutput::Connected{peer_});
  drain(turn);
}

void PeerLink::session_blocked(SessionId id) {
  if (LinkSession* blocked = session(id)) blocked->set_blocked(true);
}

void PeerLink::session_writable(SessionId id, LinkTurn turn) {
  if (LinkSession* writable = session(id)) writable->set_blocked(false);
  drain(turn);
}

void PeerLink::session_closed(SessionId id, const Error& reason, LinkTurn turn) {
  const auto direction = direction_of(id);
  if (!direction) {
    ++ground_->counters.dropped_stale;
    return;
  }
  if (!side(*direction).session->open()) {
    ++failures_;
    ++ground_->counters.sessions_failed;
  } else if (reason.code == ErrorCode::closed) {
    wanted_ = false;  // The peer wanted it so; only messages that wait are a reason to come back.
  }
  forget_session(*direction, reason, turn);
  drain(turn);
  recover(reason, turn);
}

}  // namespace flnet::protocol
