// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether there is WebRTC here, and what it is told of servers.
#include "io/wasm/browser_peer_host.hpp"
#include "io/wasm/browser_peer_session.hpp"

extern "C" int flnet_peer_supported();

namespace flnet::io {
namespace {

void append(std::string& words, const HostLogin& server) {
  if (!words.empty()) words += '\0';
  words += server.url;
  words += '\0';
  if (server.login) words += server.login->user;
  words += '\0';
  if (server.login) words += server.login->pass;
}

}  // namespace

Result<std::string> servers_for_browser(const PeerHostConfig& config) {
  if (flnet_peer_supported() == 0) {
    return failure(ErrorCode::unsupported,
                   "there is no RTCPeerConnection here: workers have none; Node has one by "
                   "npm's node-datachannel, through flnet's loader");
  }
  if (auto usable = PeerHost::check(config); !usable) return failure(std::move(usable.error()));
  std::string servers;
  for (const HostLogin& server : config.stun_servers) append(servers, server);
  for (const HostLogin& server : config.turn_servers) append(servers, server);
  return servers;
}

Result<std::unique_ptr<PeerHost>> PeerHost::open(Loop& loop, PeerHostConfig config) {
  return open_browser_host<BrowserPeerSession>(loop, config);
}

}  // namespace flnet::io
