// SPDX-License-Identifier: MIT OR Apache-2.0
// BrowserPeerConnection: what it has beyond a session begins with it; and the host that makes it.
#include "io/wasm/browser_peer_connection.hpp"

#include "io/wasm/browser_peer_host.hpp"

extern "C" {
void flnet_channels_begin(int handle);
void flnet_restarts_begin(int handle);
}

namespace flnet::io {

BrowserPeerConnection::BrowserPeerConnection(Loop& loop, std::string_view servers, std::uint64_t session,
                                             PeerSessionSink& sink)
    : BrowserPeerSession(loop, servers, session, sink) {
  if (!handle()) return;
  flnet_channels_begin(*handle());
  flnet_restarts_begin(*handle());
}

Result<std::unique_ptr<PeerHost>> PeerHost::open_for_connections(Loop& loop, PeerHostConfig config) {
  return open_browser_host<BrowserPeerConnection>(loop, config);
}

}  // namespace flnet::io
