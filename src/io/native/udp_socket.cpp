// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpSocket: opening, options and control messages.
#include "io/native/udp_socket.hpp"

#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>

namespace flnet::io {
namespace {

/// A burst of a whole congestion window should fit; the system may allow less.
constexpr int socket_buffer_bytes = 4 * 1024 * 1024;

std::unexpected<Error> system_failure(const char* call, int code) {
  const auto kind = code == EADDRINUSE     ? ErrorCode::address_in_use
                    : code == EAFNOSUPPORT ? ErrorCode::unsupported
                                           : ErrorCode::system;
  return failure(kind, std::string(call) + ": " + std::generic_category().message(code));
}

bool set_option(int descriptor, int level, int name, int value) {
  return ::setsockopt(descriptor, level, name, &value, sizeof(value)) == 0;
}

/// More than net.core.{r,w}mem_max needs CAP_NET_ADMIN; without it the system gives what it allows.
void enlarge_buffers(int descriptor) {
  if (!set_option(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, socket_buffer_bytes)) {
    set_option(descriptor, SOL_SOCKET, SO_RCVBUF, socket_buffer_bytes);
  }
  if (!set_option(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, socket_buffer_bytes)) {
    set_option(descriptor, SOL_SOCKET, SO_SNDBUF, socket_buffer_bytes);
  }
}

template <class Value>
void append_control(int level, int type, const Value& value, msghdr& message) {
  auto* at = reinterpret_cast<cmsghdr*>(static_cast<char*>(message.msg_control) + message.msg_controllen);
  at->cmsg_level = level;
  at->cmsg_type = type;
  at->cmsg_len = CMSG_LEN(sizeof(Value));
  std::memcpy(CMSG_DATA(at), &value, sizeof(Value));
  message.msg_controllen += CMSG_SPACE(sizeof(Value));
}

}  // namespace

socklen_t write_system_address(const SocketAddress& address, SystemAddress& to) {
  if (address.ip.is_v4()) {
    to.v4 = {};
    to.v4.sin_family = AF_INET;
    to.v4.sin_port = htons(address.port);
    std::memcpy(&to.v4.sin_addr, address.ip.bytes.data(), 4);
    return sizeof(to.v4);
  }
  to.v6 = {};
  to.v6.sin6_family = AF_INET6;
  to.v6.sin6_port = htons(address.port);
  std::memcpy(&to.v6.sin6_addr, address.ip.bytes.data(), 16);
  return sizeof(to.v6);
}

SocketAddress read_system_address(const SystemAddress& from) {
  SocketAddress address;
  if (from.any.sa_family == AF_INET) {
    address.ip.family = IpAddress::Family::ipv4;
    std::memcpy(address.ip.bytes.data(), &from.v4.sin_addr, 4);
    address.port = ntohs(from.v4.sin_port);
  } else {
    address.ip.family = IpAddress::Family::ipv6;
    std::memcpy(address.ip.bytes.data(), &from.v6.sin6_addr, 16);
    address.port = ntohs(from.v6.sin6_port);
  }
  return address;
}

void append_source_address(const IpAddress& local, msghdr& message) {
  if (local.is_v4()) {
    in_pktinfo info{};
    std::memcpy(&info.ipi_spec_dst, local.bytes.data(), 4);
    append_control(IPPROTO_IP, IP_PKTINFO, info, message);
  } else {
    in6_pktinfo info{};
    std::memcpy(&info.ipi6_addr, local.bytes.data(), 16);
    append_control(IPPROTO_IPV6, IPV6_PKTINFO, info, message);
  }
}

void append_segment_size(std::uint16_t bytes, msghdr& message) {
  append_control(IPPROTO_UDP, UDP_SEGMENT, bytes, message);
}

Result<UdpSocket> UdpSocket::open(IpAddress::Family family, std::uint16_t port) {
  UdpSocket made;
  const int domain = family == IpAddress::Family::ipv4 ? AF_INET : AF_INET6;
  made.descriptor_ = ::socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
  if (made.descriptor_ < 0) return system_failure("socket", errno);
  if (auto prepared = made.prepare(family); !prepared) return failure(prepared.error());
  if (auto bound = made.bind(family, port); !bound) return failure(bound.error());
  return made;
}

Result<> UdpSocket::prepare(IpAddress::Family family) {
  if (family == IpAddress::Family::ipv4) {
    if (!set_option(descriptor_, IPPROTO_IP, IP_PKTINFO, 1)) return system_failure("IP_PKTINFO", errno);
  } else {
    if (!set_option(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, 1)) return system_failure("IPV6_V6ONLY", errno);
    if (!set_option(descriptor_, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)) {
      return system_failure("IPV6_RECVPKTINFO", errno);
    }
  }
  enlarge_buffers(descriptor_);
  set_option(descriptor_, IPPROTO_UDP, UDP_GRO, 1);  // Without it datagrams come one by one.
  can_segment_ = set_option(descriptor_, IPPROTO_UDP, UDP_SEGMENT, 0);
  return {};
}

Result<> UdpSocket::bind(IpAddress::Family family, std::uint16_t port) {
  SystemAddress address;
  socklen_t length = write_system_address({IpAddress{family, {}}, port}, address);
  if (::bind(descriptor_, &address.any, length) != 0) return system_failure("bind", errno);
  if (::getsockname(descriptor_, &address.any, &length) != 0) return system_failure("getsockname", errno);
  port_ = read_system_address(address).port;
  return {};
}

UdpSocket::~UdpSocket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      port_(other.port_),
      can_segment_(other.can_segment_) {}

UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  port_ = other.port_;
  can_segment_ = other.can_segment_;
  return *this;
}

}  // namespace flnet::io
