// SPDX-License-Identifier: MIT OR Apache-2.0
// ConnectionConfig: where the signalling, STUN and TURN servers are and which addresses may be used.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flnet {

/// A user's name and password at a TURN server (RFC 8489 §9.2, long-term credentials).
struct Login {
  std::string user;
  std::string pass;
  friend bool operator==(const Login&, const Login&) = default;
};

/// A server by its URL, and how to log in there. A URL alone converts.
struct HostLogin {
  /// stun:host[:port] (RFC 7064), or turn:host[:port][?transport=udp] (RFC 7065).
  std::string url;
  std::optional<Login> login;

  HostLogin() = default;
  HostLogin(std::string server) : url(std::move(server)) {}  // NOLINT(google-explicit-constructor)
  HostLogin(const char* server) : url(server) {}             // NOLINT(google-explicit-constructor)
  HostLogin(std::string server, Login credentials) : url(std::move(server)), login(std::move(credentials)) {}
  friend bool operator==(const HostLogin&, const HostLogin&) = default;
};

/// How a node reaches the network. A string literal or std::string converts: the signalling URL alone.
struct ConnectionConfig {
  /// The public STUN server that FLNet uses by default.
  static constexpr const char* default_stun = "stun:stun.l.google.com:19302";

  /// ws://host:port or wss://host:port
  std::string signal_url = "ws://localhost:8765";
  /// They tell a node which address it has outside its NAT. Empty: none is asked. All are asked at once.
  /// Nobody is asked when the signalling server is on loopback: so are the peers then.
  std::vector<HostLogin> stun_servers = {default_stun};
  /// Relays for when no direct path is found.
  std::vector<HostLogin> turn_servers;
  /// PEM file with the certificate authorities that wss:// trusts; empty: the system's.
  std::string ca_file;
  /// UDP port for all peers, per address family; 0 lets the system choose.
  std::uint16_t udp_port = 0;

  ConnectionConfig() = default;
  ConnectionConfig(std::string url) : signal_url(std::move(url)) {}  // NOLINT(google-explicit-constructor)
  ConnectionConfig(const char* url) : signal_url(url) {}             // NOLINT(google-explicit-constructor)
  /// The signalling server by its URL, all else as by default.
  static ConnectionConfig from_signal(std::string url) { return {std::move(url)}; }
};

}  // namespace flnet
