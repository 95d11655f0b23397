// SPDX-License-Identifier: MIT OR Apache-2.0
// Which servers a PeerHost takes.
#include "io/native/ice_servers.hpp"

#include <string>
#include <utility>

namespace flnet::io {

Result<std::vector<rtc::IceServerUrl>> read_stun_servers(const PeerHostConfig& config) {
  if (config.stun_servers.size() > PeerHostConfig::max_stun_servers) {
    return failure(ErrorCode::invalid_argument,
                   "more than " + std::to_string(PeerHostConfig::max_stun_servers) + " STUN servers");
  }
  std::vector<rtc::IceServerUrl> servers;
  for (const HostLogin& server : config.stun_servers) {
    auto url = rtc::parse_ice_server_url(server.url);
    if (!url) return failure(std::move(url.error()));
    if (url->kind != rtc::IceServerKind::stun)
      return failure(ErrorCode::invalid_argument, url->to_string() + " stands among the STUN servers");
    servers.push_back(*std::move(url));
  }
  return servers;
}

Result<> PeerHost::check(const PeerHostConfig& config) {
  if (auto servers = read_stun_servers(config); !servers) return failure(std::move(servers.error()));
  if (!config.turn_servers.empty())
    return failure(ErrorCode::unsupported, "TURN servers are not supported yet: leave turn_servers empty");
  return {};
}

}  // namespace flnet::io
