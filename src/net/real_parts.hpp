// SPDX-License-Identifier: MIT OR Apache-2.0
// The parts of a real network: a WebSocket to the signalling server, WebRTC sessions to peers.
#pragma once

#include "io/peer_session.hpp"
#include "net/network_parts.hpp"

#include <flnet/connection_config.hpp>

#include <memory>

namespace flnet::net {

/// A host for sessions of one channel, as `connection` wants them. What peer_host_config says of its servers,
/// address_in_use, or system.
Result<std::unique_ptr<io::PeerHost>> open_peer_host(Loop& loop, const ConnectionConfig& connection);

/// The same errors, and invalid_argument for a bad URL.
Result<NetworkParts> real_parts(Loop& loop, const ConnectionConfig& connection);

}  // namespace flnet::net
