// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection::State: one session with what waits on both sides of it: the application and the network.
#pragma once

#include "io/peer_session.hpp"
#include "net/channel_flow.hpp"
#include "net/channel_table.hpp"
#include "net/held_bytes.hpp"
#include "net/peer_port_state.hpp"

#include <flnet/peer_connection.hpp>
#include <flnet/ring.hpp>
#include <flnet/wait_list.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet {

/// Tasks hold it by shared_ptr; the connection's end of life is `abort`, whoever holds it still.
/// As a flow it is the connection's own channel.
struct PeerConnection::State final : public net::ChannelFlow,
                                     private net::ChannelOwner,
                                     private io::PeerSessionSink {
 public:
  explicit State(std::shared_ptr<PeerPort::State> port);

  Result<> connect();
  Result<> setup(PeerMessage::Any message);
  Result<> restart();
  Result<DataChannel> create_channel(DataChannelOptions options);
  std::size_t buffered_bytes() const { return session_ ? session_->buffered_bytes() : 0; }
  ConnectionStateMap state() const;
  void begin_closing();
  /// The connection is destroyed: nothing of the session or the port is left.
  void abort();

  static Task<std::optional<PeerMessage::Any>> next_setup(std::shared_ptr<State> state);
  static Task<Result<>> opened(std::shared_ptr<State> state);
  static Task<Error> closed(std::shared_ptr<State> state);
  static Task<std::optional<DataChannel>> next_channel(std::shared_ptr<State> state);
  static Task<Result<>> close(std::shared_ptr<State> state);

 private:
  enum class Stage : std::uint8_t { fresh, offered, answered, open, closing, closed };

  // net::ChannelFlow
  Result<> can_send() const override;
  Result<> pass_on(MessageView message) override { return session_->send(message); }
  bool over() const override { return stage_ == Stage::closed; }
  void held_changed() override;

  // net::ChannelOwner
  Loop& loop() override { return loop_; }
  io::PeerChannels& session() override { return *session_; }
  std::shared_ptr<net::HeldBytes> held_bytes() override { return held(); }
  void forget(io::ChannelNumber number) override { channels_.forget(number); }

  // io::PeerSessionSink
  void session_described(std::string sdp) override;
  void session_restarting(std::string offer) override;
  void session_candidate(std::string line) override;
  void session_opened() override;
  void session_received(MessageView message) override;
  void session_writable() override;
  void session_closed(Error reason) override { end(std::move(reason)); }
  bool channel_offered(io::ChannelNumber number, const DataChannelOptions& options) override;
  void channel_opened(io::ChannelNumber number) override { channels_.opened(number); }
  void channel_received(io::ChannelNumber number, MessageView message) override;
  void channel_closed(io::ChannelNumber number) override { channels_.closed(number); }

  /// A description of ours; what has its ufrag is no peer's.
  void tell_description(PeerMessage::Any message, const std::string& sdp);
  Result<> take(PeerMessage::Init init);
  Result<> take(PeerMessage::Offer offer);
  Result<> take(PeerMessage::Answer answer);
  Result<> take(PeerMessage::IceCandidate candidate);
  /// The session has the peer's description: what came before it follows.
  void pass_on_early_candidates();
  void tell_setup(PeerMessage::Any message);
  void end_of_patience();
  void end(Error reason);
  /// The channel is open, or never will be.
  bool past_setup() const { return stage_ >= Stage::open; }

  Loop& loop_;
  Stage stage_ = Stage::fresh;
  bool has_remote_description_ = false;
  bool is_described_ = false;  ///< The session's first description has been told: an offer when we connect.
  std::string our_ufrag_;      ///< Of our last description.
  Error reason_;               ///< Once closed.
  Result<> delivered_;         ///< Once closed.
  ConnectionStateMap last_state_;
  Ring<PeerMessage::Any> setups_;
  std::vector<std::string> early_candidates_;
  net::ChannelTable channels_{*this};
  WaitList setup_readers_, opening_, ending_;
  Timer close_timer_;
  std::shared_ptr<PeerPort::State> port_;  ///< Shared with other connections; outlives the session.
  std::unique_ptr<io::PeerSession> session_;
};

}  // namespace flnet
