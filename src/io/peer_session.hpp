// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerHost and PeerSession: WebRTC connections of one node, whoever implements them (ours, the browser's).
#pragma once

#include "io/peer_channels.hpp"

#include <flnet/connection_config.hpp>
#include <flnet/connection_state.hpp>
#include <flnet/loop.hpp>
#include <flnet/message.hpp>
#include <flnet/result.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flnet::io {

/// Called on the loop, never from within a call to the session. May call the session, or destroy it.
class PeerSessionSink : public PeerChannelsSink {
 public:
  virtual ~PeerSessionSink() = default;
  /// The local offer or answer, ready to be sent.
  virtual void session_described(std::string sdp) = 0;
  /// The local offer that restarts ICE, ready to be sent. Only after `restart`.
  virtual void session_restarting(std::string /*offer*/) {}
  /// A local candidate to trickle; empty for the end.
  virtual void session_candidate(std::string line) = 0;
  /// The channel is open: messages flow.
  virtual void session_opened() = 0;
  /// Valid only during the call.
  virtual void session_received(MessageView message) = 0;
  /// There is room again after a queue_full, of whichever channel.
  virtual void session_writable() = 0;
  /// The end; comes once unless the session is destroyed first.
  virtual void session_closed(Error reason) = 0;
};

/// One attempt at a connection with one reliable ordered channel of its own. Sessions of a host for
/// connections may have others when they are open, and restart ICE. Destroying it aborts at once.
class PeerSession : public PeerChannels {
 public:
  virtual ~PeerSession() = default;
  virtual void create_offer() = 0;
  virtual void accept_offer(std::string sdp) = 0;
  virtual void accept_answer(std::string sdp) = 0;
  virtual void add_candidate(std::string line) = 0;
  /// Restarts ICE (RFC 8445 §9): session_restarting follows, and accept_answer takes what comes back. The
  /// channels stay open, on the old path until the new one is there; a restart that finds none within 30 s
  /// is given up. not_connected, closed, invalid_argument (a restart is under way), unsupported.
  virtual Result<> restart() { return failure(ErrorCode::unsupported, "the session does not restart"); }
  /// The peer's offer that restarts ICE, of a session that both sides have described: session_described
  /// follows. invalid_argument (too early, or it restarts nothing), untrusted (another certificate), refused
  /// (an old one, of another session, or our own restart goes first: that of the side which made the first
  /// offer), unsupported, invalid_message, closed. One that only later turns out not to fit is dropped.
  virtual Result<> accept_restart(std::string /*offer*/) { return restart(); }
  /// Whether an offer of `restart` waits for its answer.
  virtual bool awaits_answer() const { return false; }
  /// Accepts the message, or says queue_full (session_writable follows), too_large, invalid_argument (text
  /// that is not UTF-8), not_connected, closed.
  virtual Result<> send(MessageView message) = 0;
  /// Delivers what `send` accepted, then closes; session_closed follows.
  virtual void shutdown() = 0;
  /// Bytes the application has received but not yet taken; slows the peer down.
  virtual void set_held_bytes(std::size_t bytes) = 0;
  virtual std::size_t buffered_bytes() const = 0;
  virtual ConnectionStateMap state() const = 0;
};

struct PeerHostConfig {
  std::uint16_t udp_port = 0;
  /// Loopback addresses become candidates when there are no others, or when this says so (the signalling
  /// server is on loopback).
  bool loopback_candidates = false;
  /// Asked, when a session starts, for the addresses that others see us at; at most max_stun_servers.
  std::vector<HostLogin> stun_servers{};
  /// Relays, each with a login.
  std::vector<HostLogin> turn_servers{};

  static constexpr std::size_t max_stun_servers = 8;
  static constexpr std::size_t max_turn_servers = 4;
};

/// What all sessions of a node share: natively one UDP socket per address family and one certificate.
class PeerHost {
 public:
  virtual ~PeerHost() = default;
  /// Whether the servers can be used as they are named: invalid_argument or unsupported says which can't, and
  /// why. What a browser can use it knows itself, and its words are taken.
  static Result<> check(const PeerHostConfig& config);
  /// What `check` says, address_in_use, or system.
  static Result<std::unique_ptr<PeerHost>> open(Loop& loop, PeerHostConfig config);
  /// The same for sessions with other channels and restarts. Apart from `open`, because a module of a node
  /// that needs neither would be larger by a tenth.
  static Result<std::unique_ptr<PeerHost>> open_for_connections(Loop& loop, PeerHostConfig config);
  /// `session` is the attempt's random id for the SDP. The host must outlive its sessions, and may not be
  /// destroyed within a call of a sink.
  virtual std::unique_ptr<PeerSession> make_session(std::uint64_t session, PeerSessionSink& sink) = 0;
};

}  // namespace flnet::io
