// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers of the STUN wire format (RFC 8489 §5, §14, §18; RFC 8445 §16) that encoder and decoder share.
#pragma once

#include <cstddef>
#include <cstdint>

namespace flnet::rtc {

inline constexpr std::uint32_t stun_magic_cookie = 0x2112A442;
inline constexpr std::size_t stun_header_size = 20;
inline constexpr std::size_t stun_attribute_header_size = 4;
inline constexpr std::size_t stun_integrity_size = 20;
inline constexpr std::uint32_t stun_fingerprint_xor = 0x5354554e;

/// Attribute types; those below 0x8000 are comprehension-required (RFC 8489 §14).
enum class StunAttribute : std::uint16_t {
  mapped_address = 0x0001,
  username = 0x0006,
  message_integrity = 0x0008,
  error_code = 0x0009,
  unknown_attributes = 0x000a,
  xor_mapped_address = 0x0020,
  priority = 0x0024,
  use_candidate = 0x0025,
  fingerprint = 0x8028,
  ice_controlled = 0x8029,
  ice_controlling = 0x802a,
};

/// Values are padded to multiples of four bytes; their length field does not count that (RFC 8489 §14).
constexpr std::size_t stun_padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

}  // namespace flnet::rtc
