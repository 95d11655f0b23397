// SPDX-License-Identifier: MIT OR Apache-2.0
// From the application's configuration to that of a PeerHost.
#include "net/peer_host_config.hpp"

#include "net/loopback_url.hpp"

#include <utility>

namespace flnet::net {

Result<io::PeerHostConfig> peer_host_config(const ConnectionConfig& connection) {
  io::PeerHostConfig config{.udp_port = connection.udp_port,
                            .loopback_candidates = is_loopback_url(connection.signal_url),
                            .stun_servers = connection.stun_servers,
                            .turn_servers = connection.turn_servers};
  if (auto usable = io::PeerHost::check(config); !usable) return failure(std::move(usable.error()));
  if (config.loopback_candidates) {
    config.stun_servers.clear();
    config.turn_servers.clear();
  }
  return config;
}

}  // namespace flnet::net
