// SPDX-License-Identifier: MIT OR Apache-2.0
// ChannelFlow: how an application sends and receives on one channel: in order, waiting for room or for
// messages.
#pragma once

#include "net/received_queue.hpp"

#include <flnet/message.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>
#include <flnet/wait_list.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace flnet::net {

/// What a connection's own channel and its others have in common. Tasks share it, and may outlive the
/// application's handle.
class ChannelFlow {
 public:
  ChannelFlow(const ChannelFlow&) = delete;
  ChannelFlow& operator=(const ChannelFlow&) = delete;

  /// Takes the message at once, or says why not; queue_full also while earlier ones wait.
  Result<> try_send(MessageView message);
  std::optional<Message> try_recv();
  /// Takes its turn, waits for room. Messages leave in the order of the calls.
  static Task<Result<>> send(std::shared_ptr<ChannelFlow> flow, Message message);
  static Task<std::optional<Message>> recv(std::shared_ptr<ChannelFlow> flow);

 protected:
  explicit ChannelFlow(std::shared_ptr<HeldBytes> held) : received_(std::move(held)) {}
  ~ChannelFlow() = default;

  /// not_connected or closed, where messages don't flow.
  virtual Result<> can_send() const = 0;
  /// Hands it to the session.
  virtual Result<> pass_on(MessageView message) = 0;
  /// Nothing more will be received.
  virtual bool over() const = 0;
  /// What is held has changed: perhaps the peer has to know.
  virtual void held_changed() = 0;

  /// False when it would go above the limit.
  bool keep(MessageView message);
  void drop_received();
  const std::shared_ptr<HeldBytes>& held() const { return received_.held(); }
  /// Whoever waits for room looks again.
  void has_room() { writable_.wake_all(); }
  /// All who wait look again: there will be nothing more.
  void end_flow();

 private:
  class SendTurn;

  bool sending_ = false;  ///< A `send` has its turn and waits for room.
  ReceivedQueue received_;
  WaitList receivers_;
  WaitList turns_;     ///< Those whose `send` waits for others',
  WaitList writable_;  ///< and the one that waits for room.
};

}  // namespace flnet::net
