// SPDX-License-Identifier: MIT OR Apache-2.0
// SocketAddress: an IPv4 or IPv6 address with a port, as plain data.
#pragma once

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace flnet {

/// An IP address, without a port. IPv4 occupies the first four bytes.
struct IpAddress {
  enum class Family : std::uint8_t { ipv4, ipv6 };

  Family family = Family::ipv4;
  std::array<std::uint8_t, 16> bytes{};

  static IpAddress v4(std::array<std::uint8_t, 4> bytes);
  static IpAddress v6(const std::array<std::uint8_t, 16>& bytes);
  /// Dotted IPv4, or IPv6 as RFC 4291 §2.2 (without brackets and zone); no host names.
  static Result<IpAddress> parse(std::string_view text);

  bool is_v4() const { return family == Family::ipv4; }
  bool is_loopback() const;     ///< 127.0.0.0/8, ::1
  bool is_unspecified() const;  ///< 0.0.0.0, ::
  bool is_multicast() const;    ///< 224.0.0.0/4 and the broadcast address, ff00::/8
  bool is_link_local() const;   ///< 169.254.0.0/16, fe80::/10
  ByteView view() const { return ByteView(bytes).first(is_v4() ? 4 : 16); }
  /// IPv6 in the form of RFC 5952.
  std::string to_string() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

/// An IP address and a port in host byte order.
struct SocketAddress {
  IpAddress ip;
  std::uint16_t port = 0;

  /// "1.2.3.4:80" or "[::1]:80".
  static Result<SocketAddress> parse(std::string_view text);
  std::string to_string() const;

  friend auto operator<=>(const SocketAddress&, const SocketAddress&) = default;
};

}  // namespace flnet

template <>
struct std::hash<flnet::SocketAddress> {
  std::size_t operator()(const flnet::SocketAddress& address) const noexcept;
};
