// SPDX-License-Identifier: MIT OR Apache-2.0
// The IP addresses of this machine's interfaces, in the order in which ICE should prefer them.
#pragma once

#include <flnet/socket_address.hpp>

#include <vector>

namespace flnet::io {

/// More host candidates than this only slow ICE down (RFC 8445 §5.1.1.1 leaves the number to us).
inline constexpr std::size_t max_interface_addresses = 16;

/// The addresses of the interfaces that are up, as the system lists them.
std::vector<IpAddress> interface_addresses();

/// Those of `addresses` that may become candidates: IPv6 before IPv4 (RFC 8421 §4), no link-local,
/// multicast or unspecified ones, each once, at most max_interface_addresses; loopback ones last, and only
/// when `loopback` or when there is nothing else.
std::vector<IpAddress> usable_addresses(std::vector<IpAddress> addresses, bool loopback);

}  // namespace flnet::io
