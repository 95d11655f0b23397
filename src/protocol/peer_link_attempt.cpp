// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerLink: how it gets a session, what it does when it lost it, and its deadlines.
#include "protocol/peer_link.hpp"

#include <algorithm>
#include <utility>

namespace flnet::protocol {

bool PeerLink::under_way() const {
  return has_session() || !std::holds_alternative<Resting>(phase_);
}

void PeerLink::start_if_needed(LinkTurn turn) {
  if (needed() && !under_way()) start_attempt(turn);
}

/// Glare is avoided before it happens: of two nodes that want each other at the same time, the smaller id
/// offers. Not every node answers Init, so that the larger one offers after a while, too.
void PeerLink::start_attempt(LinkTurn turn) {
  if (ground_->self < peer_) {
    begin_offer(Direction::Outgoing, turn);
    return;
  }
  phase_ = Asking{turn.now + ground_->limits.init_timeout};
  say(Direction::Outgoing, PeerMessage::Init{}, turn);
}

void PeerLink::begin_offer(Direction direction, LinkTurn turn) {
  phase_ = Resting{};
  side(direction).early.clear();  // They can't belong to an answer to what we have not said yet.
  const SessionId id = ground_->sessions.add(peer_);
  ++ground_->counters.sessions_started;
  side(direction).session.emplace(id, LinkSession::Role::offerer, turn.now + ground_->limits.answer_timeout);
  turn.out.emplace_back(NodeOutput::CreateOffer{id, peer_, direction});
}

void PeerLink::recover(const Error& reason, LinkTurn turn) {
  if (under_way() || !needed()) return;
  if (failures_ >= ground_->limits.max_attempts) {
    give_up(reason, turn);
  } else {
    phase_ = BackingOff{turn.now + next_backoff()};
  }
}

void PeerLink::give_up(const Error& reason, LinkTurn turn) {
  const bool somebody_waits = needed() && !down_reported_;
  phase_ = Resting{};
  wanted_ = false;
  failures_ = 0;
  backoff_level_ = 0;
  if (somebody_waits) report_down(reason, turn);
  lose_queue(reason, turn);
}

/// Full jitter: uniform in [0, min(backoff_max, backoff_first · 2ⁿ)], so that nodes that lost each other
/// at the same moment don't come back at the same moment.
Duration PeerLink::next_backoff() {
  constexpr int highest_level = 30;
  const auto& limits = ground_->limits;
  Duration ceiling = limits.backoff_first;
  for (int level = 0; level < backoff_level_ && ceiling < limits.backoff_max; ++level) ceiling *= 2;
  ceiling = std::min(ceiling, limits.backoff_max);
  backoff_level_ = std::min(backoff_level_ + 1, highest_level);
  return Duration(ground_->random.below(static_cast<std::uint64_t>(ceiling.count()) + 1));
}

void PeerLink::handle_timeout(LinkTurn turn) {
  if (early_until_ && *early_until_ <= turn.now) {
    for (auto& side : sides_) side.early.clear();
    early_until_.reset();
  }
  expire_sessions(turn);
  if (const auto* asking = std::get_if<Asking>(&phase_); asking && asking->until <= turn.now) {
    begin_offer(Direction::Outgoing, turn);
  } else if (const auto* waiting = std::get_if<BackingOff>(&phase_); waiting && waiting->until <= turn.now) {
    phase_ = Resting{};
    start_if_needed(turn);
  }
  drain(turn);
}

void PeerLink::expire_sessions(LinkTurn turn) {
  for (const auto direction : {Direction::Outgoing, Direction::Incoming}) {
    const auto& session = side(direction).session;
    if (!session) continue;
    const auto until = session->deadline();
    if (!until || *until > turn.now) continue;
    const Error reason{ErrorCode::timed_out,
                       session->opening() ? "the session did not open" : "the peer did not answer"};
    ++failures_;
    ++ground_->counters.sessions_failed;
    close_session(direction, reason, false, turn);
    recover(reason, turn);
  }
}

std::optional<Time> PeerLink::deadline() const {
  struct Until {
    std::optional<Time> operator()(const Resting&) const { return std::nullopt; }
    std::optional<Time> operator()(const Asking& phase) const { return phase.until; }
    std::optional<Time> operator()(const BackingOff& phase) const { return phase.until; }
  };
  auto first = earliest(std::visit(Until{}, phase_), early_until_);
  for (const auto& side : sides_) {
    if (side.session) first = earliest(first, side.session->deadline());
  }
  if (!queue_.empty() && sending_session() != nullptr) first = earliest(first, burst_at_);
  return first;
}

}  // namespace flnet::protocol
