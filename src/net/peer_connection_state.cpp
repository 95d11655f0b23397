// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection::State: its way from the first description to the end, and who is woken by what.
#include "net/peer_connection_state.hpp"

#include <utility>

namespace flnet {

PeerConnection::State::State(std::shared_ptr<PeerPort::State> port)
    : loop_(port->loop),
      port_(std::move(port)),
      // A number of 63 bits, as the description's o= line has it (RFC 8829 §5.2.1).
      session_(port_->host->make_session(port_->random->u64() >> 1, *this)) {}

ConnectionStateMap PeerConnection::State::state() const {
  ConnectionStateMap map = session_ ? session_->state() : last_state_;
  const bool flows = stage_ == Stage::open || stage_ == Stage::closing;
  const bool idle = stage_ == Stage::fresh || over();
  map.signaling = flows ? SignalingState::Stable : idle ? SignalingState::Closed : SignalingState::Setup;
  switch (stage_) {
    case Stage::fresh:
      break;
    case Stage::offered:
    case Stage::answered:
      map.data_connection = DataChannelState::Connecting;
      break;
    case Stage::open:
      map.data_connection = DataChannelState::Open;
      break;
    case Stage::closing:
      map.data_connection = DataChannelState::Closing;
      break;
    case Stage::closed:
      map.data_connection = DataChannelState::Closed;
      map.ice_connection = IceConnectionState::Closed;
      break;
  }
  return map;
}

void PeerConnection::State::session_opened() {
  if (past_setup()) return;
  stage_ = Stage::open;
  opening_.wake_all();
}

Task<Result<>> PeerConnection::State::opened(std::shared_ptr<State> state) {
  while (!state->past_setup()) {
    WaitList::Waiter turn(state->opening_);
    co_await turn;
  }
  if (state->over()) co_return failure(state->reason_);
  co_return Result<>{};
}

// Receiving.

void PeerConnection::State::session_received(MessageView message) {
  if (!received_.push(message)) {
    return end({ErrorCode::queue_full, "the application takes messages too slowly"});
  }
  tell_held_bytes();
  receivers_.wake_one();
}

void PeerConnection::State::tell_held_bytes() {
  if (!session_) return;
  if (const auto held = received_.news()) session_->set_held_bytes(*held);
}

std::optional<Message> PeerConnection::State::try_recv() {
  auto message = received_.pop();
  if (message) tell_held_bytes();
  return message;
}

Task<std::optional<Message>> PeerConnection::State::recv(std::shared_ptr<State> state) {
  while (state->received_.empty() && !state->over()) {
    WaitList::Waiter turn(state->receivers_);
    co_await turn;
  }
  co_return state->try_recv();
}

// The end.

void PeerConnection::State::begin_closing() {
  if (stage_ == Stage::closing || over()) return;
  if (stage_ != Stage::open) return end({ErrorCode::closed, "closed by this side"});
  stage_ = Stage::closing;
  close_timer_ = loop_.at(loop_.now() + std::chrono::seconds(PeerConnectionLimits::close_timeout_s),
                          [this] { end({ErrorCode::timed_out, "closed before everything was delivered"}); });
  session_->shutdown();
  writable_.wake_all();  // Whoever waits for room learns that there will be none.
}

void PeerConnection::State::end(Error reason) {
  if (over()) return;
  const bool was_delivered = buffered_bytes() == 0 && reason.code == ErrorCode::closed;
  if (past_setup() && !was_delivered) delivered_ = failure(reason);
  last_state_ = state();
  stage_ = Stage::closed;
  reason_ = std::move(reason);
  close_timer_ = {};
  setups_.clear();
  early_candidates_.clear();
  session_.reset();
  for (WaitList* list : {&setup_readers_, &opening_, &ending_, &receivers_, &turns_, &writable_})
    list->wake_all();
}

void PeerConnection::State::abort() {
  if (past_setup() && !over()) delivered_ = failure(ErrorCode::closed, "the connection was destroyed");
  end({ErrorCode::closed, "the connection was destroyed"});
  received_.clear();
  port_.reset();
}

Task<Error> PeerConnection::State::closed(std::shared_ptr<State> state) {
  while (!state->over()) {
    WaitList::Waiter turn(state->ending_);
    co_await turn;
  }
  co_return state->reason_;
}

Task<Result<>> PeerConnection::State::close(std::shared_ptr<State> state) {
  state->begin_closing();
  while (!state->over()) {
    WaitList::Waiter turn(state->ending_);
    co_await turn;
  }
  co_return state->delivered_;
}

}  // namespace flnet
