// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers of the STUN wire format (RFC 8489 §5, §14, §18; RFC 8445 §16; RFC 8656 §18) that encoders and
// decoders share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace flnet::rtc {

inline constexpr std::uint32_t stun_magic_cookie = 0x2112A442;
inline constexpr std::size_t stun_header_size = 20;
inline constexpr std::size_t stun_attribute_header_size = 4;
inline constexpr std::size_t stun_integrity_size = 20;
inline constexpr std::size_t stun_integrity_sha256_size = 32;
inline constexpr std::uint32_t stun_fingerprint_xor = 0x5354554e;

/// Attribute types; those below 0x8000 are comprehension-required (RFC 8489 §14).
enum class StunAttribute : std::uint16_t {
  mapped_address = 0x0001,
  username = 0x0006,
  message_integrity = 0x0008,
  error_code = 0x0009,
  unknown_attributes = 0x000a,
  channel_number = 0x000c,
  lifetime = 0x000d,
  xor_peer_address = 0x0012,
  data = 0x0013,
  realm = 0x0014,
  nonce = 0x0015,
  xor_relayed_address = 0x0016,
  requested_address_family = 0x0017,
  requested_transport = 0x0019,
  message_integrity_sha256 = 0x001c,
  password_algorithm = 0x001d,
  userhash = 0x001e,
  xor_mapped_address = 0x0020,
  priority = 0x0024,
  use_candidate = 0x0025,
  password_algorithms = 0x8002,
  fingerprint = 0x8028,
  ice_controlled = 0x8029,
  ice_controlling = 0x802a,
};

/// Values are padded to multiples of four bytes; their length field does not count that (RFC 8489 §14).
constexpr std::size_t stun_padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

}  // namespace flnet::rtc
