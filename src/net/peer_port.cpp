// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerPort: opens the host that connections share.
#include "net/peer_port_state.hpp"
#include "net/real_parts.hpp"

#include <utility>

namespace flnet {

Result<PeerPort> PeerPort::open(const ConnectionConfig& config, Loop& loop) {
  auto host = net::open_peer_host(loop, config);
  if (!host) return failure(std::move(host.error()));
  return PeerPort(std::make_shared<State>(loop, std::make_unique<SystemRandom>(), *std::move(host)));
}

}  // namespace flnet
