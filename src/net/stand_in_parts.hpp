// SPDX-License-Identifier: MIT OR Apache-2.0
// stand_in_parts: what a node of a stand-in network is put together from.
#pragma once

#include "net/network_parts.hpp"

#include <flnet/stand_in_network.hpp>

namespace flnet::net {

/// Fresh parts for a node with this id, for whatever is started from parts. The world that they are in lives
/// as long as they do.
NetworkParts stand_in_parts(const StandInNetwork& network, const NodeID& node);

}  // namespace flnet::net
