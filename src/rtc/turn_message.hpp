// SPDX-License-Identifier: MIT OR Apache-2.0
// TURN messages (RFC 8656 §18) with the attributes of long-term credentials (RFC 8489 §9.2): encode, decode,
// verify.
#pragma once

#include "rtc/stun_message.hpp"

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace flnet::rtc {

/// RFC 8656 §17
enum class TurnMethod : std::uint16_t {
  allocate = 0x003,
  refresh = 0x004,
  send = 0x006,
  data = 0x007,
  create_permission = 0x008,
  channel_bind = 0x009
};

/// RFC 8489 §18.5
enum class StunPasswordAlgorithm : std::uint16_t { md5 = 1, sha256 = 2 };

/// What a message is authenticated with; without bytes it is not.
struct TurnKey {
  Bytes bytes;
  bool sha256 = false;  ///< MESSAGE-INTEGRITY-SHA256 instead of MESSAGE-INTEGRITY.
  friend bool operator==(const TurnKey&, const TurnKey&) = default;
};

/// A message of TURN. `data` is borrowed: from the datagram that was decoded.
struct TurnMessage {
  StunClass message_class = StunClass::request;
  TurnMethod method = TurnMethod::allocate;
  TransactionId transaction{};

  std::optional<std::string> username, realm, nonce;
  std::optional<std::array<std::uint8_t, 32>> userhash;
  std::optional<Bytes>
      password_algorithms;  ///< The attribute's value, to be repeated to the server as it is.
  std::optional<StunPasswordAlgorithm> password_algorithm;

  std::optional<std::uint16_t> channel;
  std::optional<std::uint32_t> lifetime_seconds;
  std::optional<SocketAddress> peer, relayed, mapped;
  std::optional<ByteView> data;
  std::optional<IpAddress::Family> family;  ///< REQUESTED-ADDRESS-FAMILY
  std::optional<std::uint8_t> transport;    ///< REQUESTED-TRANSPORT: an IP protocol, 17 for UDP.
  std::optional<std::uint16_t> error_code;
  std::string error_reason;
  std::vector<std::uint16_t> unknown_attributes;  ///< Comprehension-required ones that were seen.
  bool has_integrity = false, has_integrity_sha256 = false;
};

/// Fingerprint included. Data longer than what a datagram holds is the caller's fault.
Bytes encode_turn(const TurnMessage& message, const TurnKey& key = {});

/// As strict as decode_stun, for datagrams of at most 2048 bytes. Binding messages are `invalid_message`
/// here.
Result<TurnMessage> decode_turn(ByteView datagram);

/// True when `datagram`, which decode_turn accepted, bears the integrity attribute that `key` makes.
bool verify_turn_integrity(ByteView datagram, const TurnKey& key);

/// The first one that we know in `list`, the value of PASSWORD-ALGORITHMS (RFC 8489 §14.11).
std::optional<StunPasswordAlgorithm> first_known_algorithm(ByteView list);

}  // namespace flnet::rtc
