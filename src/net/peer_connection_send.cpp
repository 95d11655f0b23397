// SPDX-License-Identifier: MIT OR Apache-2.0
// Sending over a PeerConnection: one message after the other, in the order of the calls.
#include "net/peer_connection_state.hpp"

#include <utility>

namespace flnet {

/// While it lives, others wait for their turn.
class PeerConnection::State::SendTurn {
 public:
  explicit SendTurn(State& state) : state_(state) { state_.sending_ = true; }
  ~SendTurn() {
    state_.sending_ = false;
    state_.turns_.wake_one();
  }
  SendTurn(const SendTurn&) = delete;
  SendTurn& operator=(const SendTurn&) = delete;

 private:
  State& state_;
};

Result<> PeerConnection::State::send_now(MessageView message) {
  if (stage_ == Stage::closing || over()) return failure(ErrorCode::closed, "the connection is closed");
  if (stage_ != Stage::open) return failure(ErrorCode::not_connected, "the connection is not open yet");
  return session_->send(message);
}

Result<> PeerConnection::State::try_send(MessageView message) {
  if (stage_ == Stage::open && (sending_ || !turns_.empty()))
    return failure(ErrorCode::queue_full, "earlier messages wait for room");
  return send_now(message);
}

Task<Result<>> PeerConnection::State::send(std::shared_ptr<State> state, Message message) {
  // One whose turn has come and who has not run yet is still in the list: nobody overtakes it.
  if (state->sending_ || !state->turns_.empty()) {
    WaitList::Waiter turn(state->turns_);
    co_await turn;
  }
  const SendTurn turn(*state);
  while (true) {
    auto sent = state->send_now(message.view());
    if (sent || sent.error().code != ErrorCode::queue_full) co_return sent;
    WaitList::Waiter room(state->writable_);
    co_await room;
  }
}

}  // namespace flnet
