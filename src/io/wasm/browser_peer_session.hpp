// SPDX-License-Identifier: MIT OR Apache-2.0
// BrowserPeerSession: a PeerSession over the platform's RTCPeerConnection.
#pragma once

#include "io/peer_session.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace flnet::io {

/// JavaScript's numbers for why a connection ends (js/peer_connection.js).
enum class PeerEnd : std::uint8_t { closed, no_path, bad_description, too_large, flooded };

///   waiting ──channel open──▶ open ──shutdown──▶ closing ──closed, or closing_limit──▶ ended
///      └────────────failure, setup_limit, the peer's close: at any time──────────────▲
class BrowserPeerSession : public PeerSession {
 public:
  /// What one message may have, as natively: Chromium takes no more.
  static constexpr std::size_t max_message_bytes = 256 * 1024;
  /// Natively held bytes narrow SCTP's window, and the peer sends no more than fits. No browser lets a page
  /// do that: from so many held bytes on, what comes waits in JavaScript, and more than the second limit ends
  /// the session.
  static constexpr std::size_t most_held_bytes = 1024 * 1024;
  static constexpr std::size_t most_waiting_bytes = 16 * 1024 * 1024;
  static constexpr Duration setup_limit = 30s;
  static constexpr Duration closing_limit = 5s;
  static constexpr Duration stats_period = 1s;

  /// `servers`: see flnetPeer.servers.
  BrowserPeerSession(Loop& loop, std::string_view servers, std::uint64_t session, PeerSessionSink& sink);
  ~BrowserPeerSession() override { let_go(); }
  BrowserPeerSession(const BrowserPeerSession&) = delete;
  BrowserPeerSession& operator=(const BrowserPeerSession&) = delete;

  void create_offer() override;
  void accept_offer(std::string sdp) override;
  void accept_answer(std::string sdp) override;
  void add_candidate(std::string line) override;
  Result<> send(MessageView message) override;
  void shutdown() override;
  void set_held_bytes(std::size_t bytes) override;
  std::size_t buffered_bytes() const override;
  ConnectionStateMap state() const override;

  // JavaScript's.
  virtual void described(std::string_view sdp);
  void found_candidate(std::string_view line);
  void opened();
  void received(MessageView message);
  void writable();
  void dropped(std::string_view why);
  void ended(PeerEnd how, std::string_view why);
  void measured(ConnType local, ConnType remote, double round_trip_seconds, std::string_view addresses);

 protected:
  enum class Stage : std::uint8_t { waiting, open, closing, ended };

  /// Our description as it goes out.
  std::string outgoing(std::string_view sdp) const;
  /// not_connected, closed, or too_large.
  Result<> can_send(std::size_t bytes) const;
  /// What JavaScript's answer to a send means.
  Result<> after_send(int answer, std::size_t bytes);
  Loop& loop() const { return loop_; }
  PeerSessionSink& sink() { return sink_; }
  Stage stage() const { return stage_; }
  /// JavaScript's number for the connection, while there is one.
  std::optional<int> handle() const { return handle_; }
  /// Which attempt this is: a=flnet-session.
  std::optional<std::uint64_t> attempt() const { return attempt_; }
  /// What JavaScript said last of what it dropped.
  std::string take_refusal() { return std::exchange(refused_, {}); }
  void count_received(std::size_t bytes) { state_.rx_bytes += bytes; }

 private:
  void begin_setup();
  /// The sink hears of the end from the ready queue: this is within a call of the session.
  void report_soon(Error reason);
  void report(Error reason);
  void let_go();

  Loop& loop_;
  PeerSessionSink& sink_;
  Stage stage_ = Stage::waiting;
  std::optional<int> handle_;
  std::optional<std::uint64_t> attempt_;  ///< Ours, or what the offer said.
  std::string refused_;                   ///< Why the platform made no connection, or no channel.
  bool wants_writable_ = false;
  bool holding_ = false;
  mutable ConnectionStateMap state_;
  mutable std::optional<Time> polled_;
  Timer limit_;
  Deferred report_;
};

}  // namespace flnet::io
