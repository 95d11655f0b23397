// SPDX-License-Identifier: MIT OR Apache-2.0
// How a PeerConnection restarts ICE: later offers and answers, and the step from the old path to the new one
// (RFC 8445 §9, RFC 8839 §4.4.1.1.1).
#include "rtc/peer_connection_state.hpp"
#include "rtc/sdp_restart.hpp"

#include <utility>

namespace flnet::rtc {

Result<std::string> PeerConnection::restart(Time now) {
  if (auto can = can_restart(); !can) return failure(can.error());
  State& state = *state_;
  state.now_ = now;
  state.begin_restart(true, now);
  return encode_sdp(state.next_description(DtlsSetup::actpass));  // the answer keeps the roles
}

Result<> PeerConnection::can_restart() const {
  if (state_->ended()) return failure(ErrorCode::closed, "the connection is closed");
  if (!state_->remote_)
    return failure(ErrorCode::invalid_argument, "only what both sides have described can be restarted");
  if (state_->restart_) return failure(ErrorCode::invalid_argument, "a restart is under way");
  return {};
}

Result<> PeerConnection::can_take_restart(std::string_view sdp) const {
  const State& state = *state_;
  if (state.ended()) return failure(ErrorCode::closed, "the connection is closed");
  if (!state.remote_) return failure(ErrorCode::invalid_argument, "the first descriptions come first");
  const auto offer = decode_sdp(sdp);
  if (!offer) return failure(offer.error());
  if (auto fits = state.check_later_offer(*offer); !fits) return fits;
  return check_restart_offer(*state.remote_, *offer);
}

bool PeerConnection::is_described() const {
  return state_->remote_.has_value();
}

bool PeerConnection::awaits_restart_answer() const {
  return state_->is_waiting_for_restart_answer();
}

Result<> PeerConnection::State::check_later_description(const SessionDescription& later) const {
  if (auto fits = rtc::check_later_description(*remote_, later); !fits) return fits;
  if (later.flnet_session && later.flnet_session != attempt_)
    return failure(ErrorCode::refused, "the description is of another session");
  const bool new_ufrag = later.ice.ufrag != ice_->remote->ufrag;
  const bool new_password = later.ice.password != ice_->remote->password;
  if (new_ufrag != new_password)
    return failure(ErrorCode::invalid_message, "a restart changes both ufrag and password");
  return {};
}

/// The latest offer counts, but for our own where it goes first.
Result<> PeerConnection::State::check_later_offer(const SessionDescription& offer) const {
  if (auto fits = check_later_description(offer); !fits) return fits;
  const bool peer_is_client = dtls_role_ == DtlsRole::server;
  if (offer.setup != DtlsSetup::actpass && (offer.setup == DtlsSetup::active) != peer_is_client)
    return failure(ErrorCode::unsupported, "the offer asks for another association");
  if (is_waiting_for_restart_answer() && offered_first_)
    return failure(ErrorCode::refused, "our own restart is under way and goes first");
  return {};
}

Result<std::string> PeerConnection::State::accept_later_offer(const SessionDescription& offer, Time now) {
  if (auto fits = check_later_offer(offer); !fits) return failure(fits.error());
  remember(offer);
  if (offer.ice == ice_->remote) {
    if (restart_) give_up_restart();  // whoever offers the present credentials has given it up
  } else if (!restart_ || restart_->next->remote != offer.ice) {
    begin_restart(false, now);
    set_remote(*restart_->next, offer, now);
  }
  const bool is_client = dtls_role_ == DtlsRole::client;
  auto answer = encode_sdp(next_description(is_client ? DtlsSetup::active : DtlsSetup::passive));
  follow_up(now);
  return answer;
}

/// Its DTLS role is not looked at: Firefox answers `active` whatever the association has, and keeps that.
Result<> PeerConnection::State::accept_restart_answer(const SessionDescription& answer, Time now) {
  if (auto fits = check_later_description(answer); !fits) return fits;
  if (answer.ice == ice_->remote)
    return failure(ErrorCode::invalid_message, "the answer to a restart has the old credentials");
  remember(answer);
  restart_->deadline = now + config_.restart_timeout;
  set_remote(*restart_->next, answer, now);
  follow_up(now);
  return {};
}

/// The roles stay (RFC 8445 §9), whoever restarts.
void PeerConnection::State::begin_restart(bool is_ours, Time now) {
  if (restart_) drop_restart();
  restart_.emplace(IceRestart{make_generation(ice_->agent.role(), make_ice_credentials(random_), now),
                              is_ours, now + config_.restart_timeout});
  sink_.ufrag_added(restart_->next->agent.local_credentials().ufrag);
}

/// The side that answers may have a path before the answer has arrived. Were it to leave the old one then,
/// and the answer to get lost, the peer would be alone on the old path; so it waits for a check that only the
/// answer makes possible.
void PeerConnection::State::advance_restart(Time now) {
  const IceAgent& next = restart_->next->agent;
  if (next.path() && (restart_->is_ours || next.was_checked()))
    complete_restart();
  else if (next.state() == IceState::failed || restart_->deadline <= now)
    give_up_restart();
}

void PeerConnection::State::complete_restart() {
  const IceCredentials old = std::exchange(credentials_, restart_->next->agent.local_credentials());
  ice_ = std::move(restart_->next);
  restart_.reset();
  path_.reset();  // one that works again with the same addresses begins anew, too
  use_path(*ice_->agent.path());
  ice_was_connected_ = true;
  ++restarts_;
  sink_.ufrag_removed(old.ufrag);
}

void PeerConnection::State::give_up_restart() {
  drop_restart();
  if (ice_->agent.state() == IceState::failed) fail_without_path();
}

void PeerConnection::State::drop_restart() {
  const std::string ufrag = restart_->next->agent.local_credentials().ufrag;
  restart_.reset();
  ++restarts_given_up_;
  sink_.ufrag_removed(ufrag);
}

}  // namespace flnet::rtc
