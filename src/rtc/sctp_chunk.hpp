// SPDX-License-Identifier: MIT OR Apache-2.0
// The chunks, parameters and error causes of SCTP (RFC 9260 §3.3, RFC 6525 §3 and §4) as values.
#pragma once

#include "rtc/sctp_association.hpp"
#include "rtc/sctp_packet.hpp"
#include "rtc/sctp_serial.hpp"

#include <flnet/result.hpp>

#include <string_view>
#include <vector>

namespace flnet::rtc {

namespace chunk_type {
inline constexpr std::uint8_t data = 0;
inline constexpr std::uint8_t init = 1;
inline constexpr std::uint8_t init_ack = 2;
inline constexpr std::uint8_t sack = 3;
inline constexpr std::uint8_t heartbeat = 4;
inline constexpr std::uint8_t heartbeat_ack = 5;
inline constexpr std::uint8_t abort = 6;
inline constexpr std::uint8_t shutdown = 7;
inline constexpr std::uint8_t shutdown_ack = 8;
inline constexpr std::uint8_t error = 9;
inline constexpr std::uint8_t cookie_echo = 10;
inline constexpr std::uint8_t cookie_ack = 11;
inline constexpr std::uint8_t shutdown_complete = 14;
inline constexpr std::uint8_t re_config = 130;
inline constexpr std::uint8_t forward_tsn = 192;  ///< RFC 3758 §3.2
}  // namespace chunk_type

namespace chunk_flag {
inline constexpr std::uint8_t end = 1;            ///< DATA: last fragment
inline constexpr std::uint8_t begin = 2;          ///< DATA: first fragment
inline constexpr std::uint8_t unordered = 4;      ///< DATA
inline constexpr std::uint8_t immediate = 8;      ///< DATA: the sender wants a SACK at once (RFC 7053)
inline constexpr std::uint8_t reflected_tag = 1;  ///< ABORT, SHUTDOWN COMPLETE: the tag is the receiver's own
}  // namespace chunk_flag

namespace parameter_type {
inline constexpr std::uint16_t heartbeat_info = 1;
inline constexpr std::uint16_t ipv4_address = 5;
inline constexpr std::uint16_t ipv6_address = 6;
inline constexpr std::uint16_t state_cookie = 7;
inline constexpr std::uint16_t unrecognized = 8;
inline constexpr std::uint16_t cookie_preservative = 9;
inline constexpr std::uint16_t address_types = 12;
inline constexpr std::uint16_t outgoing_reset_request = 13;     ///< RFC 6525 §4.1
inline constexpr std::uint16_t reconfig_response = 16;          ///< RFC 6525 §4.4
inline constexpr std::uint16_t supported_extensions = 0x8008;   ///< RFC 5061 §4.2.7
inline constexpr std::uint16_t forward_tsn_supported = 0xC000;  ///< RFC 3758 §3.1
}  // namespace parameter_type

namespace error_cause {
inline constexpr std::uint16_t invalid_stream = 1;
inline constexpr std::uint16_t stale_cookie = 3;
inline constexpr std::uint16_t unrecognized_chunk = 6;
inline constexpr std::uint16_t unrecognized_parameters = 8;
inline constexpr std::uint16_t no_user_data = 9;
inline constexpr std::uint16_t user_abort = 12;
inline constexpr std::uint16_t protocol_violation = 13;
}  // namespace error_cause

/// What the upper two bits of an unknown chunk's or parameter's type ask for (RFC 9260 §3.2, §3.2.1).
struct UnknownTypeRule {
  bool skip = false;  ///< Go on with the next one; else stop here.
  bool report = false;
};
UnknownTypeRule rule_of_unknown_chunk(std::uint8_t type);
UnknownTypeRule rule_of_unknown_parameter(std::uint16_t type);

/// INIT and INIT ACK (RFC 9260 §3.3.2, §3.3.3).
struct InitChunk {
  std::uint32_t tag = 0;
  std::uint32_t window = 0;
  std::uint16_t outbound_streams = 0;
  std::uint16_t inbound_streams = 0;
  Tsn first_tsn = 0;
  Bytes cookie;              ///< INIT ACK only.
  Bytes unrecognized;        ///< Read: parameters to report, as they stand; written: the same, each wrapped.
  bool can_reset = false;    ///< RE-CONFIG is among the supported extensions.
  bool can_forward = false;  ///< FORWARD TSN is understood.
};
Bytes encode_init_body(const InitChunk& init);
Result<InitChunk> decode_init_body(ByteView body);

inline constexpr std::size_t data_chunk_overhead = 16;

struct DataChunk {
  Tsn tsn = 0;
  StreamId stream = 0;
  std::uint16_t ssn = 0;
  std::uint32_t ppid = 0;
  std::uint8_t flags = 0;
  ByteView payload;

  bool begins() const { return (flags & chunk_flag::begin) != 0; }
  bool ends() const { return (flags & chunk_flag::end) != 0; }
  bool unordered() const { return (flags & chunk_flag::unordered) != 0; }
};
/// Nothing when the chunk is too short; an empty payload is the caller's to answer.
std::optional<DataChunk> decode_data(const SctpChunkView& chunk);

/// SACK (RFC 9260 §3.3.4), seen in place.
struct SackChunk {
  Tsn cumulative = 0;
  std::uint32_t window = 0;
  ByteView gap_blocks;  ///< Pairs of u16 offsets to `cumulative`.
  ByteView duplicates;  ///< TSNs.
};
std::optional<SackChunk> decode_sack(ByteView body);

/// FORWARD TSN (RFC 3758 §3.2), seen in place.
struct ForwardTsnChunk {
  static constexpr std::size_t fixed_size = 4;
  static constexpr std::size_t skip_size = 4;

  Tsn cumulative = 0;
  ByteView skips;  ///< Pairs of a stream and the last sequence number of it that is given up.
};
std::optional<ForwardTsnChunk> decode_forward_tsn(ByteView body);

/// One error cause: the body of an ERROR or ABORT chunk.
Bytes encode_cause(std::uint16_t cause, ByteView information);
/// For people: the causes of an ABORT, with the text that came along.
std::string describe_causes(ByteView causes);

}  // namespace flnet::rtc
