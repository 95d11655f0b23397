// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerPort: opens the host that connections share.
#include "net/peer_host_config.hpp"
#include "net/peer_port_state.hpp"

#include <utility>

namespace flnet {

Result<PeerPort> PeerPort::open(const ConnectionConfig& config, Loop& loop) {
  auto host_config = net::peer_host_config(config);
  if (!host_config) return failure(std::move(host_config.error()));
  auto host = io::PeerHost::open_for_connections(loop, *std::move(host_config));
  if (!host) return failure(std::move(host.error()));
  return PeerPort(std::make_shared<State>(loop, std::make_unique<SystemRandom>(), *std::move(host)));
}

}  // namespace flnet
