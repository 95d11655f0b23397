// SPDX-License-Identifier: MIT OR Apache-2.0
// Rules: whom to ping, what to answer, and what views are told of it.
#include "rules.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace ping_pong {

using flnet::NodeID;
using flnet::Time;

Rules::Rules(const NodeID& own, Time now, Limits limits) : own_(own), limits_(limits), last_list_(now) {}

std::vector<PingPongMessage> Rules::handle(const PingPongMessage& message, Time now) {
  Messages out;
  std::visit([&](const auto& each) { play(each, {now, out}); }, message);
  return out;
}

void Rules::play(const ToNetwork& message, const Turn& turn) {
  Score* score = message.word == Word::ping ? find_or_add(message.to) : nullptr;
  if (score != nullptr) score->pinged(turn.now);
}

void Rules::play(const FromNetwork& message, const Turn& turn) {
  const bool is_ping = message.word == Word::ping;
  // Those whom we don't follow are answered, too.
  if (is_ping) turn.out.emplace_back(ToNetwork{message.from, Word::pong});
  Score* score = is_ping ? find_or_add(message.from) : find(message.from);
  if (score == nullptr) return;
  const PeerState before = score->state();
  score->linked(turn.now);
  if (is_ping) {
    score->answered();
  } else if (const auto time = score->ponged(turn.now)) {
    turn.out.emplace_back(RoundTrip{message.from, *time});
  }
  if (score->state() != before) show(turn);
}

void Rules::play(const List& message, const Turn& turn) {
  last_list_ = turn.now;
  note_signalling(true, turn);
  bool changed = drop_missing(message.nodes, turn.now);
  // Those we know first: newcomers take the places of those who are gone.
  for (const auto& info : message.nodes)
    if (Score* known = find(info.id())) changed |= known->listed(info);
  const std::size_t beyond_before = std::exchange(beyond_, 0);
  for (const auto& info : message.nodes) {
    if (info.id() == own_ || find(info.id()) != nullptr) continue;
    if (Score* added = find_or_add(info.id())) {
      added->listed(info);
      changed = true;
    } else {
      ++beyond_;
    }
  }
  if (changed || beyond_ != beyond_before) show(turn);
}

bool Rules::drop_missing(const std::vector<flnet::NodeInfo>& nodes, Time now) {
  bool changed = false;
  for (Score& score : scores_) {  // There are few of them.
    const bool listed = std::ranges::find(nodes, score.id(), &flnet::NodeInfo::id) != nodes.end();
    if (!listed) changed |= score.unlisted(now);
  }
  return changed;
}

void Rules::play(const Tick&, const Turn& turn) {
  std::erase_if(scores_, [&](const Score& score) { return score.forgotten(turn.now, limits_); });
  turn.out.emplace_back(AskList{});
  for (Score& score : scores_) {
    score.expire(turn.now, limits_);
    if (!score.may_ping()) continue;
    score.pinged(turn.now);
    turn.out.emplace_back(ToNetwork{score.id(), Word::ping});
  }
  if (turn.now >= last_list_ + limits_.signalling_silence) note_signalling(false, turn);
  show(turn);
}

void Rules::play(const Linked& message, const Turn& turn) {
  Score* score = find_or_add(message.peer);
  if (score != nullptr && score->linked(turn.now)) show(turn);
}

void Rules::play(const Unlinked& message, const Turn& turn) {
  Score* score = find(message.peer);
  if (score != nullptr && score->unlinked(turn.now, message.reason)) show(turn);
}

void Rules::play(const Lost& message, const Turn&) {
  if (Score* score = find(message.peer)) score->lost(message.count);
}

Score* Rules::find(const NodeID& id) {
  const auto found = std::ranges::find(scores_, id, &Score::id);
  return found == scores_.end() ? nullptr : &*found;
}

Score* Rules::find_or_add(const NodeID& id) {
  if (id == own_) return nullptr;
  if (Score* known = find(id)) return known;
  if (!make_room()) return nullptr;
  return &scores_.emplace_back(id, std::string());
}

bool Rules::make_room() {
  if (scores_.size() < limits_.peers) return true;
  const auto gone = std::ranges::find_if(scores_, &Score::is_gone);
  if (gone == scores_.end()) return false;
  scores_.erase(gone);
  return true;
}

void Rules::note_signalling(bool reachable, const Turn& turn) {
  if (reachable == signalling_reachable_) return;
  signalling_reachable_ = reachable;
  turn.out.emplace_back(Signalling{reachable});
}

void Rules::show(const Turn& turn) const {
  Peers peers;
  peers.beyond = beyond_;
  for (const Score& score : scores_) peers.peers.push_back(score.view(turn.now));
  turn.out.emplace_back(std::move(peers));
}

}  // namespace ping_pong
