// SPDX-License-Identifier: MIT OR Apache-2.0
// The inside of STUN messages (RFC 8489 §5, §14), which the decoders of ICE's and of TURN's messages share.
#pragma once

#include "base/byte_io.hpp"
#include "base/digest.hpp"
#include "rtc/stun_attribute.hpp"

#include <flnet/bytes.hpp>
#include <flnet/socket_address.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace flnet::rtc {

inline constexpr std::size_t max_stun_bytes = 1500;

struct StunAttributeView {
  std::uint16_t type = 0;
  std::size_t offset = 0;  ///< of the attribute's header, from the message's start
  ByteView value;
};

/// Walks over the attributes of a message whose header has been checked.
class StunAttributeReader {
 public:
  explicit StunAttributeReader(ByteView message) : message_(message) {}

  bool at_end() const { return offset_ == message_.size(); }

  /// Nothing when the next attribute does not fit.
  std::optional<StunAttributeView> next() {
    if (message_.size() - offset_ < stun_attribute_header_size) return {};
    const std::uint8_t* const head = message_.data() + offset_;
    const std::size_t length = load_u16(head + 2);
    const std::size_t room = message_.size() - offset_ - stun_attribute_header_size;
    if (stun_padded(length) > room) return {};
    const StunAttributeView attribute{
        .type = load_u16(head),
        .offset = offset_,
        .value = message_.subspan(offset_ + stun_attribute_header_size, length)};
    offset_ += stun_attribute_header_size + stun_padded(length);
    return attribute;
  }

 private:
  ByteView message_;
  std::size_t offset_ = stun_header_size;
};

/// RFC 8489 §5: two zero bits, magic cookie, and a length that is a multiple of four and the datagram's own.
inline bool has_stun_header(ByteView datagram, std::size_t max_bytes = max_stun_bytes) {
  return datagram.size() >= stun_header_size && datagram.size() <= max_bytes && datagram[0] < 0x40 &&
         load_u32(datagram.data() + 4) == stun_magic_cookie && datagram.size() % 4 == 0 &&
         load_u16(datagram.data() + 2) == datagram.size() - stun_header_size;
}

/// MAPPED-ADDRESS (RFC 8489 §14.1); `mask` is zero there, and cookie and transaction id in the xored form.
inline std::optional<SocketAddress> read_stun_address(ByteView value,
                                                      const std::array<std::uint8_t, 16>& mask) {
  if (value.size() < 4) return {};
  const std::size_t ip_size = value.size() - 4;
  const bool v4 = value[1] == 1 && ip_size == 4;
  const bool v6 = value[1] == 2 && ip_size == 16;
  if (!v4 && !v6) return {};
  SocketAddress address;
  address.ip.family = v4 ? IpAddress::Family::ipv4 : IpAddress::Family::ipv6;
  address.port = static_cast<std::uint16_t>(load_u16(value.data() + 2) ^ load_u16(mask.data()));
  for (std::size_t i = 0; i < ip_size; ++i) address.ip.bytes[i] = value[4 + i] ^ mask[i];
  return address;
}

/// An address that is xored with the cookie and the transaction id of its message (RFC 8489 §14.2).
inline std::optional<SocketAddress> read_xor_stun_address(ByteView message, ByteView value) {
  std::array<std::uint8_t, 16> mask{};
  std::copy_n(message.begin() + 4, mask.size(), mask.begin());
  return read_stun_address(value, mask);
}

struct StunErrorView {
  std::uint16_t code = 0;
  std::string_view reason;
};

/// ERROR-CODE (RFC 8489 §14.8).
inline std::optional<StunErrorView> read_stun_error(ByteView value) {
  constexpr std::size_t max_reason = 763;  // 127 characters of up to 6 bytes, as RFC 5389 had
  if (value.size() < 4 || value.size() > 4 + max_reason) return {};
  const unsigned hundreds = value[2] & 7U;
  if (hundreds < 3 || hundreds > 6 || value[3] > 99) return {};
  return StunErrorView{.code = static_cast<std::uint16_t>(hundreds * 100 + value[3]),
                       .reason = as_text(value.subspan(4))};
}

inline bool stun_fingerprint_fits(ByteView message, const StunAttributeView& attribute) {
  return attribute.value.size() == 4 &&
         load_u32(attribute.value.data()) == (crc32(message.first(attribute.offset)) ^ stun_fingerprint_xor);
}

}  // namespace flnet::rtc
