// SPDX-License-Identifier: MIT OR Apache-2.0
// Forms pairs, orders them by priority and chooses the next one to check (RFC 8445 §6.1.2, §6.1.4.2).
#include "rtc/ice_checklist.hpp"

#include <algorithm>

namespace flnet::rtc {
namespace {

constexpr std::size_t max_local_candidates = 32;

bool is_unfinished(PairState state) {
  return state == PairState::frozen || state == PairState::waiting || state == PairState::in_progress;
}

std::size_t index_of(const std::vector<IceCandidate>& candidates, const SocketAddress& address) {
  const auto found = std::ranges::find(candidates, address, &IceCandidate::address);
  return static_cast<std::size_t>(found - candidates.begin());
}

}  // namespace

std::uint64_t pair_priority(std::uint32_t controlling, std::uint32_t controlled) {
  const std::uint64_t low = std::min(controlling, controlled);
  const std::uint64_t high = std::max(controlling, controlled);
  return (low << 32) + 2 * high + (controlling > controlled ? 1 : 0);
}

IceChecklist::IceChecklist(IceRole role, std::size_t max_remote_candidates, std::size_t max_pairs)
    : role_(role), max_remote_(max_remote_candidates), max_pairs_(max_pairs) {}

IceChecklist::Added IceChecklist::add_local(const IceCandidate& candidate) {
  if (has_local(candidate.address)) return Added::known;
  if (locals_.size() == max_local_candidates) return Added::full;
  locals_.push_back(candidate);
  bool all_fit = true;
  for (std::size_t remote = 0; remote < remotes_.size(); ++remote) {
    all_fit = make_pair(locals_.size() - 1, remote) && all_fit;
  }
  return all_fit ? Added::added : Added::full;
}

IceChecklist::Added IceChecklist::add_remote(const IceCandidate& candidate) {
  const std::size_t known = index_of(remotes_, candidate.address);
  if (known < remotes_.size()) {
    if (remotes_[known].type != CandidateType::peer_reflexive) return Added::known;
    remotes_[known] = candidate;
    set_role(role_);  // priorities anew
    return Added::known;
  }
  if (remotes_.size() >= max_remote_) return Added::full;
  remotes_.push_back(candidate);
  bool all_fit = true;
  for (std::size_t local = 0; local < locals_.size(); ++local) {
    all_fit = make_pair(local, remotes_.size() - 1) && all_fit;
  }
  return all_fit ? Added::added : Added::full;
}

bool IceChecklist::has_local(const SocketAddress& address) const {
  return index_of(locals_, address) < locals_.size();
}

bool IceChecklist::has_remote(const SocketAddress& address) const {
  return index_of(remotes_, address) < remotes_.size();
}

std::optional<PairIndex> IceChecklist::find(const DatagramPath& path) const {
  for (PairIndex index = 0; index < pairs_.size(); ++index) {
    if (locals_[pairs_[index].local].address == path.local &&
        remotes_[pairs_[index].remote].address == path.remote) {
      return index;
    }
  }
  return {};
}

DatagramPath IceChecklist::path_of(PairIndex index) const {
  const CandidatePair& pair = pairs_[index];
  return {.local = locals_[pair.local].address, .remote = remotes_[pair.remote].address};
}

/// RFC 8445 §6.1.2.2, and loopback addresses talk to nobody but loopback addresses.
bool IceChecklist::can_pair(const IceCandidate& local, const IceCandidate& remote) const {
  const IpAddress& a = local.address.ip;
  const IpAddress& b = remote.address.ip;
  if (a.family != b.family || a.is_loopback() != b.is_loopback()) return false;
  return a.is_v4() || a.is_link_local() == b.is_link_local();
}

std::uint64_t IceChecklist::priority_of(std::size_t local, std::size_t remote) const {
  const std::uint32_t ours = locals_[local].priority;
  const std::uint32_t theirs = remotes_[remote].priority;
  return role_ == IceRole::controlling ? pair_priority(ours, theirs) : pair_priority(theirs, ours);
}

/// True unless the pair was wanted and there was no room for it.
bool IceChecklist::make_pair(std::size_t local, std::size_t remote) {
  if (!can_pair(locals_[local], remotes_[remote])) return true;
  CandidatePair pair;
  pair.local = local;
  pair.remote = remote;
  pair.priority = priority_of(local, remote);
  pair.state = shares_foundation_with_active(local, remote) ? PairState::frozen : PairState::waiting;
  PairIndex slot = pairs_.size();
  if (slot < max_pairs_) {
    pairs_.push_back(pair);
    return true;
  }
  if (make_room_for(pair.priority, slot)) pairs_[slot] = pair;
  return false;  // one of them is lost either way
}

bool IceChecklist::shares_foundation_with_active(std::size_t local, std::size_t remote) const {
  return std::ranges::any_of(pairs_, [&](const CandidatePair& other) {
    return (other.state == PairState::waiting || other.state == PairState::in_progress) &&
           locals_[other.local].foundation == locals_[local].foundation &&
           remotes_[other.remote].foundation == remotes_[remote].foundation;
  });
}

/// The pair of lowest priority gives way (RFC 8445 §6.1.2.5), if nothing has begun on it.
bool IceChecklist::make_room_for(std::uint64_t priority, PairIndex& slot) const {
  bool found = false;
  for (PairIndex index = 0; index < pairs_.size(); ++index) {
    const CandidatePair& pair = pairs_[index];
    const bool is_idle = pair.state == PairState::frozen || pair.state == PairState::waiting;
    if (!is_idle || pair.triggered || pair.priority >= priority) continue;
    if (!found || pair.priority < pairs_[slot].priority) slot = index;
    found = true;
  }
  return found;
}

void IceChecklist::set_role(IceRole role) {
  role_ = role;
  for (CandidatePair& pair : pairs_) pair.priority = priority_of(pair.local, pair.remote);
}

void IceChecklist::trigger(PairIndex index) {
  if (pairs_[index].triggered) return;
  pairs_[index].triggered = true;
  triggered_.push_back(index);
}

std::optional<PairIndex> IceChecklist::take_triggered() {
  if (triggered_.empty()) return {};
  const PairIndex index = triggered_.front();
  triggered_.pop_front();
  pairs_[index].triggered = false;
  return index;
}

std::optional<PairIndex> IceChecklist::next_ordinary() const {
  std::optional<PairIndex> best;
  const auto rank = [](PairState state) { return state == PairState::waiting ? 1 : 0; };
  for (PairIndex index = 0; index < pairs_.size(); ++index) {
    const CandidatePair& pair = pairs_[index];
    if (pair.triggered || (pair.state != PairState::waiting && pair.state != PairState::frozen)) continue;
    if (!best || std::pair(rank(pair.state), pair.priority) >
                     std::pair(rank(pairs_[*best].state), pairs_[*best].priority)) {
      best = index;
    }
  }
  return best;
}

std::size_t IceChecklist::unfinished_count() const {
  return static_cast<std::size_t>(std::ranges::count_if(pairs_, is_unfinished, &CandidatePair::state));
}

std::optional<PairIndex> IceChecklist::best_valid() const {
  std::optional<PairIndex> best;
  for (PairIndex index = 0; index < pairs_.size(); ++index) {
    if (pairs_[index].state != PairState::succeeded) continue;
    if (!best || pairs_[index].priority > pairs_[*best].priority) best = index;
  }
  return best;
}

bool IceChecklist::better_is_unfinished(PairIndex than) const {
  return std::ranges::any_of(pairs_, [&](const CandidatePair& pair) {
    return is_unfinished(pair.state) && pair.priority > pairs_[than].priority;
  });
}

void IceChecklist::conclude() {
  for (CandidatePair& pair : pairs_) {
    pair.triggered = false;
    if (is_unfinished(pair.state)) pair.state = PairState::failed;
  }
  triggered_.clear();
}

}  // namespace flnet::rtc
