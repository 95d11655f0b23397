// SPDX-License-Identifier: MIT OR Apache-2.0
// WebRTC: one connection to one peer as a broker that other modules link to.
#pragma once

#include <flnet/broker.hpp>
#include <flnet/connection_config.hpp>
#include <flnet/loop.hpp>
#include <flnet/peer_connection.hpp>
#include <flnet/peer_port.hpp>
#include <flnet/result.hpp>
#include <flnet/web_rtc_message.hpp>

#include <memory>

namespace flnet {

/// Does what WebRTCInput says at its broker, and emits WebRTCOutput there:
///
/// - Setup for the other side's signalling, Connected, Received, and Disconnected at the end;
/// - State after Connected, before Disconnected, and for UpdateState and the Setup that begins it all;
/// - Failed for each Send that was not accepted, each Setup that could not be used, and at the end when what
/// was
///   accepted was not delivered.
///
/// Sends wait for room in the send window, in order. What comes in waits while the broker is full: the peer
/// is slowed down by then (PeerConnectionLimits::receive_bytes). Destroying it aborts the connection; the
/// broker stays as long as others hold it, and says nothing any more. All on the loop's thread. It may be
/// destroyed from within callbacks of its broker.
class WebRTC {
 public:
  /// As many messages may be unread before the peer is slowed down: at most 32 MiB of them.
  static constexpr BrokerLimits broker_limits{.messages = 128, .with_answers = 1024};

  explicit WebRTC(const PeerPort& port, Loop& loop = Loop::current());
  /// Around a connection that nobody else uses from now on.
  explicit WebRTC(PeerConnection connection, Loop& loop = Loop::current());
  /// With a port of its own; see PeerPort::open.
  static Result<WebRTC> open(const ConnectionConfig& config = ConnectionConfig(std::string()),
                             Loop& loop = Loop::current());
  WebRTC(WebRTC&&) noexcept;
  WebRTC& operator=(WebRTC&&) noexcept;
  ~WebRTC();

  const Broker<WebRTCMessage>& broker() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace flnet
