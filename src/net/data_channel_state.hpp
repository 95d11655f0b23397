// SPDX-License-Identifier: MIT OR Apache-2.0
// DataChannel::State: one channel beside the connection's own, from its opening to its end.
#pragma once

#include "io/peer_channels.hpp"
#include "net/channel_flow.hpp"

#include <flnet/data_channel.hpp>
#include <flnet/loop.hpp>

#include <memory>

namespace flnet {

namespace net {

/// What a channel needs of the connection that it belongs to.
class ChannelOwner {
 public:
  virtual Loop& loop() = 0;
  virtual io::PeerChannels& session() = 0;
  virtual std::shared_ptr<HeldBytes> held_bytes() = 0;
  virtual void held_changed() = 0;
  /// The session will not say anything of this channel any more; may end the last share of it.
  virtual void forget(io::ChannelNumber number) = 0;

 protected:
  ~ChannelOwner() = default;
};

}  // namespace net

/// Tasks, the application's handle and the connection share it. After its end it knows no owner.
struct DataChannel::State final : public net::ChannelFlow {
 public:
  State(net::ChannelOwner& owner, io::ChannelNumber number, DataChannelOptions options, bool is_open);

  const DataChannelOptions& options() const { return options_; }
  DataChannelState state() const { return stage_; }
  std::size_t buffered_bytes() const;
  /// The application's handle is gone.
  void abandon();

  static Task<Result<>> opened(std::shared_ptr<State> state);
  static Task<Error> closed(std::shared_ptr<State> state);
  static Task<Result<>> close(std::shared_ptr<State> state);

  // What the session tells, by way of the connection.
  void session_opened();
  /// False when the connection holds too much.
  bool session_received(MessageView message);
  void session_has_room() { has_room(); }
  void session_closed();
  void connection_ended(const Error& reason) { end(reason); }

 private:
  Result<> can_send() const override;
  Result<> pass_on(MessageView message) override;
  bool over() const override { return stage_ == DataChannelState::Closed; }
  void held_changed() override;
  void begin_closing();
  void end(Error reason);

  net::ChannelOwner* owner_;
  io::ChannelNumber number_;
  DataChannelOptions options_;
  DataChannelState stage_;
  bool abandoned_ = false;
  Result<> delivered_;  ///< Once closed.
  Error reason_;        ///< Once closed.
  WaitList opening_, ending_;
  Timer close_timer_;
};

}  // namespace flnet
