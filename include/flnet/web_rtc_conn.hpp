// SPDX-License-Identifier: MIT OR Apache-2.0
// WebRTCConn: the connections of one node with all its peers, as a broker, for a signalling of one's own.
#pragma once

#include <flnet/broker.hpp>
#include <flnet/connection_config.hpp>
#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>
#include <flnet/u256.hpp>
#include <flnet/web_rtc_message.hpp>

#include <memory>

namespace flnet {

/// Decides who offers, sets sessions up, tries again, and keeps one connection with each peer, over one UDP
/// port an address family. What NCOutput::Setup holds is to be brought to the peer, and to be given there,
/// with the directions exchanged, as NCInput::Setup.
///
/// While the broker has no room for an output, peers are slowed down. A message that can't be sent comes back
/// as NCOutput::MessagesLost. All on one loop; destroying it aborts all sessions.
class WebRTCConn {
 public:
  /// `self` decides, together with the peer's id, who offers. Of `config`, what concerns signalling is not
  /// used, except that a signalling URL on loopback allows candidates on loopback. address_in_use, system.
  static Result<WebRTCConn> start(const NodeID& self, const ConnectionConfig& config,
                                  Loop& loop = Loop::current());

  WebRTCConn(WebRTCConn&&) noexcept;
  WebRTCConn& operator=(WebRTCConn&&) noexcept;
  ~WebRTCConn();

  const Broker<WebRTCConnMessage::Any>& broker() const;

  /// Delivers what was accepted, within NetworkLimits::close_timeout_s, then ends all sessions. timed_out
  /// when something was not delivered.
  Task<Result<>> close();

 private:
  struct State;
  explicit WebRTCConn(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace flnet
