// SPDX-License-Identifier: MIT OR Apache-2.0
// IceAgent's public face: inputs, states and deadlines. What they do is in ice_checks, ice_requests and
// ice_responses.
#include "rtc/ice_agent.hpp"

#include "rtc/ice_agent_state.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

namespace flnet::rtc {
namespace {

/// Where the peer may see us: some addresses a base, one a NAT on the way.
constexpr std::size_t max_reflexive_addresses = 32;

constexpr std::string_view ice_chars = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static_assert(ice_chars.size() == 64);

std::string random_ice_chars(Random& random, std::size_t count) {
  Bytes bytes(count);
  random.fill(bytes);
  std::string text;
  for (const std::uint8_t byte : bytes) text += ice_chars[byte % ice_chars.size()];
  return text;
}

}  // namespace

IceCredentials make_ice_credentials(Random& random) {
  // 48 and 144 bits of randomness; RFC 8445 §5.3 wants 24 and 128.
  std::string ufrag = random_ice_chars(random, 8);
  return {std::move(ufrag), random_ice_chars(random, 24)};
}

IceAgent::IceAgent(IceConfig config, Random& random, IceSink& sink)
    : state_(std::make_unique<State>(std::move(config), random, sink)) {}
IceAgent::~IceAgent() = default;

void IceAgent::add_local_candidate(const IceCandidate& candidate, Time now) {
  if (candidate.type == CandidateType::server_reflexive) {
    state_->add_reflexive(candidate.address);
    return;
  }
  if (state_->checklist.add_local(candidate) == IceChecklist::Added::full) ++state_->counters.limit_reached;
  state_->settle(now);
}

void IceAgent::set_remote_credentials(IceCredentials remote, Time now) {
  State& state = *state_;
  if (state.state != IceState::waiting) return;
  state.remote = std::move(remote);
  state.failure_at = now + state.config.failure_timeout;
  state.enter(IceState::checking);
  state.replay_early(now);
  state.settle(now);
}

void IceAgent::add_remote_candidate(const IceCandidate& candidate, Time now) {
  if (state_->checklist.add_remote(candidate) == IceChecklist::Added::full) ++state_->counters.limit_reached;
  state_->settle(now);
}

void IceAgent::end_of_remote_candidates(Time /*now*/) {}

void IceAgent::receive(const DatagramPath& path, ByteView datagram, Time now) {
  State& state = *state_;
  if (state.state != IceState::waiting && !state.is_running()) return;
  const auto message = decode_stun(datagram);
  if (!message || path.local.ip.family != path.remote.ip.family) {
    ++state.counters.malformed;
    return;
  }
  switch (message->message_class) {
    case StunClass::request:
      state.receive_request(path, datagram, *message, now);
      break;
    case StunClass::indication:
      break;  // a keep-alive (RFC 8445 §11): neither answered nor trusted
    case StunClass::success:
    case StunClass::error:
      state.receive_response(path, datagram, *message, now);
      break;
  }
  state.settle(now);
}

bool IceAgent::expects(ByteView datagram) const {
  const std::string_view receiver = stun_receiver_ufrag(datagram);
  if (!receiver.empty()) return receiver == state_->config.local.ufrag;
  const auto message = decode_stun(datagram);
  return message && (state_->transactions.contains(message->transaction) ||
                     state_->consent.contains(message->transaction));
}

void IceAgent::note_data_received(Time now) {
  if (state_->selected) state_->checklist.at(*state_->selected).last_heard = now;
}

void IceAgent::handle_timeout(Time now) {
  if (!state_->deadline || now < *state_->deadline) return;
  state_->handle_due(now);
  state_->settle(now);
}

std::optional<Time> IceAgent::deadline() const {
  return state_->deadline;
}

void IceAgent::close() {
  state_->stop();
  state_->state = IceState::closed;
}

IceState IceAgent::state() const {
  return state_->state;
}

IceRole IceAgent::role() const {
  return state_->role;
}

const IceCredentials& IceAgent::local_credentials() const {
  return state_->config.local;
}

bool IceAgent::was_checked() const {
  return state_->was_checked;
}

std::optional<DatagramPath> IceAgent::path() const {
  if (!state_->selected) return {};
  return state_->checklist.path_of(*state_->selected);
}

std::optional<IcePathTypes> IceAgent::path_types() const {
  if (!state_->selected) return {};
  return IcePathTypes{.local = state_->local_type(*state_->selected),
                      .remote = state_->checklist.remote_of(*state_->selected).type};
}

bool IceAgent::is_nominated() const {
  return state_->selected && state_->nominated;
}

std::optional<Duration> IceAgent::round_trip() const {
  if (!state_->selected) return {};
  return state_->checklist.at(*state_->selected).round_trip;
}

const IceCounters& IceAgent::counters() const {
  return state_->counters;
}

IceAgent::State::State(IceConfig with, Random& from, IceSink& to)
    : config(std::move(with)),
      random(from),
      sink(to),
      role(config.role),
      tie_breaker(from.u64()),
      checklist(config.role, config.max_remote_candidates, config.max_pairs),
      consent(config.consent_interval, config.consent_timeout) {
  assert(config.pacing > Duration::zero() && config.initial_rto > Duration::zero());
}

void IceAgent::State::enter(IceState next) {
  state = next;
  sink.ice_state_changed(next);
}

void IceAgent::State::add_reflexive(const SocketAddress& address) {
  if (std::ranges::find(reflexive_addresses, address) != reflexive_addresses.end()) return;
  if (reflexive_addresses.size() == max_reflexive_addresses) {
    ++counters.limit_reached;
  } else {
    reflexive_addresses.push_back(address);
  }
}

/// The valid pair's local candidate is the one whose address the peer has seen (RFC 8445 §7.2.5.3.2).
CandidateType IceAgent::State::local_type(PairIndex index) const {
  const auto& mapped = checklist.at(index).mapped;
  const IceCandidate& base = checklist.local_of(index);
  if (!mapped || *mapped == base.address) return base.type;
  if (std::ranges::find(reflexive_addresses, *mapped) != reflexive_addresses.end())
    return CandidateType::server_reflexive;
  return checklist.has_local(*mapped) ? CandidateType::host : CandidateType::peer_reflexive;
}

void IceAgent::State::fail() {
  stop();
  enter(IceState::failed);
}

void IceAgent::State::stop() {
  transactions.clear();
  checklist.conclude();
  consent.stop();
  early.clear();
  failure_at.reset();
  nominating.reset();
  selected.reset();
  deadline.reset();
}

void IceAgent::State::handle_due(Time now) {
  if ((failure_at && *failure_at <= now) || consent.is_lost(now)) {
    fail();
    return;
  }
  while (const auto due = transactions.next_due(now)) {
    if (due->resend != nullptr) {
      sink.send_ice(due->resend->path, due->resend->datagram);
    } else {
      transaction_expired(*due->expired);
    }
  }
  if (consent.check_is_due(now)) send_consent_check(now);
}

void IceAgent::State::settle(Time now) {
  if (is_running()) send_checks(now);
  deadline = next_deadline();
}

std::optional<Time> IceAgent::State::next_deadline() const {
  if (!is_running()) return {};
  std::optional<Time> next = earliest(failure_at, transactions.deadline());
  next = earliest(next, consent.deadline());
  return earliest(next, earliest(ordinary_check_at(), nomination_at()));
}

}  // namespace flnet::rtc
