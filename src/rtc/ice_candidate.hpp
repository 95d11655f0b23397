// SPDX-License-Identifier: MIT OR Apache-2.0
// ICE candidates and their line in SDP (RFC 8839 §5.1), read strictly.
#pragma once

#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flnet::rtc {

enum class CandidateType : std::uint8_t { host, server_reflexive, peer_reflexive, relayed };

/// A UDP candidate of component 1, the only kind that data channels need.
struct IceCandidate {
  std::string foundation;
  std::uint32_t priority = 0;
  SocketAddress address;
  CandidateType type = CandidateType::host;
  std::optional<SocketAddress> related;
  /// The username fragment that some senders append; it tells which session a trickled candidate is of.
  std::optional<std::string> ufrag;

  friend bool operator==(const IceCandidate&, const IceCandidate&) = default;
};

/// Recommended priority (RFC 8445 §5.1.2.1) for component 1. `local_preference` orders the addresses of
/// one host: IPv6 before IPv4 (RFC 8421), loopback last.
std::uint32_t candidate_priority(CandidateType type, std::uint16_t local_preference);

/// A host candidate for `address` with foundation and priority filled in. `index` is the address's place
/// in the node's list, from 0.
IceCandidate host_candidate(const SocketAddress& address, std::size_t index);

/// Where others see `base`, a host candidate, as a STUN server told (RFC 8445 §5.1.1.2); its related address
/// is the base's. `index` is its place among the node's candidates of that type, from 0.
IceCandidate reflexive_candidate(const IceCandidate& base, const SocketAddress& mapped, std::size_t index);

/// An address on a TURN server that relays to `base`, a host candidate; its related address is `mapped`,
/// where the server sees the base (RFC 8839 §5.1). It is its own base. `index` as above.
IceCandidate relayed_candidate(const IceCandidate& base, const SocketAddress& relayed,
                               const SocketAddress& mapped, std::size_t index);

/// "candidate:<foundation> 1 udp <priority> <address> <port> typ host …", without "a=".
std::string to_line(const IceCandidate& candidate);

/// Reads a candidate line, with or without a leading "a=" and with or without "candidate:". Unknown
/// extension attributes are skipped. TCP, host names (mDNS) and components other than 1 are
/// `unsupported`; port 0, multicast, unspecified addresses, overlong tokens and every other departure
/// from the grammar are `invalid_message`.
Result<IceCandidate> parse_candidate(std::string_view line);

}  // namespace flnet::rtc
