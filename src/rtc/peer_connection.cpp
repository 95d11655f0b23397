// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection's life: made, driven by time, asked, ended.
#include "rtc/peer_connection.hpp"

#include "base/encoding.hpp"
#include "rtc/peer_connection_state.hpp"

#include <algorithm>
#include <utility>

namespace flnet::rtc {

namespace {

/// What RFC 8841 §6.1 lets us assume of a peer that has not said what it takes.
constexpr std::uint64_t default_peer_max_message_size = 64 * 1024;

bool is_due(std::optional<Time> deadline, Time now) {
  return deadline && *deadline <= now;
}

}  // namespace

PeerConnection::State::State(PeerConnectionConfig config, DtlsContext& dtls_context, Random& random,
                             PeerConnectionSink& sink)
    : config_(std::move(config)),
      dtls_context_(dtls_context),
      random_(random),
      sink_(sink),
      credentials_(make_ice_credentials(random)),
      gathering_(config_.gathering),
      sctp_(config_.sctp, random, *this),
      channels_(sctp_, *this),
      peer_max_message_size_(default_peer_max_message_size) {
  add_host_candidates();
  for (const auto& address : config_.reflexive_addresses) add_reflexive_candidate(address);
  for (const auto& address : config_.relayed_addresses) add_relayed_candidate(address);
}

IceGatheringState PeerConnection::State::gathering_state() const {
  if (phase_ == Phase::fresh) return IceGatheringState::New;
  return gathering_ ? IceGatheringState::Gathering : IceGatheringState::Complete;
}

IceConnectionState PeerConnection::State::ice_connection_state() const {
  if (!ice_) return ended() ? IceConnectionState::Closed : IceConnectionState::New;
  switch (ice_->agent.state()) {
    case IceState::waiting:
      return IceConnectionState::New;
    case IceState::checking:
      return IceConnectionState::Checking;
    case IceState::connected:
      return ice_->agent.is_nominated() ? IceConnectionState::Completed : IceConnectionState::Connected;
    case IceState::failed:
      return restart_ ? IceConnectionState::Disconnected : IceConnectionState::Failed;
    case IceState::closed:
      return ice_has_failed_ ? IceConnectionState::Failed : IceConnectionState::Closed;
  }
  return IceConnectionState::New;
}

PeerConnection::PeerConnection(PeerConnectionConfig config, DtlsContext& dtls, Random& random,
                               PeerConnectionSink& sink)
    : state_(std::make_unique<State>(std::move(config), dtls, random, sink)) {}

PeerConnection::~PeerConnection() = default;

Result<ChannelId> PeerConnection::open_channel(const DataChannelOptions& options, Time now) {
  if (state_->ended()) return failure(ErrorCode::closed, "the connection is closed");
  state_->now_ = now;
  return state_->channels_.open(options, now);
}

Result<> PeerConnection::send(ChannelId id, MessageView message, Time now) {
  State& state = *state_;
  if (state.ended() || state.shutdown_is_wanted_)
    return failure(ErrorCode::closed, "the connection is closed");
  const std::uint64_t limit = state.peer_max_message_size_;
  if (limit != 0 && message.bytes.size() > limit)
    return failure(ErrorCode::too_large, "the peer takes messages of at most " + std::to_string(limit) +
                                             " bytes, this one has " + std::to_string(message.bytes.size()));
  if (message.kind == MessageKind::text && !is_utf8(message.text()))
    return failure(ErrorCode::invalid_argument, "text must be UTF-8");
  state.now_ = now;
  auto sent = state.channels_.send(id, message, now);
  if (sent) state.data_was_accepted_ = true;
  return sent;
}

void PeerConnection::set_held_bytes(std::size_t bytes, Time now) {
  if (!state_->ended()) state_->sctp_.set_held_bytes(bytes, now);
}

void PeerConnection::close_channel(ChannelId id, Time now) {
  if (state_->ended()) return;
  state_->now_ = now;
  state_->channels_.close(id, now);
}

std::size_t PeerConnection::buffered_bytes() const {
  return state_->sctp_.buffered_bytes();
}

std::size_t PeerConnection::buffered_bytes(ChannelId id) const {
  return state_->channels_.buffered_bytes(id);
}

void PeerConnection::handle_timeout(Time now) {
  State& state = *state_;
  if (state.ended()) return;
  state.now_ = now;
  if (is_due(state.setup_deadline_, now))
    state.fail(ErrorCode::timed_out, "the connection was not set up in time");
  for (IceAgent* agent :
       {state.ice_ ? &state.ice_->agent : nullptr, state.restart_ ? &state.restart_->next->agent : nullptr})
    if (agent != nullptr && is_due(agent->deadline(), now)) agent->handle_timeout(now);
  if (state.dtls_ && is_due(state.dtls_->deadline(), now)) state.dtls_->handle_timeout(now);
  if (is_due(state.sctp_.deadline(), now)) state.sctp_.handle_timeout(now);
  if (!state.ended()) state.channels_.handle_timeout(now);
  state.follow_up(now);
}

void PeerConnection::flush(Time now) {
  State& state = *state_;
  if (state.ended() || !state.dtls_is_connected_) return;
  state.now_ = now;
  state.sctp_.flush(now);
  state.follow_up(now);
}

std::optional<Time> PeerConnection::deadline() const {
  const State& state = *state_;
  if (state.ended()) return std::nullopt;
  auto deadline = state.setup_deadline_;
  if (state.ice_) deadline = earliest(deadline, state.ice_->agent.deadline());
  if (state.restart_)
    deadline = earliest(deadline, earliest(state.restart_->deadline, state.restart_->next->agent.deadline()));
  if (state.dtls_) deadline = earliest(deadline, state.dtls_->deadline());
  if (state.shutdown_is_wanted_ && !state.shutdown_is_started_ && state.phase_ == State::Phase::open)
    deadline = earliest(deadline, state.channels_.grace_end());
  return earliest(earliest(deadline, state.sctp_.deadline()), state.channels_.deadline());
}

void PeerConnection::shutdown(Time now) {
  State& state = *state_;
  if (state.ended()) return;
  state.now_ = now;
  state.shutdown_is_wanted_ = true;
  state.follow_up(now);
}

void PeerConnection::abort(std::string_view reason, Time now) {
  State& state = *state_;
  if (state.phase_ == State::Phase::closed) return;
  state.now_ = now;
  state.sctp_.abort(reason, now);
  state.phase_ = State::Phase::closed;
  if (state.dtls_) state.dtls_->close();
  if (state.ice_) state.ice_->agent.close();
  state.restart_.reset();
}

const std::string& PeerConnection::local_ufrag() const {
  return state_->credentials_.ufrag;
}

std::optional<DatagramPath> PeerConnection::path() const {
  return state_->path_;
}

bool PeerConnection::is_connected() const {
  return state_->phase_ == State::Phase::open && !state_->ended();
}

PeerConnectionStats PeerConnection::stats() const {
  const State& state = *state_;
  PeerConnectionStats stats;
  stats.round_trip = state.sctp_.smoothed_round_trip();
  if (!stats.round_trip && state.ice_) stats.round_trip = state.ice_->agent.round_trip();
  stats.path = state.path_;
  if (state.ice_) stats.path_types = state.ice_->agent.path_types();
  stats.is_restarting = state.restart_.has_value();
  stats.restarts = state.restarts_;
  stats.restarts_given_up = state.restarts_given_up_;
  stats.gathering = state.gathering_state();
  stats.ice_connection = state.ice_connection_state();
  if (state.ice_) stats.ice = state.ice_->agent.counters();
  stats.sctp = state.sctp_.counters();
  stats.channels = state.channels_.counters();
  stats.dropped_early = state.dropped_early_;
  stats.dropped_malformed = state.dropped_malformed_;
  if (state.dtls_) stats.dropped_malformed += state.dtls_->counters().dropped_malformed;
  return stats;
}

}  // namespace flnet::rtc
