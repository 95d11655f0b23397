// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection: the public face over PeerConnection::State.
#include <flnet/peer_connection.hpp>

#include "net/peer_connection_state.hpp"

#include <utility>

namespace flnet {

PeerConnection::PeerConnection(const PeerPort& port) : state_(std::make_shared<State>(port.state())) {}

Result<PeerConnection> PeerConnection::open(const ConnectionConfig& config, Loop& loop) {
  const auto port = PeerPort::open(config, loop);
  if (!port) return failure(port.error());
  return PeerConnection(*port);
}

PeerConnection& PeerConnection::operator=(PeerConnection&& other) noexcept {
  if (this == &other) return *this;
  if (state_) state_->abort();
  state_ = std::move(other.state_);
  return *this;
}

PeerConnection::~PeerConnection() {
  if (state_) state_->abort();
}

Result<> PeerConnection::connect() {
  return state_->connect();
}

Result<> PeerConnection::setup(PeerMessage::Any message) {
  return state_->setup(std::move(message));
}

Result<> PeerConnection::restart() {
  return state_->restart();
}

Task<std::optional<PeerMessage::Any>> PeerConnection::next_setup() {
  return State::next_setup(state_);
}

Task<Result<>> PeerConnection::opened() {
  return State::opened(state_);
}

Task<Error> PeerConnection::closed() {
  return State::closed(state_);
}

Task<Result<>> PeerConnection::send(Message message) {
  return net::ChannelFlow::send(state_, std::move(message));
}

Result<> PeerConnection::try_send(MessageView message) {
  return state_->try_send(message);
}

std::size_t PeerConnection::buffered_bytes() const {
  return state_->buffered_bytes();
}

Task<std::optional<Message>> PeerConnection::recv() {
  return net::ChannelFlow::recv(state_);
}

std::optional<Message> PeerConnection::try_recv() {
  return state_->try_recv();
}

Result<DataChannel> PeerConnection::create_channel(DataChannelOptions options) {
  return state_->create_channel(std::move(options));
}

Task<std::optional<DataChannel>> PeerConnection::next_channel() {
  return State::next_channel(state_);
}

ConnectionStateMap PeerConnection::state() const {
  return state_->state();
}

Task<Result<>> PeerConnection::close() {
  return State::close(state_);
}

}  // namespace flnet
