// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes STUN messages (RFC 8489): attributes, then MESSAGE-INTEGRITY, then FINGERPRINT.
#include "base/byte_io.hpp"
#include "base/digest.hpp"
#include "rtc/stun_attribute.hpp"
#include "rtc/stun_message.hpp"

#include <algorithm>
#include <cassert>

namespace flnet::rtc {
namespace {

constexpr std::size_t max_reason = 127;  // "fewer than 128 characters", RFC 8489 §14.8

/// Class and method share the first 14 bits (RFC 8489 §5): M11..M7 C1 M6..M4 C0 M3..M0.
std::uint16_t message_type(StunClass message_class, StunMethod method) {
  const auto c = static_cast<std::uint16_t>(message_class);
  const auto m = static_cast<std::uint16_t>(method);
  return static_cast<std::uint16_t>((m & 0x000fU) | (c & 1U) << 4 | (m & 0x0070U) << 1 | (c & 2U) << 7 |
                                    (m & 0x0f80U) << 2);
}

void append_attribute(Bytes& to, StunAttribute type, ByteView value) {
  append_u16(to, static_cast<std::uint16_t>(type));
  append_u16(to, static_cast<std::uint16_t>(value.size()));
  append_bytes(to, value);
  to.resize(stun_padded(to.size()));
}

void append_u32_attribute(Bytes& to, StunAttribute type, std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes{};
  store_u32(bytes.data(), value);
  append_attribute(to, type, bytes);
}

void append_u64_attribute(Bytes& to, StunAttribute type, std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes{};
  store_u64(bytes.data(), value);
  append_attribute(to, type, bytes);
}

/// RFC 8489 §14.2: port and address, xored with the cookie and the transaction id.
void append_xor_mapped_address(Bytes& to, const SocketAddress& address, const TransactionId& transaction) {
  Bytes value;
  append_u8(value, 0);
  append_u8(value, address.ip.is_v4() ? 1 : 2);
  append_u16(value, static_cast<std::uint16_t>(address.port ^ (stun_magic_cookie >> 16)));
  std::array<std::uint8_t, 16> mask{};
  store_u32(mask.data(), stun_magic_cookie);
  std::copy(transaction.begin(), transaction.end(), mask.begin() + 4);
  const ByteView ip = address.ip.view();
  for (std::size_t i = 0; i < ip.size(); ++i) append_u8(value, ip[i] ^ mask[i]);
  append_attribute(to, StunAttribute::xor_mapped_address, value);
}

void append_error(Bytes& to, std::uint16_t code, std::string_view reason) {
  assert(code >= 300 && code <= 699);
  Bytes value;
  append_u16(value, 0);
  append_u8(value, static_cast<std::uint8_t>(code / 100));
  append_u8(value, static_cast<std::uint8_t>(code % 100));
  append_bytes(value, as_bytes(reason.substr(0, max_reason)));
  append_attribute(to, StunAttribute::error_code, value);
}

void append_unknown_attributes(Bytes& to, const std::vector<std::uint16_t>& types) {
  Bytes value;
  for (const std::uint16_t type : types) append_u16(value, type);
  append_attribute(to, StunAttribute::unknown_attributes, value);
}

void append_body(Bytes& to, const StunMessage& message) {
  if (message.username) append_attribute(to, StunAttribute::username, as_bytes(*message.username));
  if (message.mapped_address) append_xor_mapped_address(to, *message.mapped_address, message.transaction);
  if (message.priority) append_u32_attribute(to, StunAttribute::priority, *message.priority);
  if (message.use_candidate) append_attribute(to, StunAttribute::use_candidate, {});
  if (message.ice_controlling) {
    append_u64_attribute(to, StunAttribute::ice_controlling, *message.ice_controlling);
  }
  if (message.ice_controlled)
    append_u64_attribute(to, StunAttribute::ice_controlled, *message.ice_controlled);
  if (message.error_code) append_error(to, *message.error_code, message.error_reason);
  // A request has none; what a decoded one lists was seen in it and is not said again.
  if (message.message_class == StunClass::error && !message.unknown_attributes.empty()) {
    append_unknown_attributes(to, message.unknown_attributes);
  }
}

/// The header's length covers what is there and `coming` bytes more: both MESSAGE-INTEGRITY and FINGERPRINT
/// are computed as if they stood there already (RFC 8489 §14.5, §14.7).
void store_length(Bytes& message, std::size_t coming) {
  store_u16(message.data() + 2, static_cast<std::uint16_t>(message.size() - stun_header_size + coming));
}

}  // namespace

Bytes encode_stun(const StunMessage& message, ByteView integrity_key) {
  Bytes to;
  to.reserve(160);
  append_u16(to, message_type(message.message_class, message.method));
  append_u16(to, 0);
  append_u32(to, stun_magic_cookie);
  append_bytes(to, message.transaction);
  append_body(to, message);
  if (!integrity_key.empty()) {
    store_length(to, stun_attribute_header_size + stun_integrity_size);
    append_attribute(to, StunAttribute::message_integrity, hmac_sha1(integrity_key, {ByteView(to)}));
  }
  store_length(to, stun_attribute_header_size + 4);
  append_u32_attribute(to, StunAttribute::fingerprint, crc32(to) ^ stun_fingerprint_xor);
  return to;
}

}  // namespace flnet::rtc
