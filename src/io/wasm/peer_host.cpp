// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerHost in WASM: sessions share nothing but the servers that they ask; ports and addresses are the
// platform's.
#include "io/peer_session.hpp"

#include "io/wasm/browser_peer_session.hpp"

#include <string>
#include <utility>

extern "C" int flnet_peer_supported();

namespace flnet::io {
namespace {

class BrowserPeerHost final : public PeerHost {
 public:
  BrowserPeerHost(Loop& loop, std::string servers) : loop_(loop), servers_(std::move(servers)) {}

  std::unique_ptr<PeerSession> make_session(std::uint64_t session, PeerSessionSink& sink) override {
    return std::make_unique<BrowserPeerSession>(loop_, servers_, session, sink);
  }

 private:
  Loop& loop_;
  std::string servers_;
};

void append(std::string& words, const HostLogin& server) {
  if (!words.empty()) words += '\0';
  words += server.url;
  words += '\0';
  if (server.login) words += server.login->user;
  words += '\0';
  if (server.login) words += server.login->pass;
}

}  // namespace

/// The forms of URLs are the platform's to judge: it refuses a session. What it has no limit for is counted
/// here.
Result<> PeerHost::check(const PeerHostConfig& config) {
  if (config.stun_servers.size() > PeerHostConfig::max_stun_servers ||
      config.turn_servers.size() > PeerHostConfig::max_turn_servers) {
    return failure(ErrorCode::invalid_argument, "too many STUN or TURN servers");
  }
  for (const HostLogin& server : config.stun_servers) {
    if (!server.url.starts_with("stun:"))
      return failure(ErrorCode::invalid_argument, server.url + " is no stun: URL");
  }
  for (const HostLogin& server : config.turn_servers) {
    if (!server.url.starts_with("turn:") && !server.url.starts_with("turns:"))
      return failure(ErrorCode::invalid_argument, server.url + " is no turn: URL");
    if (!server.login || server.login->user.empty())
      return failure(ErrorCode::invalid_argument, server.url + " needs a user name and a password");
  }
  return {};
}

Result<std::unique_ptr<PeerHost>> PeerHost::open(Loop& loop, PeerHostConfig config) {
  if (flnet_peer_supported() == 0) {
    return failure(ErrorCode::unsupported,
                   "there is no RTCPeerConnection here: workers have none; Node has one by "
                   "npm's node-datachannel, through flnet's loader");
  }
  if (auto usable = check(config); !usable) return failure(std::move(usable.error()));
  std::string servers;
  for (const HostLogin& server : config.stun_servers) append(servers, server);
  for (const HostLogin& server : config.turn_servers) append(servers, server);
  return std::make_unique<BrowserPeerHost>(loop, std::move(servers));
}

}  // namespace flnet::io
