// SPDX-License-Identifier: MIT OR Apache-2.0
// Whether there is WebRTC here, and what it is told of servers.
#include "io/wasm/browser_peer_host.hpp"
#include "io/wasm/browser_peer_session.hpp"

extern "C" {
int flnet_peer_supported();
/// Why the platform does not take one of these servers; null when it takes all. Valid until the next call.
const char* flnet_peer_refusal(const char* servers, std::size_t size);
}

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

std::string words_of(const PeerHostConfig& config) {
  std::string words;
  for (const HostLogin& server : config.stun_servers) append(words, server);
  for (const HostLogin& server : config.turn_servers) append(words, server);
  return words;
}

}  // namespace

Result<> PeerHost::check(const PeerHostConfig& config) {
  if (config.stun_servers.size() > PeerHostConfig::max_stun_servers ||
      config.turn_servers.size() > PeerHostConfig::max_turn_servers)
    return failure(ErrorCode::invalid_argument, "more than 8 STUN or 4 TURN servers");
  const std::string servers = words_of(config);
  if (servers.empty() || flnet_peer_supported() == 0) return {};
  const char* const refusal = flnet_peer_refusal(servers.data(), servers.size());
  if (refusal == nullptr) return {};
  return failure(ErrorCode::invalid_argument, refusal);
}

Result<std::string> servers_for_browser(const PeerHostConfig& config) {
  if (flnet_peer_supported() == 0) {
    return failure(ErrorCode::unsupported,
                   "there is no RTCPeerConnection here: workers have none, in Node flnet's loader takes "
                   "npm's node-datachannel");
  }
  if (auto usable = PeerHost::check(config); !usable) return failure(std::move(usable.error()));
  return words_of(config);
}

Result<std::unique_ptr<PeerHost>> PeerHost::open(Loop& loop, PeerHostConfig config) {
  return open_browser_host<BrowserPeerSession>(loop, config);
}

}  // namespace flnet::io
