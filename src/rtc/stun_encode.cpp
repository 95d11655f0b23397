// SPDX-License-Identifier: MIT OR Apache-2.0
// Writes STUN messages (RFC 8489): attributes, then MESSAGE-INTEGRITY, then FINGERPRINT.
#include "base/byte_io.hpp"
#include "base/digest.hpp"
#include "rtc/stun_attribute.hpp"
#include "rtc/stun_message.hpp"
#include "rtc/stun_writer.hpp"

namespace flnet::rtc {
namespace {

void append_unknown_attributes(Bytes& to, const std::vector<std::uint16_t>& types) {
  Bytes value;
  for (const std::uint16_t type : types) append_u16(value, type);
  append_stun_attribute(to, StunAttribute::unknown_attributes, value);
}

void append_body(Bytes& to, const StunMessage& message) {
  if (message.username) append_stun_attribute(to, StunAttribute::username, as_bytes(*message.username));
  if (message.mapped_address)
    append_xor_stun_address(to, StunAttribute::xor_mapped_address, *message.mapped_address,
                            message.transaction);
  if (message.priority) append_stun_u32(to, StunAttribute::priority, *message.priority);
  if (message.use_candidate) append_stun_attribute(to, StunAttribute::use_candidate, {});
  if (message.ice_controlling) {
    append_stun_u64(to, StunAttribute::ice_controlling, *message.ice_controlling);
  }
  if (message.ice_controlled) append_stun_u64(to, StunAttribute::ice_controlled, *message.ice_controlled);
  if (message.error_code) append_stun_error(to, *message.error_code, message.error_reason);
  // A request has none; what a decoded one lists was seen in it and is not said again.
  if (message.message_class == StunClass::error && !message.unknown_attributes.empty()) {
    append_unknown_attributes(to, message.unknown_attributes);
  }
}

}  // namespace

Bytes encode_stun(const StunMessage& message, ByteView integrity_key) {
  Bytes to;
  to.reserve(160);
  append_u16(to, stun_message_type(message.message_class, static_cast<std::uint16_t>(message.method)));
  append_u16(to, 0);
  append_u32(to, stun_magic_cookie);
  append_bytes(to, message.transaction);
  append_body(to, message);
  if (!integrity_key.empty()) {
    store_stun_length(to, stun_attribute_header_size + stun_integrity_size);
    append_stun_attribute(to, StunAttribute::message_integrity, hmac_sha1(integrity_key, {ByteView(to)}));
  }
  append_stun_fingerprint(to);
  return to;
}

}  // namespace flnet::rtc
