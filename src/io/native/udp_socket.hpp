// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpSocket: one non-blocking UDP socket of one address family, and its addresses in the system's form.
#pragma once

#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

// Older C libraries lack the names; the kernel's numbers are fixed (linux/udp.h).
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#ifndef UDP_GRO
#define UDP_GRO 104
#endif

namespace flnet::io {

/// A sockaddr of either family.
union SystemAddress {
  sockaddr any;
  sockaddr_in v4;
  sockaddr_in6 v6;
};

/// Fills `to` and says how long it is.
socklen_t write_system_address(const SocketAddress& address, SystemAddress& to);
SocketAddress read_system_address(const SystemAddress& from);

/// Appends the control message that makes `local` the source of a datagram (IP_PKTINFO, RFC 3542 §6.2);
/// `message.msg_controllen` says how much of `message.msg_control` is used already.
void append_source_address(const IpAddress& local, msghdr& message);
/// Appends the control message that cuts a buffer into datagrams of `bytes`.
void append_segment_size(std::uint16_t bytes, msghdr& message);

/// Room for the control messages of one datagram, either way.
inline constexpr std::size_t control_bytes = CMSG_SPACE(sizeof(in6_pktinfo)) + 2 * CMSG_SPACE(sizeof(int));

/// Bound to the unspecified address; IPv6 without IPv4 in it.
class UdpSocket {
 public:
  /// Port 0 lets the system choose. address_in_use, unsupported without this family, or system.
  static Result<UdpSocket> open(IpAddress::Family family, std::uint16_t port);
  ~UdpSocket();
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&& other) noexcept;

  int descriptor() const { return descriptor_; }
  std::uint16_t port() const { return port_; }
  /// Whether the kernel knows UDP_SEGMENT (Linux 4.18); one that doesn't would send the whole buffer as one.
  bool can_segment() const { return can_segment_; }

 private:
  UdpSocket() = default;
  Result<> bind(IpAddress::Family family, std::uint16_t port);
  Result<> prepare(IpAddress::Family family);

  int descriptor_ = -1;
  std::uint16_t port_ = 0;
  bool can_segment_ = false;
};

}  // namespace flnet::io
