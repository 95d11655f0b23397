// SPDX-License-Identifier: MIT OR Apache-2.0
// The answers of a STUN server (RFC 8489 §6.3.1), for whatever network a test has.
#pragma once

#include "rtc/stun_message.hpp"

#include <flnet/bytes.hpp>
#include <flnet/socket_address.hpp>

#include <optional>

namespace flnet::test {

/// The success response to a Binding request that came from `seen`; nothing to anything else.
inline std::optional<Bytes> stun_answer(ByteView datagram, const SocketAddress& seen) {
  const auto request = rtc::decode_stun(datagram);
  if (!request || request->message_class != rtc::StunClass::request) return {};
  rtc::StunMessage response;
  response.message_class = rtc::StunClass::success;
  response.transaction = request->transaction;
  response.mapped_address = seen;
  return rtc::encode_stun(response, {});
}

}  // namespace flnet::test
