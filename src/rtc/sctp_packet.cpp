// SPDX-License-Identifier: MIT OR Apache-2.0
// Decoding and building of SCTP packets (RFC 9260 §3, appendix A).
#include "rtc/sctp_packet.hpp"

#include "base/byte_io.hpp"
#include "base/digest.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>

namespace flnet::rtc {

namespace {

constexpr std::size_t checksum_offset = 8;

// The checksum is the one field that stands in little-endian order (RFC 9260 appendix A).
std::uint32_t load_checksum(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[3]) << 24 | static_cast<std::uint32_t>(at[2]) << 16 |
         static_cast<std::uint32_t>(at[1]) << 8 | at[0];
}

void store_checksum(std::uint8_t* at, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint32_t checksum_of(ByteView packet) {
  static constexpr std::array<std::uint8_t, 4> zeros{};
  const std::uint32_t head = crc32c(zeros, crc32c(packet.first(checksum_offset)));
  return crc32c(packet.subspan(sctp_header_size), head);
}

struct Item {
  ByteView whole;
  bool malformed = false;
};

// Cuts the next length-prefixed item off `rest`. The padding of a last item may be missing.
std::optional<Item> cut_item(ByteView& rest) {
  if (rest.empty()) return std::nullopt;
  if (rest.size() < sctp_chunk_header_size) return Item{{}, true};
  const std::size_t length = load_u16(rest.data() + 2);
  if (length < sctp_chunk_header_size || length > rest.size()) return Item{{}, true};
  const Item item{rest.first(length)};
  rest = rest.subspan(std::min(sctp_padded(length), rest.size()));
  return item;
}

}  // namespace

std::optional<SctpHeader> decode_sctp_header(ByteView packet) {
  if (packet.size() < sctp_header_size + sctp_chunk_header_size) return std::nullopt;
  if (load_checksum(packet.data() + checksum_offset) != checksum_of(packet)) return std::nullopt;
  return SctpHeader{load_u16(packet.data()), load_u16(packet.data() + 2), load_u32(packet.data() + 4)};
}

std::optional<SctpChunkView> SctpChunkReader::next() {
  const auto item = cut_item(rest_);
  if (!item || item->malformed) {
    malformed_ = malformed_ || item.has_value();
    rest_ = {};
    return std::nullopt;
  }
  return SctpChunkView{item->whole[0], item->whole[1], item->whole.subspan(sctp_chunk_header_size),
                       item->whole};
}

std::optional<SctpParameterView> SctpParameterReader::next() {
  const auto item = cut_item(rest_);
  if (!item || item->malformed) {
    malformed_ = malformed_ || item.has_value();
    rest_ = {};
    return std::nullopt;
  }
  return SctpParameterView{load_u16(item->whole.data()), item->whole.subspan(sctp_chunk_header_size),
                           item->whole};
}

void append_sctp_parameter(Bytes& to, std::uint16_t type, ByteView body) {
  append_u16(to, type);
  append_u16(to, static_cast<std::uint16_t>(sctp_chunk_header_size + body.size()));
  append_bytes(to, body);
  to.resize(sctp_padded(to.size()));
}

void SctpPacketBuilder::begin(const SctpHeader& header) {
  store_u16(buffer_.data(), header.source_port);
  store_u16(buffer_.data() + 2, header.destination_port);
  store_u32(buffer_.data() + 4, header.verification_tag);
  store_u32(buffer_.data() + checksum_offset, 0);
  size_ = sctp_header_size;
}

std::uint8_t* SctpPacketBuilder::add(std::uint8_t type, std::uint8_t flags, std::size_t body_size) {
  const std::size_t length = sctp_chunk_header_size + body_size;
  assert(sctp_padded(length) <= room());
  std::uint8_t* at = buffer_.data() + size_;
  at[0] = type;
  at[1] = flags;
  store_u16(at + 2, static_cast<std::uint16_t>(length));
  for (std::size_t i = length; i < sctp_padded(length); ++i) at[i] = 0;
  size_ += sctp_padded(length);
  return at + sctp_chunk_header_size;
}

void SctpPacketBuilder::add(std::uint8_t type, std::uint8_t flags, ByteView body) {
  std::uint8_t* at = add(type, flags, body.size());
  if (!body.empty()) std::memcpy(at, body.data(), body.size());
}

ByteView SctpPacketBuilder::finish() {
  const ByteView packet = ByteView(buffer_).first(size_);
  store_checksum(buffer_.data() + checksum_offset, crc32c(packet));
  return packet;
}

}  // namespace flnet::rtc
