// SPDX-License-Identifier: MIT OR Apache-2.0
// DataChannel: the public face over DataChannel::State.
#include <flnet/data_channel.hpp>

#include "net/data_channel_state.hpp"

#include <utility>

namespace flnet {

DataChannel& DataChannel::operator=(DataChannel&& other) noexcept {
  if (this == &other) return *this;
  if (state_) state_->abandon();
  state_ = std::move(other.state_);
  return *this;
}

DataChannel::~DataChannel() {
  if (state_) state_->abandon();
}

const DataChannelOptions& DataChannel::options() const {
  return state_->options();
}

DataChannelState DataChannel::state() const {
  return state_->state();
}

Task<Result<>> DataChannel::opened() {
  return State::opened(state_);
}

Task<Error> DataChannel::closed() {
  return State::closed(state_);
}

Task<Result<>> DataChannel::send(Message message) {
  return net::ChannelFlow::send(state_, std::move(message));
}

Result<> DataChannel::try_send(MessageView message) {
  return state_->try_send(message);
}

std::size_t DataChannel::buffered_bytes() const {
  return state_->buffered_bytes();
}

Task<std::optional<Message>> DataChannel::recv() {
  return net::ChannelFlow::recv(state_);
}

std::optional<Message> DataChannel::try_recv() {
  return state_->try_recv();
}

Task<Result<>> DataChannel::close() {
  return State::close(state_);
}

}  // namespace flnet
