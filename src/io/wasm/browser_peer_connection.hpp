// SPDX-License-Identifier: MIT OR Apache-2.0
// BrowserPeerConnection: a session with other channels beside its own one, and restarts.
#pragma once

#include "io/wasm/browser_peer_session.hpp"
#include "rtc/sdp_description.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flnet::io {

class BrowserPeerConnection final : public BrowserPeerSession {
 public:
  /// A restart's, from its last description on.
  static constexpr Duration restart_limit = 30s;

  /// As BrowserPeerSession's.
  BrowserPeerConnection(Loop& loop, std::string_view servers, std::uint64_t session, PeerSessionSink& sink);

  /// JavaScript knows sessions; of channels and restarts it tells connections only.
  static BrowserPeerConnection& of(BrowserPeerSession* self) {
    return static_cast<BrowserPeerConnection&>(*self);
  }

  // browser_peer_restart.cpp
  void create_offer() override;
  void accept_answer(std::string sdp) override;
  Result<> restart() override;
  Result<> accept_restart(std::string offer) override;
  bool awaits_answer() const override { return awaits_answer_; }

  // browser_peer_channels.cpp
  Result<ChannelNumber> open_channel(const DataChannelOptions& options) override;
  Result<> send_on(ChannelNumber number, MessageView message) override;
  void close_channel(ChannelNumber number) override;
  std::size_t buffered_on(ChannelNumber number) const override;

  // JavaScript's.
  void described(std::string_view sdp) override;
  void restarting(std::string_view offer);
  /// The platform has taken the peer's description.
  void learned(bool is_answer, std::string_view sdp);
  /// Another path is in use.
  void restarted();
  /// The offer of our restart has been taken back, or could not be made.
  void restart_over(std::string_view why);
  bool channel_offered(ChannelNumber number, const DataChannelOptions& options);
  void channel_opened(ChannelNumber number);
  void channel_received(ChannelNumber number, MessageView message);
  void channel_closed(ChannelNumber number);

 private:
  /// Our answer as it goes out.
  std::string outgoing_answer(std::string_view sdp);
  /// Whether a later description of the peer fits what is known.
  Result<> check_later(std::string_view sdp, bool is_offer) const;
  void begin_restart();

  std::optional<rtc::SessionDescription> remote_;  ///< The peer's last one, once the platform has taken it.
  std::optional<rtc::DtlsSetup> role_;             ///< Ours, from the first answer on.
  bool offered_first_ = false;
  bool awaits_answer_ = false;  ///< Our restart's offer does.
  bool is_restarting_ = false;  ///< Either side's, until another path is there or `restart_limit` is over.
  Timer restart_limit_;
};

}  // namespace flnet::io
