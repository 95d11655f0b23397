// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection::State: its way from the first description to the end, and who is woken by what.
#include "net/peer_connection_state.hpp"

#include <utility>

namespace flnet {

PeerConnection::State::State(std::shared_ptr<PeerPort::State> port)
    : ChannelFlow(std::make_shared<net::HeldBytes>()),
      loop_(port->loop),
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

// Messages and channels.

Result<> PeerConnection::State::can_send() const {
  if (stage_ == Stage::closing || over()) return failure(ErrorCode::closed, "the connection is closed");
  if (stage_ != Stage::open) return failure(ErrorCode::not_connected, "the connection is not open yet");
  return {};
}

void PeerConnection::State::session_received(MessageView message) {
  if (!keep(message)) end_of_patience();
}

void PeerConnection::State::channel_received(io::ChannelNumber number, MessageView message) {
  if (!channels_.received(number, message)) end_of_patience();
}

void PeerConnection::State::end_of_patience() {
  end({ErrorCode::queue_full, "the application takes messages too slowly"});
}

void PeerConnection::State::held_changed() {
  if (!session_) return;
  if (const auto bytes = held()->news()) session_->set_held_bytes(*bytes);
}

void PeerConnection::State::session_writable() {
  has_room();
  channels_.has_room();
}

Result<DataChannel> PeerConnection::State::create_channel(DataChannelOptions options) {
  if (auto can = can_send(); !can) return failure(std::move(can.error()));
  return channels_.create(std::move(options));
}

bool PeerConnection::State::channel_offered(io::ChannelNumber number, const DataChannelOptions& options) {
  return channels_.offered(number, options);
}

Task<std::optional<DataChannel>> PeerConnection::State::next_channel(std::shared_ptr<State> state) {
  net::ChannelTable* table = &state->channels_;
  return net::ChannelTable::next({std::move(state), table});
}

// The end.

void PeerConnection::State::begin_closing() {
  if (stage_ == Stage::closing || over()) return;
  if (stage_ != Stage::open) return end({ErrorCode::closed, "closed by this side"});
  stage_ = Stage::closing;
  close_timer_ = loop_.at(loop_.now() + std::chrono::seconds(PeerConnectionLimits::close_timeout_s),
                          [this] { end({ErrorCode::timed_out, "closed before everything was delivered"}); });
  session_->shutdown();
  has_room();  // Whoever waits for room learns that there will be none.
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
  channels_.end(reason_);
  session_.reset();
  for (WaitList* list : {&setup_readers_, &opening_, &ending_}) list->wake_all();
  end_flow();
}

void PeerConnection::State::abort() {
  if (past_setup() && !over()) delivered_ = failure(ErrorCode::closed, "the connection was destroyed");
  end({ErrorCode::closed, "the connection was destroyed"});
  drop_received();
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
