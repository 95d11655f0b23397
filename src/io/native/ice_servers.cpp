// SPDX-License-Identifier: MIT OR Apache-2.0
// Which servers a PeerHost takes.
#include "io/native/ice_servers.hpp"

#include <string>
#include <utility>

namespace flnet::io {
namespace {

constexpr std::size_t max_user_bytes = 508;  // RFC 8489 §14.3

}  // namespace

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

Result<std::vector<TurnServer>> read_turn_servers(const PeerHostConfig& config) {
  if (config.turn_servers.size() > PeerHostConfig::max_turn_servers) {
    return failure(ErrorCode::invalid_argument,
                   "more than " + std::to_string(PeerHostConfig::max_turn_servers) + " TURN servers");
  }
  std::vector<TurnServer> servers;
  for (const HostLogin& server : config.turn_servers) {
    auto url = rtc::parse_ice_server_url(server.url);
    if (!url) return failure(std::move(url.error()));
    if (url->kind != rtc::IceServerKind::turn)
      return failure(ErrorCode::invalid_argument, url->to_string() + " stands among the TURN servers");
    if (!server.login || server.login->user.empty())
      return failure(ErrorCode::invalid_argument, url->to_string() + " needs a user name and a password");
    if (server.login->user.size() > max_user_bytes)
      return failure(ErrorCode::invalid_argument, "the user name for " + url->to_string() + " is too long");
    servers.push_back({*std::move(url), *server.login});
  }
  return servers;
}

Result<> PeerHost::check(const PeerHostConfig& config) {
  if (auto servers = read_stun_servers(config); !servers) return failure(std::move(servers.error()));
  if (auto servers = read_turn_servers(config); !servers) return failure(std::move(servers.error()));
  return {};
}

}  // namespace flnet::io
