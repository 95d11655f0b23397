// SPDX-License-Identifier: MIT OR Apache-2.0
// The messages of the Data Channel Establishment Protocol (RFC 8832 §5).
#include "rtc/data_channel.hpp"

#include "base/byte_io.hpp"
#include "base/encoding.hpp"

namespace flnet::rtc {

namespace {

constexpr std::uint8_t message_ack = 2;
constexpr std::uint8_t message_open = 3;
constexpr std::size_t open_fixed_size = 12;
constexpr std::size_t max_text_size = 1024;
constexpr std::uint8_t unordered_bit = 0x80;

std::optional<Reliability> reliability_of(std::uint8_t channel_type) {
  switch (channel_type & ~unordered_bit) {
    case 0:
      return Reliability::reliable;
    case 1:
      return Reliability::max_retransmits;
    case 2:
      return Reliability::max_lifetime;
    default:
      return std::nullopt;
  }
}

Result<DataChannelOptions> decode_open(ByteView message) {
  if (message.size() < open_fixed_size) return failure(ErrorCode::invalid_message, "OPEN is too short");
  const std::size_t label_size = load_u16(message.data() + 8);
  const std::size_t protocol_size = load_u16(message.data() + 10);
  if (message.size() != open_fixed_size + label_size + protocol_size) {
    return failure(ErrorCode::invalid_message, "OPEN with a wrong length");
  }
  if (label_size > max_text_size || protocol_size > max_text_size) {
    return failure(ErrorCode::too_large, "a label or protocol above 1024 bytes");
  }
  const auto reliability = reliability_of(message[1]);
  if (!reliability) return failure(ErrorCode::unsupported, "an unknown channel type");
  const std::string_view text = as_text(message.subspan(open_fixed_size));
  DataChannelOptions options;
  options.label = text.substr(0, label_size);
  options.protocol = text.substr(label_size);
  if (!is_utf8(options.label) || !is_utf8(options.protocol)) {
    return failure(ErrorCode::invalid_message, "a label that is not UTF-8");
  }
  options.ordered = (message[1] & unordered_bit) == 0;
  options.reliability = *reliability;
  options.priority = load_u16(message.data() + 2);
  options.reliability_parameter = load_u32(message.data() + 4);
  return options;
}

}  // namespace

Bytes encode_channel_open(const DataChannelOptions& options) {
  Bytes message;
  append_u8(message, message_open);
  const auto kind = static_cast<std::uint8_t>(options.reliability);
  append_u8(message, static_cast<std::uint8_t>(kind | (options.ordered ? 0 : unordered_bit)));
  append_u16(message, options.priority);
  append_u32(message, options.reliability_parameter);
  append_u16(message, static_cast<std::uint16_t>(options.label.size()));
  append_u16(message, static_cast<std::uint16_t>(options.protocol.size()));
  append_bytes(message, as_bytes(options.label));
  append_bytes(message, as_bytes(options.protocol));
  return message;
}

Bytes encode_channel_ack() {
  return {message_ack};
}

Result<std::variant<DataChannelOptions, ChannelAck>> decode_dcep(ByteView message) {
  using Decoded = std::variant<DataChannelOptions, ChannelAck>;
  if (message.empty()) return failure(ErrorCode::invalid_message, "an empty DCEP message");
  if (message[0] == message_ack) return Decoded(ChannelAck{});
  if (message[0] != message_open) return failure(ErrorCode::unsupported, "an unknown DCEP message");
  auto options = decode_open(message);
  if (!options) return failure(std::move(options.error()));
  return Decoded(std::move(*options));
}

}  // namespace flnet::rtc
