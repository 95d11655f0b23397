// SPDX-License-Identifier: MIT OR Apache-2.0
// Writing the inside of STUN messages (RFC 8489 §5, §14), which the encoders of ICE's and of TURN's messages
// share.
#pragma once

#include "base/byte_io.hpp"
#include "base/digest.hpp"
#include "rtc/stun_attribute.hpp"
#include "rtc/stun_message.hpp"

#include <algorithm>
#include <cassert>

namespace flnet::rtc {

/// Class and method share the first 14 bits (RFC 8489 §5): M11..M7 C1 M6..M4 C0 M3..M0.
inline std::uint16_t stun_message_type(StunClass message_class, std::uint16_t method) {
  const auto c = static_cast<std::uint16_t>(message_class);
  return static_cast<std::uint16_t>((method & 0x000fU) | (c & 1U) << 4 | (method & 0x0070U) << 1 |
                                    (c & 2U) << 7 | (method & 0x0f80U) << 2);
}

inline void append_stun_attribute(Bytes& to, StunAttribute type, ByteView value) {
  append_u16(to, static_cast<std::uint16_t>(type));
  append_u16(to, static_cast<std::uint16_t>(value.size()));
  append_bytes(to, value);
  to.resize(stun_padded(to.size()));
}

inline void append_stun_u32(Bytes& to, StunAttribute type, std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes{};
  store_u32(bytes.data(), value);
  append_stun_attribute(to, type, bytes);
}

inline void append_stun_u64(Bytes& to, StunAttribute type, std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes{};
  store_u64(bytes.data(), value);
  append_stun_attribute(to, type, bytes);
}

/// RFC 8489 §14.2: port and address, xored with the cookie and the transaction id.
inline void append_xor_stun_address(Bytes& to, StunAttribute type, const SocketAddress& address,
                                    const TransactionId& transaction) {
  Bytes value;
  append_u8(value, 0);
  append_u8(value, address.ip.is_v4() ? 1 : 2);
  append_u16(value, static_cast<std::uint16_t>(address.port ^ (stun_magic_cookie >> 16)));
  std::array<std::uint8_t, 16> mask{};
  store_u32(mask.data(), stun_magic_cookie);
  std::copy(transaction.begin(), transaction.end(), mask.begin() + 4);
  const ByteView ip = address.ip.view();
  for (std::size_t i = 0; i < ip.size(); ++i) append_u8(value, ip[i] ^ mask[i]);
  append_stun_attribute(to, type, value);
}

inline void append_stun_error(Bytes& to, std::uint16_t code, std::string_view reason) {
  constexpr std::size_t max_reason = 127;  // "fewer than 128 characters"
  assert(code >= 300 && code <= 699);
  Bytes value;
  append_u16(value, 0);
  append_u8(value, static_cast<std::uint8_t>(code / 100));
  append_u8(value, static_cast<std::uint8_t>(code % 100));
  append_bytes(value, as_bytes(reason.substr(0, max_reason)));
  append_stun_attribute(to, StunAttribute::error_code, value);
}

/// The header's length covers what is there and `coming` bytes more: both MESSAGE-INTEGRITY and FINGERPRINT
/// are computed as if they stood there already (RFC 8489 §14.5, §14.7).
inline void store_stun_length(Bytes& message, std::size_t coming) {
  store_u16(message.data() + 2, static_cast<std::uint16_t>(message.size() - stun_header_size + coming));
}

/// The last attribute.
inline void append_stun_fingerprint(Bytes& to) {
  store_stun_length(to, stun_attribute_header_size + 4);
  append_stun_u32(to, StunAttribute::fingerprint, crc32(to) ^ stun_fingerprint_xor);
}

}  // namespace flnet::rtc
