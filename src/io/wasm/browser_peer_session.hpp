// SPDX-License-Identifier: MIT OR Apache-2.0
// BrowserPeerSession: a PeerSession over the platform's RTCPeerConnection.
#pragma once

#include "io/peer_session.hpp"
#include "rtc/sdp_description.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flnet::io {

/// JavaScript's numbers for why a connection ends (js/peer_connection.js).
enum class PeerEnd : std::uint8_t { closed, no_path, bad_description, too_large, flooded };

///   waiting ──channel open──▶ open ──shutdown──▶ closing ──closed, or closing_limit──▶ ended
///      └────────────failure, setup_limit, the peer's close: at any time──────────────▲
class BrowserPeerSession final : public PeerSession {
 public:
  /// What one message may have, as natively: Chromium takes no more.
  static constexpr std::size_t max_message_bytes = 256 * 1024;
  /// What the channel may buffer: above it `send` says queue_full. (Chromium throws above 16 MiB.)
  static constexpr std::size_t send_window_bytes = 4 * 1024 * 1024;
  /// Falling to it is told by session_writable.
  static constexpr std::size_t low_buffer_bytes = 256 * 1024;
  /// Natively held bytes narrow SCTP's window, and the peer sends no more than fits. No browser lets a page
  /// do that: from so many held bytes on, what comes waits in JavaScript, and more than the second limit ends
  /// the session.
  static constexpr std::size_t most_held_bytes = 1024 * 1024;
  static constexpr std::size_t most_waiting_bytes = 16 * 1024 * 1024;
  static constexpr Duration setup_limit = 30s;
  static constexpr Duration closing_limit = 5s;
  /// A restart's, from its last description on.
  static constexpr Duration restart_limit = 30s;
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
  // browser_peer_restart.cpp
  Result<> restart() override;
  Result<> accept_restart(std::string offer) override;
  bool awaits_answer() const override { return awaits_answer_; }
  Result<> send(MessageView message) override;
  void shutdown() override;
  void set_held_bytes(std::size_t bytes) override;
  std::size_t buffered_bytes() const override;
  ConnectionStateMap state() const override;

  // browser_peer_channels.cpp
  Result<ChannelNumber> open_channel(const DataChannelOptions& options) override;
  Result<> send_on(ChannelNumber number, MessageView message) override;
  void close_channel(ChannelNumber number) override;
  std::size_t buffered_on(ChannelNumber number) const override;

  // JavaScript's.
  void described(std::string_view sdp);
  void restarting(std::string_view offer);
  /// The platform has taken the peer's description.
  void learned(bool is_answer, std::string_view sdp);
  /// Another path is in use.
  void restarted();
  /// The offer of our restart has been taken back, or could not be made.
  void restart_over(std::string_view why);
  void found_candidate(std::string_view line);
  void opened();
  void received(MessageView message);
  void writable();
  void dropped(std::string_view why);
  void ended(PeerEnd how, std::string_view why);
  void measured(ConnType local, ConnType remote, double round_trip_seconds, std::string_view addresses);
  bool channel_offered(ChannelNumber number, const DataChannelOptions& options);
  void channel_opened(ChannelNumber number);
  void channel_received(ChannelNumber number, MessageView message);
  void channel_closed(ChannelNumber number);

 private:
  enum class Stage : std::uint8_t { waiting, open, closing, ended };

  void begin_setup();
  /// Our description as it goes out.
  std::string outgoing(std::string_view sdp) const;
  /// The same of an answer.
  std::string outgoing_answer(std::string_view sdp);
  /// Whether a later description of the peer fits what is known.
  Result<> check_later(std::string_view sdp, bool is_offer) const;
  void begin_restart();
  /// not_connected, closed, or too_large.
  Result<> can_send(std::size_t bytes) const;
  /// What JavaScript's answer to a send means.
  Result<> after_send(int answer, std::size_t bytes);
  /// The sink hears of the end from the ready queue: this is within a call of the session.
  void report_soon(Error reason);
  void report(Error reason);
  void let_go();

  Loop& loop_;
  PeerSessionSink& sink_;
  Stage stage_ = Stage::waiting;
  std::optional<int> handle_;
  std::optional<std::uint64_t> attempt_;           ///< a=flnet-session: ours, or what the offer said.
  std::optional<rtc::SessionDescription> remote_;  ///< The peer's last one, once the platform has taken it.
  std::optional<rtc::DtlsSetup> role_;             ///< Ours, from the first answer on.
  bool offered_first_ = false;
  bool awaits_answer_ = false;  ///< Our restart's offer does.
  bool is_restarting_ = false;  ///< Either side's, until another path is there or `restart_limit` is over.
  std::string refused_;         ///< Why the platform made no connection, or no channel.
  bool wants_writable_ = false;
  bool holding_ = false;
  mutable ConnectionStateMap state_;
  mutable std::optional<Time> polled_;
  Timer limit_;
  Timer restart_limit_;
  Deferred report_;
};

}  // namespace flnet::io
