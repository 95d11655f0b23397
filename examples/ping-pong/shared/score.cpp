// SPDX-License-Identifier: MIT OR Apache-2.0
// Score: which pong answers which ping, and when a peer is gone.
#include "score.hpp"

#include <utility>

namespace ping_pong {

using flnet::Duration;
using flnet::Time;

Score::Score(const flnet::NodeID& id, std::string name) {
  peer_.id = id;
  peer_.name = std::move(name);
}

bool Score::forgotten(Time now, const Limits& limits) const {
  return gone_since_ && now >= *gone_since_ + limits.remember_gone;
}

bool Score::listed(const flnet::NodeInfo& info) {
  const bool renamed = peer_.name != info.name;
  peer_.name = info.name;
  listed_ = true;
  gone_since_.reset();
  return follow_state() || renamed;
}

bool Score::unlisted(Time now) {
  listed_ = false;
  note_gone(now);
  return follow_state();
}

bool Score::linked(Time now) {
  if (is_linked()) return false;
  linked_since_ = now;
  gone_since_.reset();
  silent_ = false;
  peer_.trouble.clear();
  // What waited for the link leaves only now.
  for (Ping& ping : waiting_) ping.at = now;
  follow_state();
  return true;
}

bool Score::unlinked(Time now, std::string reason) {
  const bool news = is_linked() || peer_.trouble != reason;
  peer_.trouble = std::move(reason);
  linked_since_.reset();
  lost(waiting_.size());
  note_gone(now);
  return follow_state() || news;
}

bool Score::expire(Time now, const Limits& limits) {
  const Duration patience = is_linked() ? limits.answer_within : limits.link_within;
  while (!waiting_.empty() && now >= waiting_.front().at + patience) {
    waiting_.erase(waiting_.begin());
    ++peer_.lost;
    silent_ = is_linked();
  }
  if (waiting_.empty()) note_gone(now);
  return follow_state();
}

void Score::pinged(Time now) {
  if (waiting_.size() == max_waiting) {
    waiting_.erase(waiting_.begin());
    ++peer_.lost;
  }
  waiting_.push_back({now, !is_linked()});
  ++peer_.sent;
}

void Score::lost(std::size_t count) {
  for (; count > 0 && !waiting_.empty(); --count) {
    waiting_.pop_back();
    ++peer_.lost;
  }
}

std::optional<Duration> Score::ponged(Time now) {
  if (waiting_.empty()) return std::nullopt;
  const Ping ping = waiting_.front();
  waiting_.erase(waiting_.begin());
  ++peer_.received;
  silent_ = false;
  follow_state();
  if (ping.waited_for_link) return std::nullopt;
  peer_.round_trip = now - ping.at;
  return peer_.round_trip;
}

Peer Score::view(Time now) const {
  Peer view = peer_;
  if (linked_since_) view.linked_for = now - *linked_since_;
  return view;
}

PeerState Score::state_now() const {
  if (is_gone()) return PeerState::gone;
  if (!is_linked()) return PeerState::linking;
  return silent_ ? PeerState::silent : PeerState::linked;
}

bool Score::follow_state() {
  return std::exchange(peer_.state, state_now()) != peer_.state;
}

void Score::note_gone(Time now) {
  if (listed_ || is_linked()) return;
  if (!gone_since_) gone_since_ = now;
  lost(waiting_.size());
}

}  // namespace ping_pong
