// SPDX-License-Identifier: MIT OR Apache-2.0
// SCTP packets: the common header, the chunks in a packet, and the building of packets (RFC 9260 §3).
#pragma once

#include <flnet/bytes.hpp>

#include <cstdint>
#include <optional>

namespace flnet::rtc {

inline constexpr std::size_t sctp_header_size = 12;
inline constexpr std::size_t sctp_chunk_header_size = 4;

/// Chunks and parameters are padded to four bytes.
constexpr std::size_t sctp_padded(std::size_t size) {
  return (size + 3) & ~std::size_t{3};
}

struct SctpHeader {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t verification_tag = 0;
};

/// The common header, when the packet is long enough and its checksum is right.
std::optional<SctpHeader> decode_sctp_header(ByteView packet);

/// A type-length-value of a packet: a chunk, or (with `type` two bytes wide) a parameter or error cause.
struct SctpChunkView {
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  ByteView body;   ///< Without header and padding.
  ByteView whole;  ///< With header, without padding.
};

/// Walks the chunks behind the common header. It stops at the first one whose length is wrong: `malformed`.
class SctpChunkReader {
 public:
  explicit SctpChunkReader(ByteView packet) : rest_(packet.subspan(sctp_header_size)) {}
  std::optional<SctpChunkView> next();
  bool malformed() const { return malformed_; }

 private:
  ByteView rest_;
  bool malformed_ = false;
};

struct SctpParameterView {
  std::uint16_t type = 0;
  ByteView body;
  ByteView whole;
};

/// Walks parameters (RFC 9260 §3.2.1) or error causes (§3.3.10); the two look alike.
class SctpParameterReader {
 public:
  explicit SctpParameterReader(ByteView parameters) : rest_(parameters) {}
  std::optional<SctpParameterView> next();
  bool malformed() const { return malformed_; }

 private:
  ByteView rest_;
  bool malformed_ = false;
};

void append_sctp_parameter(Bytes& to, std::uint16_t type, ByteView body);

/// Fills one packet after another in the same buffer.
class SctpPacketBuilder {
 public:
  explicit SctpPacketBuilder(std::size_t max_size) : max_size_(max_size), buffer_(max_size) {}

  void begin(const SctpHeader& header);
  /// Bytes left for the next chunk, its header included.
  std::size_t room() const { return max_size_ - size_; }
  bool has_chunks() const { return size_ > sctp_header_size; }
  /// Appends a chunk of `body_size`, which must fit; the caller writes the body, the padding is zero.
  std::uint8_t* add(std::uint8_t type, std::uint8_t flags, std::size_t body_size);
  void add(std::uint8_t type, std::uint8_t flags, ByteView body);
  /// The packet with its checksum, valid until the next `begin`.
  ByteView finish();

 private:
  std::size_t max_size_;
  std::size_t size_ = sctp_header_size;
  Bytes buffer_;
};

}  // namespace flnet::rtc
