// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads STUN messages (RFC 8489) and checks their FINGERPRINT and MESSAGE-INTEGRITY.
#include "base/byte_io.hpp"
#include "base/digest.hpp"
#include "rtc/stun_attribute.hpp"
#include "rtc/stun_message.hpp"
#include "rtc/stun_reader.hpp"

#include <algorithm>

namespace flnet::rtc {
namespace {

constexpr std::size_t max_attributes = 32;
constexpr std::size_t max_username = 508;  // RFC 8489 §14.3: fewer than 509 bytes

std::unexpected<Error> malformed(const char* detail) {
  return failure(ErrorCode::invalid_message, std::string("STUN: ") + detail);
}

/// Fills a StunMessage attribute by attribute. Of attributes that come twice the first counts (RFC 8489 §14).
class MessageReader {
 public:
  explicit MessageReader(ByteView datagram) : datagram_(datagram) {}

  Result<StunMessage> read() {
    if (!has_stun_header(datagram_)) return malformed("no valid header");
    if (!read_type()) return malformed("unknown method");
    std::copy_n(datagram_.begin() + 8, message_.transaction.size(), message_.transaction.begin());
    StunAttributeReader attributes(datagram_);
    for (std::size_t count = 0; !attributes.at_end(); ++count) {
      if (count == max_attributes) return malformed("too many attributes");
      const auto attribute = attributes.next();
      if (!attribute) return malformed("an attribute does not fit");
      if (message_.has_fingerprint) return malformed("something follows FINGERPRINT");
      if (!read_attribute(*attribute)) return malformed("a broken attribute");
    }
    if (!message_.mapped_address) message_.mapped_address = plain_mapped_address_;
    return std::move(message_);
  }

 private:
  bool read_type() {
    const std::uint16_t type = load_u16(datagram_.data());
    const unsigned method = (type & 0x000fU) | (type & 0x00e0U) >> 1 | (type & 0x3e00U) >> 2;
    if (method != static_cast<unsigned>(StunMethod::binding)) return false;
    message_.message_class = static_cast<StunClass>((type >> 4 & 1U) | (type >> 7 & 2U));
    return true;
  }

  /// What follows MESSAGE-INTEGRITY is not protected, so only FINGERPRINT is looked at (RFC 8489 §14.5).
  bool read_attribute(const StunAttributeView& attribute) {
    const auto type = static_cast<StunAttribute>(attribute.type);
    if (type == StunAttribute::fingerprint) return read_fingerprint(attribute);
    if (message_.has_integrity) return true;
    switch (type) {
      case StunAttribute::message_integrity:
        message_.has_integrity = true;
        return attribute.value.size() == stun_integrity_size;
      case StunAttribute::mapped_address:
      case StunAttribute::xor_mapped_address:
        return read_mapped_address(type, attribute.value);
      case StunAttribute::username:
        return read_username(attribute.value);
      case StunAttribute::error_code:
        return read_error(attribute.value);
      case StunAttribute::unknown_attributes:
        return read_unknown_attributes(attribute.value);
      default:
        return read_ice_attribute(attribute);
    }
  }

  bool read_ice_attribute(const StunAttributeView& attribute) {
    const ByteView value = attribute.value;
    switch (static_cast<StunAttribute>(attribute.type)) {
      case StunAttribute::priority:
        if (value.size() != 4) return false;
        if (!message_.priority) message_.priority = load_u32(value.data());
        return true;
      case StunAttribute::use_candidate:
        message_.use_candidate = true;
        return value.empty();
      case StunAttribute::ice_controlled:
        return read_tie_breaker(value, message_.ice_controlled);
      case StunAttribute::ice_controlling:
        return read_tie_breaker(value, message_.ice_controlling);
      default:
        if (attribute.type < 0x8000) message_.unknown_attributes.push_back(attribute.type);
        return true;
    }
  }

  static bool read_tie_breaker(ByteView value, std::optional<std::uint64_t>& to) {
    if (value.size() != 8) return false;
    if (!to) to = load_u64(value.data());
    return true;
  }

  bool read_fingerprint(const StunAttributeView& attribute) {
    message_.has_fingerprint = true;
    return stun_fingerprint_fits(datagram_, attribute);
  }

  bool read_mapped_address(StunAttribute type, ByteView value) {
    const bool is_xored = type == StunAttribute::xor_mapped_address;
    const auto address = is_xored ? read_xor_stun_address(datagram_, value) : read_stun_address(value, {});
    auto& to = is_xored ? message_.mapped_address : plain_mapped_address_;
    if (!to) to = address;
    return address.has_value();
  }

  bool read_username(ByteView value) {
    if (value.size() > max_username) return false;
    if (!message_.username) message_.username = std::string(as_text(value));
    return true;
  }

  bool read_error(ByteView value) {
    const auto error = read_stun_error(value);
    if (!error) return false;
    if (message_.error_code) return true;
    message_.error_code = error->code;
    message_.error_reason = std::string(error->reason);
    return true;
  }

  /// In an error response they are what the peer did not know; elsewhere they mean nothing.
  bool read_unknown_attributes(ByteView value) {
    if (value.size() % 2 != 0) return false;
    if (message_.message_class != StunClass::error) return true;
    for (std::size_t i = 0; i < value.size(); i += 2) {
      message_.unknown_attributes.push_back(load_u16(value.data() + i));
    }
    return true;
  }

  ByteView datagram_;
  StunMessage message_;
  std::optional<SocketAddress> plain_mapped_address_;
};

}  // namespace

Result<StunMessage> decode_stun(ByteView datagram) {
  return MessageReader(datagram).read();
}

bool verify_stun_integrity(ByteView datagram, ByteView key) {
  if (!has_stun_header(datagram)) return false;
  StunAttributeReader attributes(datagram);
  while (!attributes.at_end()) {
    const auto attribute = attributes.next();
    if (!attribute) return false;
    if (attribute->type != static_cast<std::uint16_t>(StunAttribute::message_integrity)) continue;
    // The hash is over what stands before, with a header whose length ends after MESSAGE-INTEGRITY itself.
    std::array<std::uint8_t, 4> head{datagram[0], datagram[1]};
    const std::size_t end = attribute->offset + stun_attribute_header_size + stun_integrity_size;
    store_u16(head.data() + 2, static_cast<std::uint16_t>(end - stun_header_size));
    const ByteView rest = datagram.first(attribute->offset).subspan(head.size());
    return equal_secrets(attribute->value, hmac_sha1(key, {ByteView(head), rest}));
  }
  return false;
}

std::string_view stun_receiver_ufrag(ByteView datagram) {
  if (!has_stun_header(datagram)) return {};
  StunAttributeReader attributes(datagram);
  while (!attributes.at_end()) {
    const auto attribute = attributes.next();
    if (!attribute) return {};
    if (attribute->type != static_cast<std::uint16_t>(StunAttribute::username)) continue;
    const std::string_view username = as_text(attribute->value);
    const std::size_t colon = username.find(':');
    return colon == std::string_view::npos ? std::string_view{} : username.substr(0, colon);
  }
  return {};
}

}  // namespace flnet::rtc
