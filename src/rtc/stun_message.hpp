// SPDX-License-Identifier: MIT OR Apache-2.0
// STUN messages (RFC 8489) with the attributes of ICE (RFC 8445 §7.1): encode, decode, verify.
#pragma once

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flnet::rtc {

using TransactionId = std::array<std::uint8_t, 12>;

enum class StunClass : std::uint8_t { request, indication, success, error };
enum class StunMethod : std::uint16_t { binding = 0x001 };

/// A STUN message with the attributes we know. Unknown comprehension-required ones are listed, so that a
/// request with any of them can be answered with 420 (RFC 8489 §6.3.1).
struct StunMessage {
  StunClass message_class = StunClass::request;
  StunMethod method = StunMethod::binding;
  TransactionId transaction{};

  std::optional<std::string> username;
  std::optional<SocketAddress> mapped_address;  ///< XOR-MAPPED-ADDRESS, or MAPPED-ADDRESS without it.
  std::optional<std::uint32_t> priority;
  bool use_candidate = false;
  std::optional<std::uint64_t> ice_controlling;
  std::optional<std::uint64_t> ice_controlled;
  std::optional<std::uint16_t> error_code;
  std::string error_reason;
  std::vector<std::uint16_t> unknown_attributes;  ///< Of an error response, or seen in what was decoded.
  bool has_integrity = false;
  bool has_fingerprint = false;
};

/// Appends MESSAGE-INTEGRITY when `integrity_key` is not empty, and always FINGERPRINT.
Bytes encode_stun(const StunMessage& message, ByteView integrity_key);

/// Decodes exactly one message. Checks magic cookie, lengths, padding, limits (a datagram of at most
/// 1500 bytes, 32 attributes) and FINGERPRINT when present; what follows MESSAGE-INTEGRITY other than
/// FINGERPRINT is ignored (RFC 8489 §14.5). Any fault is invalid_message.
Result<StunMessage> decode_stun(ByteView datagram);

/// True when `datagram`, which decode_stun accepted, bears a MESSAGE-INTEGRITY made with `key`.
bool verify_stun_integrity(ByteView datagram, ByteView key);

/// The username's part before the colon: the ufrag of the receiver, by which a datagram finds its session
/// (RFC 8445 §7.2.2). Reads only what it needs, allocates nothing; empty when there is none.
std::string_view stun_receiver_ufrag(ByteView datagram);

}  // namespace flnet::rtc
