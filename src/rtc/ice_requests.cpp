// SPDX-License-Identifier: MIT OR Apache-2.0
// IceAgent as STUN server: the peer's checks are authenticated, answered and become triggered checks
// (RFC 8445 §7.3).
#include "rtc/ice_agent_state.hpp"

#include <algorithm>
#include <utility>

namespace flnet::rtc {
namespace {

/// Checks remembered until the peer's description comes. A peer has few addresses that reach us.
constexpr std::size_t max_early_checks = 16;

constexpr std::uint16_t bad_request = 400;        // RFC 8489 §14.8
constexpr std::uint16_t unauthenticated = 401;    // RFC 8489 §14.8
constexpr std::uint16_t unknown_attribute = 420;  // RFC 8489 §14.8
constexpr std::uint16_t role_conflict = 487;      // RFC 8445 §7.3.1.1

/// For a check without PRIORITY: the least a peer-reflexive candidate can have.
constexpr std::uint16_t least_local_preference = 0;

}  // namespace

void IceAgent::State::receive_request(const DatagramPath& path, ByteView datagram, const StunMessage& request,
                                      Time now) {
  if (!is_authentic(path, datagram, request)) return;
  if (!request.unknown_attributes.empty()) {
    answer_error(path, request, unknown_attribute, true);
    return;
  }
  was_checked = true;
  if (!resolve_role_conflict(path, request)) return;
  answer(path, request);
  if (!remote) {
    remember_early(path, request);
    return;
  }
  const std::uint32_t priority =
      request.priority.value_or(candidate_priority(CandidateType::peer_reflexive, least_local_preference));
  handle_check(path, priority, request.use_candidate, now);
}

/// RFC 8489 §9.1.3. Errors say no more than their code, so that they are hardly longer than what caused them.
bool IceAgent::State::is_authentic(const DatagramPath& path, ByteView datagram, const StunMessage& request) {
  if (!request.has_integrity || !request.username) {
    ++counters.bad_integrity;
    answer_error(path, request, bad_request, false);
    return false;
  }
  if (!username_fits(*request.username)) {
    ++counters.wrong_username;
    answer_error(path, request, unauthenticated, false);
    return false;
  }
  if (!verify_stun_integrity(datagram, as_bytes(config.local.password))) {
    ++counters.bad_integrity;
    answer_error(path, request, unauthenticated, false);
    return false;
  }
  return true;
}

/// "ours:theirs" (RFC 8445 §7.2.2); theirs can be anything until we know it.
bool IceAgent::State::username_fits(std::string_view username) const {
  const std::size_t colon = username.find(':');
  if (colon == std::string_view::npos || username.substr(0, colon) != config.local.ufrag) return false;
  return !remote || username.substr(colon + 1) == remote->ufrag;
}

/// RFC 8445 §7.3.1.1: of two agents with the same role the one with the larger tie-breaker controls. False
/// when the request has been refused.
bool IceAgent::State::resolve_role_conflict(const DatagramPath& path, const StunMessage& request) {
  const auto& same_role = role == IceRole::controlling ? request.ice_controlling : request.ice_controlled;
  if (!same_role) return true;
  const bool we_control = tie_breaker >= *same_role;
  if (we_control == (role == IceRole::controlling)) {
    ++counters.role_conflicts;
    answer_error(path, request, role_conflict, true);
    return false;
  }
  set_role(we_control ? IceRole::controlling : IceRole::controlled);
  return true;
}

void IceAgent::State::answer(const DatagramPath& path, const StunMessage& request) {
  StunMessage response;
  response.message_class = StunClass::success;
  response.transaction = request.transaction;
  response.mapped_address = path.remote;
  sink.send_ice(path, encode_stun(response, as_bytes(config.local.password)));
}

void IceAgent::State::answer_error(const DatagramPath& path, const StunMessage& request, std::uint16_t code,
                                   bool with_integrity) {
  StunMessage response;
  response.message_class = StunClass::error;
  response.transaction = request.transaction;
  response.error_code = code;
  if (code == unknown_attribute) response.unknown_attributes = request.unknown_attributes;
  const ByteView key = with_integrity ? as_bytes(config.local.password) : ByteView{};
  sink.send_ice(path, encode_stun(response, key));
}

void IceAgent::State::remember_early(const DatagramPath& path, const StunMessage& request) {
  const std::string_view username = *request.username;
  const std::string_view remote_ufrag = username.substr(config.local.ufrag.size() + 1);
  const auto known = std::ranges::find_if(early, [&](const EarlyCheck& check) {
    return check.path == path && check.remote_ufrag == remote_ufrag;
  });
  if (known != early.end()) {
    known->use_candidate |= request.use_candidate;
    return;
  }
  if (early.size() == max_early_checks) {
    ++counters.limit_reached;
    return;
  }
  early.push_back({.path = path,
                   .remote_ufrag = std::string(remote_ufrag),
                   .priority = request.priority.value_or(
                       candidate_priority(CandidateType::peer_reflexive, least_local_preference)),
                   .use_candidate = request.use_candidate});
}

void IceAgent::State::replay_early(Time now) {
  for (const EarlyCheck& check : std::exchange(early, {})) {
    if (check.remote_ufrag != remote->ufrag) {
      ++counters.wrong_username;
      continue;
    }
    handle_check(check.path, check.priority, check.use_candidate, now);
  }
}

void IceAgent::State::handle_check(const DatagramPath& path, std::uint32_t priority, bool use_candidate,
                                   Time now) {
  const auto index = find_or_make_pair(path, priority);
  if (!index) return;
  CandidatePair& pair = checklist.at(*index);
  pair.last_heard = now;
  const bool is_nomination = use_candidate && role == IceRole::controlled;
  if (pair.state == PairState::succeeded) {
    if (is_nomination) accept_nomination(*index, now);
    return;
  }
  pair.nominate_on_success |= is_nomination;
  // After a nomination the other pairs are answered but not checked any more (RFC 8445 §8.1.2).
  if (!nominated || is_nomination) trigger(*index);
}

/// A remote address that nobody signalled is a peer-reflexive candidate (RFC 8445 §7.3.1.3): so come browsers
/// that hide theirs behind mDNS names. A local address that we did not signal (an interface that is new, an
/// address the network chose) becomes a base that nobody is told of.
std::optional<PairIndex> IceAgent::State::find_or_make_pair(const DatagramPath& path,
                                                            std::uint32_t priority) {
  using Added = IceChecklist::Added;
  if (const auto known = checklist.find(path)) return known;
  Added local = Added::known;
  Added remote_added = Added::known;
  if (!checklist.has_local(path.local)) {
    local = checklist.add_local(host_candidate(path.local, checklist.local_count() + 1000));
  }
  if (!checklist.has_remote(path.remote)) {
    IceCandidate reflexive;
    reflexive.foundation = "prflx:" + path.remote.to_string();  // like no signalled one
    reflexive.priority = priority;
    reflexive.address = path.remote;
    reflexive.type = CandidateType::peer_reflexive;
    remote_added = checklist.add_remote(reflexive);
  }
  if (local == Added::full || remote_added == Added::full) ++counters.limit_reached;
  return checklist.find(path);
}

/// RFC 8445 §7.3.1.4: the peer reaches us on this pair, so now is the time to check it. A check under way,
/// which a NAT on the peer's side may have swallowed, is sent again at once instead of being replaced, and
/// once only: two agents whose fresh checks trigger fresh checks would never wait for an answer.
void IceAgent::State::trigger(PairIndex index) {
  CandidatePair& pair = checklist.at(index);
  if (pair.state == PairState::in_progress) {
    if (const IceTransaction* check = transactions.hasten(index)) sink.send_ice(check->path, check->datagram);
    return;
  }
  pair.state = PairState::waiting;
  checklist.trigger(index);
}

}  // namespace flnet::rtc
