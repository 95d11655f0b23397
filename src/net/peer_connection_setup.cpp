// SPDX-License-Identifier: MIT OR Apache-2.0
// The set-up of a PeerConnection: which of the other side's messages is taken when, and what is told to it.
#include "net/peer_connection_state.hpp"

#include "rtc/ice_candidate.hpp"
#include "rtc/sdp_description.hpp"

#include <flnet/log.hpp>

#include <utility>

namespace flnet {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};

}  // namespace

Result<> PeerConnection::State::connect() {
  switch (stage_) {
    case Stage::fresh:
      break;
    case Stage::offered:
      return failure(ErrorCode::invalid_argument, "the offer has been made already");
    case Stage::answered:
      return failure(ErrorCode::invalid_argument, "the other side has offered");
    case Stage::open:
      return failure(ErrorCode::invalid_argument, "the connection is open");
    case Stage::closing:
    case Stage::closed:
      return failure(ErrorCode::closed, "the connection is closed");
  }
  stage_ = Stage::offered;
  session_->create_offer();
  return {};
}

Result<> PeerConnection::State::setup(PeerMessage::Any message) {
  if (over()) return failure(ErrorCode::closed, "the connection is closed");
  return std::visit([this](auto& each) { return take(std::move(each)); }, message);
}

Result<> PeerConnection::State::take(PeerMessage::Init) {
  return connect();
}

Result<> PeerConnection::State::take(PeerMessage::Offer offer) {
  if (stage_ == Stage::offered && !has_remote_description_)
    return failure(ErrorCode::invalid_argument, "both sides offered: only one of them may connect");
  const auto read = rtc::decode_sdp(offer.sdp);
  if (!read) return failure(read.error());
  if (read->ice.ufrag == our_ufrag_)
    return failure(ErrorCode::invalid_argument, "the offer is this connection's own");
  // Of the two sides one is open first: its restart may reach the other one before that is.
  if (stage_ != Stage::fresh) return session_->accept_restart(std::move(offer.sdp));
  stage_ = Stage::answered;
  session_->accept_offer(std::move(offer.sdp));
  pass_on_early_candidates();
  return {};
}

Result<> PeerConnection::State::take(PeerMessage::Answer answer) {
  if (stage_ != Stage::offered && !session_->awaits_answer())
    return failure(ErrorCode::invalid_argument, "there is no offer that waits for an answer");
  if (const auto read = rtc::decode_sdp(answer.sdp); !read) return failure(read.error());
  session_->accept_answer(std::move(answer.sdp));
  pass_on_early_candidates();
  return {};
}

Result<> PeerConnection::State::take(PeerMessage::IceCandidate candidate) {
  if (!candidate.line.empty()) {
    // Kinds that are unknown here may mean something to the session, or are skipped by it.
    const auto read = rtc::parse_candidate(candidate.line);
    if (!read && read.error().code != ErrorCode::unsupported) return failure(read.error());
  }
  if (has_remote_description_) {
    session_->add_candidate(std::move(candidate.line));
    return {};
  }
  if (early_candidates_.size() >= PeerConnectionLimits::early_candidates)
    return failure(ErrorCode::queue_full, "too many candidates before the description");
  early_candidates_.push_back(std::move(candidate.line));
  return {};
}

void PeerConnection::State::pass_on_early_candidates() {
  has_remote_description_ = true;
  for (std::string& line : std::exchange(early_candidates_, {})) session_->add_candidate(std::move(line));
}

Result<> PeerConnection::State::restart() {
  if (auto can = can_send(); !can) return can;
  return session_->restart();
}

void PeerConnection::State::session_restarting(std::string offer) {
  tell_description(PeerMessage::Offer{offer}, offer);
}

void PeerConnection::State::session_described(std::string sdp) {
  const bool is_first = !std::exchange(is_described_, true);
  if (is_first && stage_ == Stage::offered) {
    tell_description(PeerMessage::Offer{sdp}, sdp);
  } else {
    tell_description(PeerMessage::Answer{sdp}, sdp);
  }
}

void PeerConnection::State::tell_description(PeerMessage::Any message, const std::string& sdp) {
  if (const auto read = rtc::decode_sdp(sdp)) our_ufrag_ = read->ice.ufrag;
  tell_setup(std::move(message));
}

void PeerConnection::State::session_candidate(std::string line) {
  tell_setup(PeerMessage::IceCandidate{std::move(line)});
}

void PeerConnection::State::tell_setup(PeerMessage::Any message) {
  if (setups_.size() >= PeerConnectionLimits::setup_messages) {
    topic.debug("a set-up message is dropped: nobody brings the earlier ones to the other side");
    return;
  }
  setups_.push_back(std::move(message));
  setup_readers_.wake_one();
}

Task<std::optional<PeerMessage::Any>> PeerConnection::State::next_setup(std::shared_ptr<State> state) {
  while (state->setups_.empty() && !state->over()) {
    WaitList::Waiter turn(state->setup_readers_);
    co_await turn;
  }
  if (state->setups_.empty()) co_return std::nullopt;
  co_return state->setups_.take_front();
}

}  // namespace flnet
