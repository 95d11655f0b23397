// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerHost in WASM: sessions share nothing but the servers that they ask; ports and addresses are the
// platform's.
#pragma once

#include "io/peer_session.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

namespace flnet::io {

template <class Session>
class BrowserPeerHost final : public PeerHost {
 public:
  BrowserPeerHost(Loop& loop, std::string servers) : loop_(loop), servers_(std::move(servers)) {}

  std::unique_ptr<PeerSession> make_session(std::uint64_t session, PeerSessionSink& sink) override {
    return std::make_unique<Session>(loop_, servers_, session, sink);
  }

 private:
  Loop& loop_;
  std::string servers_;
};

/// The servers as flnetPeer.servers reads them; unsupported where there is no WebRTC, or what `check` says.
Result<std::string> servers_for_browser(const PeerHostConfig& config);

/// `Session` is made of them.
template <class Session>
Result<std::unique_ptr<PeerHost>> open_browser_host(Loop& loop, const PeerHostConfig& config) {
  auto servers = servers_for_browser(config);
  if (!servers) return failure(std::move(servers.error()));
  return std::make_unique<BrowserPeerHost<Session>>(loop, *std::move(servers));
}

}  // namespace flnet::io
