// SPDX-License-Identifier: MIT OR Apache-2.0
// Datagrams as the WebRTC machines see them: a path, bytes, and a sink to send into.
#pragma once

#include <flnet/bytes.hpp>
#include <flnet/socket_address.hpp>

namespace flnet::rtc {

/// Where a datagram comes from or goes to. `local` is the address of the interface it uses, with the
/// port of the node's socket of that family.
struct DatagramPath {
  SocketAddress local;
  SocketAddress remote;
  friend bool operator==(const DatagramPath&, const DatagramPath&) = default;
};

/// What a datagram's first byte says about it (RFC 7983 §7).
enum class DatagramKind { stun, dtls, other };

inline DatagramKind datagram_kind(ByteView datagram) {
  if (datagram.empty()) return DatagramKind::other;
  if (datagram[0] <= 3) return DatagramKind::stun;
  if (datagram[0] >= 20 && datagram[0] <= 63) return DatagramKind::dtls;
  return DatagramKind::other;
}

}  // namespace flnet::rtc
