// SPDX-License-Identifier: MIT OR Apache-2.0
// URLs of STUN servers (RFC 7064) and TURN servers (RFC 7065).
#pragma once

#include <flnet/result.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace flnet::rtc {

enum class IceServerKind : std::uint8_t { stun, turn };

/// A server that is asked over UDP.
struct IceServerUrl {
  IceServerKind kind = IceServerKind::stun;
  std::string host;           ///< A name, or an address without brackets.
  std::uint16_t port = 3478;  ///< RFC 7064 §3.2, RFC 7065 §3.2

  /// Without the default port.
  std::string to_string() const;
  friend bool operator==(const IceServerUrl&, const IceServerUrl&) = default;
};

/// stun:host[:port] or turn:host[:port][?transport=udp]. What exists but is not done here (stuns:, turns:,
/// transport=tcp) is `unsupported`, everything else `invalid_argument`; both name the URL in printable ASCII.
Result<IceServerUrl> parse_ice_server_url(std::string_view url);

}  // namespace flnet::rtc
