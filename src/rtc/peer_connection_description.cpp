// SPDX-License-Identifier: MIT OR Apache-2.0
// How a PeerConnection describes itself and takes its peer's description (RFC 8829, 8839, 8842).
#include "rtc/peer_connection_state.hpp"

#include <algorithm>
#include <utility>

namespace flnet::rtc {

namespace {

/// RFC 8829 §5.2.1: the session id of the o= line is a number of 63 bits.
constexpr std::uint64_t session_id_mask = ~std::uint64_t{0} >> 1;

}  // namespace

Result<std::string> PeerConnection::create_offer(Time now) {
  State& state = *state_;
  if (state.phase_ != State::Phase::fresh || state.ended())
    return failure(ErrorCode::invalid_argument, "an offer is only made by a new connection");
  state.now_ = now;
  state.attempt_ = state.config_.session;
  state.offered_first_ = true;
  state.phase_ = State::Phase::offered;
  state.setup_deadline_ = now + state.config_.setup_timeout;
  state.ice_ = state.make_generation(IceRole::controlling, state.credentials_, now);
  return encode_sdp(state.next_description(DtlsSetup::actpass));
}

Result<std::string> PeerConnection::accept_offer(std::string_view sdp, Time now) {
  State& state = *state_;
  if (state.phase_ == State::Phase::offered || state.ended())
    return failure(ErrorCode::invalid_argument, "the connection is closed or waits for an answer");
  const auto offer = decode_sdp(sdp);
  if (!offer) return failure(offer.error());
  state.now_ = now;
  if (state.phase_ != State::Phase::fresh) return state.accept_later_offer(*offer, now);
  state.attempt_ = offer->flnet_session;
  state.media_id_ = offer->media_id;
  state.phase_ = State::Phase::connecting;
  state.setup_deadline_ = now + state.config_.setup_timeout;
  state.ice_ = state.make_generation(IceRole::controlled, state.credentials_, now);
  // RFC 8842 §5.2: whoever answers actpass should be active, which saves a round trip.
  const bool passive = offer->setup == DtlsSetup::active;
  state.apply_remote(*offer, passive ? DtlsRole::server : DtlsRole::client, now);
  state.follow_up(now);
  return encode_sdp(state.next_description(passive ? DtlsSetup::passive : DtlsSetup::active));
}

Result<> PeerConnection::accept_answer(std::string_view sdp, Time now) {
  State& state = *state_;
  const bool is_restart = state.is_waiting_for_restart_answer();
  if ((state.phase_ != State::Phase::offered && !is_restart) || state.ended())
    return failure(ErrorCode::invalid_argument, "there is no offer that waits for an answer");
  const auto answer = decode_sdp(sdp);
  if (!answer) return failure(answer.error());
  if (auto fits = state.check_answer(*answer); !fits) return fits;
  state.now_ = now;
  if (is_restart) return state.accept_restart_answer(*answer, now);
  state.phase_ = State::Phase::connecting;
  const bool peer_is_client = answer->setup == DtlsSetup::active;
  state.apply_remote(*answer, peer_is_client ? DtlsRole::server : DtlsRole::client, now);
  state.follow_up(now);
  return {};
}

Result<> PeerConnection::add_remote_candidate(std::string_view line, Time now) {
  State& state = *state_;
  if (state.ended()) return failure(ErrorCode::closed, "the connection is closed");
  state.now_ = now;
  if (line.empty()) {
    if (const auto generation = state.generation_of({}))
      generation->agent.end_of_remote_candidates(now);
    else
      state.early_end_of_candidates_ = true;
    state.follow_up(now);
    return {};
  }
  const auto candidate = parse_candidate(line);
  if (!candidate) return failure(candidate.error());
  auto added = state.add_candidate(*candidate, now);
  state.follow_up(now);
  return added;
}

std::optional<std::string> PeerConnection::add_local_address(const SocketAddress& address, Time now) {
  if (state_->ended()) return {};
  return state_->trickle(state_->add_host_candidate(address), now);
}

std::optional<std::string> PeerConnection::add_reflexive_address(const ReflexiveAddress& address, Time now) {
  if (state_->ended()) return {};
  return state_->trickle(state_->add_reflexive_candidate(address), now);
}

std::optional<std::string> PeerConnection::add_relayed_address(const RelayedAddress& address, Time now) {
  if (state_->ended()) return {};
  return state_->trickle(state_->add_relayed_candidate(address), now);
}

void PeerConnection::resume_gathering() {
  if (!state_->ended()) state_->gathering_ = true;
}

bool PeerConnection::finish_gathering() {
  State& state = *state_;
  const bool was_gathering = std::exchange(state.gathering_, false);
  return was_gathering && state.ice_ && !state.ended();
}

std::vector<std::string> PeerConnection::local_candidate_lines() const {
  std::vector<std::string> lines;
  lines.reserve(state_->local_candidates_.size());
  for (const auto& candidate : state_->local_candidates_) lines.push_back(to_line(candidate));
  return lines;
}

void PeerConnection::State::add_host_candidates() {
  for (const auto& address : config_.local_addresses)
    local_candidates_.push_back(host_candidate(address, local_candidates_.size()));
}

const IceCandidate* PeerConnection::State::add_host_candidate(const SocketAddress& address) {
  const std::size_t count = candidate_count(CandidateType::host);
  const auto known = std::ranges::find(local_candidates_, address, &IceCandidate::address);
  if (known != local_candidates_.end() || count >= max_local_addresses) return nullptr;
  return &local_candidates_.emplace_back(host_candidate(address, count));
}

const IceCandidate* PeerConnection::State::add_reflexive_candidate(const ReflexiveAddress& address) {
  constexpr auto type = CandidateType::server_reflexive;
  const auto* base = base_for(address.base, address.mapped, type, max_reflexive_addresses);
  if (base == nullptr) return nullptr;
  const IceCandidate candidate = reflexive_candidate(*base, address.mapped, candidate_count(type));
  return &local_candidates_.emplace_back(candidate);
}

const IceCandidate* PeerConnection::State::add_relayed_candidate(const RelayedAddress& address) {
  constexpr auto type = CandidateType::relayed;
  const auto* base = base_for(address.base, address.relayed, type, max_relayed_addresses);
  if (base == nullptr) return nullptr;
  const IceCandidate candidate =
      relayed_candidate(*base, address.relayed, address.mapped, candidate_count(type));
  return &local_candidates_.emplace_back(candidate);
}

const IceCandidate* PeerConnection::State::base_for(const SocketAddress& base, const SocketAddress& told,
                                                    CandidateType type, std::size_t max) const {
  const auto find = [this](const SocketAddress& address) {
    return std::ranges::find(local_candidates_, address, &IceCandidate::address);
  };
  const auto host = find(base);
  const bool is_base = host != local_candidates_.end() && host->type == CandidateType::host;
  if (!is_base || find(told) != local_candidates_.end() || candidate_count(type) == max) return nullptr;
  return &*host;
}

std::size_t PeerConnection::State::candidate_count(CandidateType type) const {
  return static_cast<std::size_t>(std::ranges::count(local_candidates_, type, &IceCandidate::type));
}

std::optional<std::string> PeerConnection::State::trickle(const IceCandidate* added, Time now) {
  if (added == nullptr || !ice_) return {};
  now_ = now;
  IceCandidate trickled = *added;
  trickled.ufrag = newest_generation().agent.local_credentials().ufrag;  // it travels alone
  ice_->agent.add_local_candidate(*added, now);
  if (restart_) restart_->next->agent.add_local_candidate(*added, now);
  return to_line(trickled);
}

std::unique_ptr<PeerConnection::State::IceGeneration> PeerConnection::State::make_generation(
    IceRole role, IceCredentials credentials, Time now) {
  IceConfig config = config_.ice;
  config.nominates_when_checked = remote_.has_value();  // A restart's: it may be we who answer.
  config.role = role;
  config.local = std::move(credentials);
  auto generation = std::make_unique<IceGeneration>(*this, std::move(config));
  for (const auto& candidate : local_candidates_) generation->agent.add_local_candidate(candidate, now);
  return generation;
}

SessionDescription PeerConnection::State::next_description(DtlsSetup setup) {
  SessionDescription description;
  description.session_id = config_.session & session_id_mask;
  description.session_version = ++description_version_;
  description.media_id = media_id_;
  description.ice = newest_generation().agent.local_credentials();
  description.fingerprints = {dtls_context_.fingerprint()};
  description.setup = setup;
  description.sctp_port = config_.sctp.local_port;
  description.max_message_size = config_.sctp.max_message_size;
  description.candidates = local_candidates_;
  description.end_of_candidates = !gathering_;
  description.flnet_session = attempt_;
  return description;
}

Result<> PeerConnection::State::check_answer(const SessionDescription& answer) const {
  if (answer.setup == DtlsSetup::actpass)  // RFC 8842 §5.3
    return failure(ErrorCode::invalid_message, "an answer must choose a DTLS role");
  if (answer.flnet_session && answer.flnet_session != attempt_)
    return failure(ErrorCode::refused, "the answer is to another offer");
  return {};
}

void PeerConnection::State::apply_remote(const SessionDescription& remote, DtlsRole role, Time now) {
  remember(remote);
  dtls_role_ = role;
  dtls_ = dtls_context_.make_session(role, remote.fingerprints, *this);
  sctp_.set_remote_port(remote.sctp_port);
  channels_.set_dtls_client(role == DtlsRole::client, now);
  ice_->remote = remote.ice;
  for (const auto& candidate : std::exchange(early_candidates_, {}))
    static_cast<void>(add_candidate(candidate, now));  // those of another session are not wanted
  set_remote(*ice_, remote, now);
  if (early_end_of_candidates_) ice_->agent.end_of_remote_candidates(now);
}

void PeerConnection::State::remember(const SessionDescription& remote) {
  peer_max_message_size_ = remote.max_message_size;
  remote_ = remote;
  remote_->candidates.clear();
}

void PeerConnection::State::set_remote(IceGeneration& generation, const SessionDescription& remote,
                                       Time now) {
  for (const auto& candidate : remote.candidates) generation.agent.add_remote_candidate(candidate, now);
  generation.remote = remote.ice;
  generation.agent.set_remote_credentials(remote.ice, now);
  if (remote.end_of_candidates || !remote.trickle) generation.agent.end_of_remote_candidates(now);
}

Result<> PeerConnection::State::add_candidate(const IceCandidate& candidate, Time now) {
  if (!remote_) {
    if (early_candidates_.size() >= config_.ice.max_remote_candidates)
      return failure(ErrorCode::queue_full, "too many candidates before the description");
    early_candidates_.push_back(candidate);
    return {};
  }
  const auto generation = generation_of(candidate.ufrag);
  if (generation == nullptr) return failure(ErrorCode::refused, "the candidate is of another session");
  generation->agent.add_remote_candidate(candidate, now);
  return {};
}

PeerConnection::State::IceGeneration* PeerConnection::State::generation_of(
    const std::optional<std::string>& ufrag) const {
  for (IceGeneration* generation : {restart_ ? restart_->next.get() : nullptr, ice_.get()}) {
    const bool is_described = generation != nullptr && generation->remote;
    if (is_described && (!ufrag || *ufrag == generation->remote->ufrag)) return generation;
  }
  return nullptr;
}

}  // namespace flnet::rtc
