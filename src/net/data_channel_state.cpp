// SPDX-License-Identifier: MIT OR Apache-2.0
// DataChannel::State: what is said when, and who is woken by what.
#include "net/data_channel_state.hpp"

#include <flnet/peer_connection.hpp>

#include <utility>

namespace flnet {

DataChannel::State::State(net::ChannelOwner& owner, io::ChannelNumber number, DataChannelOptions options,
                          bool is_open)
    : ChannelFlow(owner.held_bytes()),
      owner_(&owner),
      number_(number),
      options_(std::move(options)),
      stage_(is_open ? DataChannelState::Open : DataChannelState::Connecting) {}

std::size_t DataChannel::State::buffered_bytes() const {
  return owner_ == nullptr ? 0 : owner_->session().buffered_on(number_);
}

// --- Opening and messages

void DataChannel::State::session_opened() {
  if (stage_ != DataChannelState::Connecting) return;
  stage_ = DataChannelState::Open;
  opening_.wake_all();
}

Task<Result<>> DataChannel::State::opened(std::shared_ptr<State> state) {
  while (state->stage_ == DataChannelState::Connecting) {
    WaitList::Waiter turn(state->opening_);
    co_await turn;
  }
  if (state->over()) co_return failure(state->reason_);
  co_return Result<>{};
}

Result<> DataChannel::State::can_send() const {
  switch (stage_) {
    case DataChannelState::Connecting:
      return failure(ErrorCode::not_connected, "the channel is not open yet");
    case DataChannelState::Open:
      return {};
    case DataChannelState::Closing:
    case DataChannelState::Closed:
      break;
  }
  return failure(ErrorCode::closed, "the channel is closed");
}

Result<> DataChannel::State::pass_on(MessageView message) {
  return owner_->session().send_on(number_, message);
}

bool DataChannel::State::session_received(MessageView message) {
  return abandoned_ || over() || keep(message);
}

void DataChannel::State::held_changed() {
  if (owner_ != nullptr) owner_->held_changed();
}

// --- The end

void DataChannel::State::begin_closing() {
  if (stage_ == DataChannelState::Closing || over()) return;
  stage_ = DataChannelState::Closing;
  close_timer_ = owner_->loop().at(
      owner_->loop().now() + std::chrono::seconds(PeerConnectionLimits::close_timeout_s),
      [this] { end({ErrorCode::timed_out, "the peer did not confirm in time that the channel is closed"}); });
  owner_->session().close_channel(number_);
  opening_.wake_all();
  has_room();  // Whoever waits for room learns that there will be none.
}

void DataChannel::State::session_closed() {
  end({ErrorCode::closed, "the channel is closed"});
}

void DataChannel::State::end(Error reason) {
  if (over()) return;
  if (stage_ == DataChannelState::Closing && reason.code != ErrorCode::closed) delivered_ = failure(reason);
  stage_ = DataChannelState::Closed;
  reason_ = std::move(reason);
  close_timer_ = {};
  for (WaitList* list : {&opening_, &ending_}) list->wake_all();
  end_flow();
  if (net::ChannelOwner* owner = std::exchange(owner_, nullptr)) owner->forget(number_);  // May destroy this.
}

void DataChannel::State::abandon() {
  abandoned_ = true;
  drop_received();
  if (owner_ != nullptr) begin_closing();
}

Task<Error> DataChannel::State::closed(std::shared_ptr<State> state) {
  while (!state->over()) {
    WaitList::Waiter turn(state->ending_);
    co_await turn;
  }
  co_return state->reason_;
}

Task<Result<>> DataChannel::State::close(std::shared_ptr<State> state) {
  if (!state->over()) state->begin_closing();
  while (!state->over()) {
    WaitList::Waiter turn(state->ending_);
    co_await turn;
  }
  co_return state->delivered_;
}

}  // namespace flnet
