// SPDX-License-Identifier: MIT OR Apache-2.0
// The parts of a WebSocket URL (RFC 6455 §3).
#pragma once

#include <flnet/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace flnet::io {

struct WebSocketUrl {
  bool secure = false;  ///< wss
  std::string host;     ///< A name, or an address without brackets.
  std::uint16_t port = 0;
  std::string target;  ///< Path and query, at least "/".

  /// For the Host field (RFC 9110 §7.2): brackets around IPv6, no default port.
  std::string authority() const;
};

/// ws://host[:port][/path][?query]; no user, no fragment, ASCII only.
Result<WebSocketUrl> parse_web_socket_url(std::string_view url);

}  // namespace flnet::io
