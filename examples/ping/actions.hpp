// SPDX-License-Identifier: MIT OR Apache-2.0
// What the ping example can do once it is in the network.
#pragma once

#include <flnet/flnet.hpp>

#include <optional>

namespace ping {

/// Pings every node in the list once a second and answers the pings of others, until `count` answers have
/// come (0: for ever).
flnet::Task<> ping_all(flnet::Network& net, unsigned count);

/// Answers every ping, until `count` have been answered (0: for ever).
flnet::Task<> serve(flnet::Network& net, unsigned count);

/// Pings one server, and waits for each answer before the next ping; ten if `count` is 0.
flnet::Task<> ping_server(flnet::Network& net, flnet::NodeID server, unsigned count);

}  // namespace ping
