// SPDX-License-Identifier: MIT OR Apache-2.0
// What a node's ConnectionConfig means for its peer connections.
#pragma once

#include "io/peer_session.hpp"

#include <flnet/connection_config.hpp>
#include <flnet/result.hpp>

namespace flnet::net {

/// Checks the URLs of all servers: invalid_argument or unsupported names the first that can't be used. When
/// the signalling server is on loopback, so are the peers: loopback addresses become candidates, and no
/// server is asked.
Result<io::PeerHostConfig> peer_host_config(const ConnectionConfig& connection);

}  // namespace flnet::net
