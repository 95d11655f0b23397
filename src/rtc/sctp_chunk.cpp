// SPDX-License-Identifier: MIT OR Apache-2.0
// Encoding and decoding of SCTP chunks.
#include "rtc/sctp_chunk.hpp"

#include "base/byte_io.hpp"

#include <algorithm>
#include <array>

namespace flnet::rtc {

namespace {

constexpr std::size_t init_fixed_size = 16;
constexpr std::size_t sack_fixed_size = 12;
constexpr std::size_t max_cookie_size = 1024;
constexpr std::size_t max_reported_size = 128;  // Fits any packet, also with each parameter wrapped.
constexpr std::size_t max_reason_size = 120;

// Parameters that need no answer: addresses mean nothing below DTLS (RFC 8261 §6.1).
bool needs_no_answer(std::uint16_t type) {
  using namespace parameter_type;
  return type == ipv4_address || type == ipv6_address || type == cookie_preservative ||
         type == address_types || type == unrecognized;
}

// False when the rest of the parameters must not be read.
bool take_parameter(const SctpParameterView& parameter, InitChunk& init) {
  if (parameter.type == parameter_type::state_cookie) {
    if (parameter.body.size() <= max_cookie_size) init.cookie = to_bytes(parameter.body);
    return true;
  }
  if (parameter.type == parameter_type::supported_extensions) {
    const auto lists = [&](std::uint8_t type) {
      return std::ranges::find(parameter.body, type) != parameter.body.end();
    };
    init.can_reset = lists(chunk_type::re_config);
    init.can_forward = init.can_forward || lists(chunk_type::forward_tsn);
    return true;
  }
  if (parameter.type == parameter_type::forward_tsn_supported) {
    init.can_forward = true;
    return true;
  }
  if (needs_no_answer(parameter.type)) return true;
  const UnknownTypeRule rule = rule_of_unknown_parameter(parameter.type);
  if (rule.report && init.unrecognized.size() + parameter.whole.size() <= max_reported_size) {
    append_bytes(init.unrecognized, parameter.whole);
    init.unrecognized.resize(sctp_padded(init.unrecognized.size()));
  }
  return rule.skip;
}

std::string_view name_of_cause(std::uint16_t cause) {
  static constexpr std::array<std::string_view, 14> names = {"unknown cause",
                                                             "invalid stream",
                                                             "missing parameter",
                                                             "stale cookie",
                                                             "out of resource",
                                                             "unresolvable address",
                                                             "unrecognized chunk",
                                                             "invalid parameter",
                                                             "unknown parameters",
                                                             "no user data",
                                                             "cookie while shutting down",
                                                             "restart with new addresses",
                                                             "user abort",
                                                             "protocol violation"};
  return cause < names.size() ? names[cause] : names[0];
}

bool is_printable(std::uint8_t byte) {
  return byte >= 0x20 && byte < 0x7f;
}

}  // namespace

UnknownTypeRule rule_of_unknown_chunk(std::uint8_t type) {
  return {(type & 0x80) != 0, (type & 0x40) != 0};
}

UnknownTypeRule rule_of_unknown_parameter(std::uint16_t type) {
  return {(type & 0x8000) != 0, (type & 0x4000) != 0};
}

Bytes encode_init_body(const InitChunk& init) {
  Bytes body;
  append_u32(body, init.tag);
  append_u32(body, init.window);
  append_u16(body, init.outbound_streams);
  append_u16(body, init.inbound_streams);
  append_u32(body, init.first_tsn);
  if (!init.cookie.empty()) append_sctp_parameter(body, parameter_type::state_cookie, init.cookie);
  if (init.can_forward) append_sctp_parameter(body, parameter_type::forward_tsn_supported, {});
  Bytes extensions;
  if (init.can_reset) append_u8(extensions, chunk_type::re_config);
  if (init.can_forward) append_u8(extensions, chunk_type::forward_tsn);
  if (!extensions.empty()) append_sctp_parameter(body, parameter_type::supported_extensions, extensions);
  SctpParameterReader unrecognized(init.unrecognized);
  while (const auto parameter = unrecognized.next()) {
    append_sctp_parameter(body, parameter_type::unrecognized, parameter->whole);
  }
  return body;
}

Result<InitChunk> decode_init_body(ByteView body) {
  if (body.size() < init_fixed_size) return failure(ErrorCode::invalid_message, "INIT is too short");
  InitChunk init;
  init.tag = load_u32(body.data());
  init.window = load_u32(body.data() + 4);
  init.outbound_streams = load_u16(body.data() + 8);
  init.inbound_streams = load_u16(body.data() + 10);
  init.first_tsn = load_u32(body.data() + 12);
  if (init.tag == 0) return failure(ErrorCode::invalid_message, "INIT with tag 0");
  if (init.outbound_streams == 0 || init.inbound_streams == 0) {
    return failure(ErrorCode::invalid_message, "INIT without streams");
  }
  SctpParameterReader parameters(body.subspan(init_fixed_size));
  while (const auto parameter = parameters.next()) {
    if (!take_parameter(*parameter, init)) break;
  }
  if (parameters.malformed()) return failure(ErrorCode::invalid_message, "INIT with a broken parameter");
  return init;
}

std::optional<DataChunk> decode_data(const SctpChunkView& chunk) {
  const ByteView body = chunk.body;
  if (body.size() < data_chunk_overhead - sctp_chunk_header_size) return std::nullopt;
  return DataChunk{
      load_u32(body.data()), load_u16(body.data() + 4), load_u16(body.data() + 6), load_u32(body.data() + 8),
      chunk.flags,           body.subspan(12)};
}

std::optional<SackChunk> decode_sack(ByteView body) {
  if (body.size() < sack_fixed_size) return std::nullopt;
  const std::size_t gaps_size = std::size_t{load_u16(body.data() + 8)} * 4;
  const std::size_t duplicates_size = std::size_t{load_u16(body.data() + 10)} * 4;
  if (body.size() < sack_fixed_size + gaps_size + duplicates_size) return std::nullopt;
  return SackChunk{load_u32(body.data()), load_u32(body.data() + 4), body.subspan(sack_fixed_size, gaps_size),
                   body.subspan(sack_fixed_size + gaps_size, duplicates_size)};
}

std::optional<ForwardTsnChunk> decode_forward_tsn(ByteView body) {
  if (body.size() < ForwardTsnChunk::fixed_size) return std::nullopt;
  const ByteView skips = body.subspan(ForwardTsnChunk::fixed_size);
  if (skips.size() % ForwardTsnChunk::skip_size != 0) return std::nullopt;
  return ForwardTsnChunk{load_u32(body.data()), skips};
}

Bytes encode_cause(std::uint16_t cause, ByteView information) {
  Bytes body;
  append_sctp_parameter(body, cause, information.first(std::min(information.size(), max_reported_size)));
  return body;
}

std::string describe_causes(ByteView causes) {
  std::string text;
  SctpParameterReader reader(causes);
  while (const auto cause = reader.next()) {
    if (!text.empty()) text += ", ";
    text += name_of_cause(cause->type);
    if (cause->type < error_cause::user_abort) continue;
    const ByteView reason = cause->body.first(std::min(cause->body.size(), max_reason_size));
    if (!reason.empty() && std::ranges::all_of(reason, is_printable)) {
      text.append(": ").append(as_text(reason));
    }
    if (text.size() > max_reason_size) break;
  }
  return text.empty() ? "no reason given" : text;
}

}  // namespace flnet::rtc
