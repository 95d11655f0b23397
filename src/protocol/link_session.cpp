// SPDX-License-Identifier: MIT OR Apache-2.0
// LinkSession: the states of one session.
#include "protocol/link_session.hpp"

#include <cassert>
#include <utility>

namespace flnet::protocol {

bool LinkSession::blocked() const {
  const auto* state = std::get_if<Open>(&state_);
  return state != nullptr && state->blocked;
}

std::optional<Time> LinkSession::open_since() const {
  const auto* state = std::get_if<Open>(&state_);
  if (state == nullptr) return std::nullopt;
  return state->since;
}

std::optional<Time> LinkSession::deadline() const {
  struct Until {
    std::optional<Time> operator()(const Describing& state) const { return state.until; }
    std::optional<Time> operator()(const AwaitingAnswer& state) const { return state.until; }
    std::optional<Time> operator()(const Opening& state) const { return state.until; }
    std::optional<Time> operator()(const Open&) const { return std::nullopt; }
  };
  return std::visit(Until{}, state_);
}

bool LinkSession::keep(std::string line, std::size_t limit) {
  auto& candidates = std::get<Describing>(state_).candidates;
  if (candidates.size() >= limit) return false;
  candidates.push_back(std::move(line));
  return true;
}

std::vector<std::string> LinkSession::described(Time until) {
  assert(describing());
  auto kept = std::move(std::get<Describing>(state_).candidates);
  if (offerer()) {
    state_ = AwaitingAnswer{until};
  } else {
    state_ = Opening{until};
  }
  return kept;
}

void LinkSession::set_blocked(bool blocked) {
  if (auto* state = std::get_if<Open>(&state_)) state->blocked = blocked;
}

}  // namespace flnet::protocol
