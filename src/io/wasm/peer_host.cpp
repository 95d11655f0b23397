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
