// SPDX-License-Identifier: MIT OR Apache-2.0
// Message: what applications send each other, text or binary.
#pragma once

#include <flnet/bytes.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

namespace flnet {

/// Text is UTF-8 by contract (RFC 8831 §6.6); what arrives as text has been checked.
enum class MessageKind : std::uint8_t { text, binary };

/// A message that is not copied; valid for the call it is passed to.
struct MessageView {
  MessageKind kind = MessageKind::binary;
  ByteView bytes;

  std::string_view text() const { return as_text(bytes); }
};

/// A message with its bytes.
struct Message {
  MessageKind kind = MessageKind::binary;
  Bytes bytes;

  std::string_view text() const { return as_text(bytes); }
  MessageView view() const { return {kind, bytes}; }

  static Message from_text(std::string_view text) { return {MessageKind::text, to_bytes(as_bytes(text))}; }
  static Message from_binary(Bytes bytes) { return {MessageKind::binary, std::move(bytes)}; }
  static Message copy(MessageView view) { return {view.kind, to_bytes(view.bytes)}; }

  friend bool operator==(const Message&, const Message&) = default;
};

}  // namespace flnet
