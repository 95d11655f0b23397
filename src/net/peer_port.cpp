// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerPort: opens the host that connections share.
#include "net/loopback_url.hpp"
#include "net/peer_port_state.hpp"

#include <utility>

namespace flnet {

Result<PeerPort> PeerPort::open(const ConnectionConfig& config, Loop& loop) {
  auto host = io::PeerHost::open(loop, {.udp_port = config.udp_port,
                                        .loopback_candidates = net::is_loopback_url(config.signal_url)});
  if (!host) return failure(std::move(host.error()));
  return PeerPort(std::make_shared<State>(loop, std::make_unique<SystemRandom>(), *std::move(host)));
}

}  // namespace flnet
