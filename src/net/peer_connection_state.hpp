// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection::State: one session with what waits on both sides of it: the application and the network.
#pragma once

#include "io/peer_session.hpp"
#include "net/peer_port_state.hpp"
#include "net/received_queue.hpp"

#include <flnet/peer_connection.hpp>
#include <flnet/wait_list.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet {

/// Tasks hold it by shared_ptr; the connection's end of life is `abort`, whoever holds it still.
struct PeerConnection::State final : private io::PeerSessionSink {
 public:
  explicit State(std::shared_ptr<PeerPort::State> port);

  Result<> connect();
  Result<> setup(PeerMessage::Any message);
  Result<> try_send(MessageView message);
  std::optional<Message> try_recv();
  std::size_t buffered_bytes() const { return session_ ? session_->buffered_bytes() : 0; }
  ConnectionStateMap state() const;
  void begin_closing();
  /// The connection is destroyed: nothing of the session or the port is left.
  void abort();

  static Task<std::optional<PeerMessage::Any>> next_setup(std::shared_ptr<State> state);
  static Task<Result<>> opened(std::shared_ptr<State> state);
  static Task<Error> closed(std::shared_ptr<State> state);
  static Task<Result<>> send(std::shared_ptr<State> state, Message message);
  static Task<std::optional<Message>> recv(std::shared_ptr<State> state);
  static Task<Result<>> close(std::shared_ptr<State> state);

 private:
  enum class Stage : std::uint8_t { fresh, offered, answered, open, closing, closed };
  class SendTurn;

  void session_described(std::string sdp) override;
  void session_candidate(std::string line) override;
  void session_opened() override;
  void session_received(MessageView message) override;
  void session_writable() override { writable_.wake_all(); }
  void session_closed(Error reason) override { end(std::move(reason)); }

  Result<> take(PeerMessage::Init init);
  Result<> take(PeerMessage::Offer offer);
  Result<> take(PeerMessage::Answer answer);
  Result<> take(PeerMessage::IceCandidate candidate);
  /// The session has the peer's description: what came before it follows.
  void pass_on_early_candidates();
  void tell_setup(PeerMessage::Any message);
  Result<> send_now(MessageView message);
  void tell_held_bytes();
  void end(Error reason);
  bool over() const { return stage_ == Stage::closed; }
  /// The channel is open, or never will be.
  bool past_setup() const { return stage_ >= Stage::open; }

  Loop& loop_;
  Stage stage_ = Stage::fresh;
  bool has_remote_description_ = false;
  bool sending_ = false;  ///< A `send` has its turn and waits for room.
  Error reason_;          ///< Once closed.
  Result<> delivered_;    ///< Once closed.
  ConnectionStateMap last_state_;
  std::deque<PeerMessage::Any> setups_;
  std::vector<std::string> early_candidates_;
  net::ReceivedQueue received_;
  WaitList setup_readers_, opening_, ending_, receivers_;
  WaitList turns_;     ///< Those whose `send` waits for others',
  WaitList writable_;  ///< and the one that waits for room.
  Timer close_timer_;
  std::shared_ptr<PeerPort::State> port_;  ///< Shared with other connections; outlives the session.
  std::unique_ptr<io::PeerSession> session_;
};

}  // namespace flnet
