// SPDX-License-Identifier: MIT OR Apache-2.0
// ConnectionConfig: where the signalling server is and which addresses may be used.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace flnet {

/// How a node reaches the network. A string literal or std::string converts: the signalling URL alone.
struct ConnectionConfig {
  /// ws://host:port or wss://host:port
  std::string signal_url;
  /// PEM file with the certificate authorities that wss:// trusts; empty: the system's.
  std::string ca_file;
  /// UDP port for all peers, per address family; 0 lets the system choose.
  std::uint16_t udp_port = 0;

  ConnectionConfig() = default;
  ConnectionConfig(std::string url) : signal_url(std::move(url)) {}  // NOLINT(google-explicit-constructor)
  ConnectionConfig(const char* url) : signal_url(url) {}             // NOLINT(google-explicit-constructor)
};

}  // namespace flnet
