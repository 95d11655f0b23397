// SPDX-License-Identifier: MIT OR Apache-2.0
// The packet format of SCTP: header, checksum, chunks and parameters.
#include "rtc/sctp_packet.hpp"
#include "rtc/sctp_chunk.hpp"

#include "base/byte_io.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc {
namespace {

Bytes packet_of(std::initializer_list<std::pair<std::uint8_t, Bytes>> chunks) {
  SctpPacketBuilder builder(1184);
  builder.begin({5000, 5001, 0x01020304});
  for (const auto& [type, body] : chunks) builder.add(type, 0, body);
  return to_bytes(builder.finish());
}

TEST(SctpPacket, what_is_built_is_read_back) {
  const Bytes packet = packet_of({{14, {}}, {11, {1, 2, 3}}, {0, {4, 5, 6, 7}}});
  EXPECT_EQ(packet.size(), 12U + 4 + 8 + 8);
  const auto header = decode_sctp_header(packet);
  ASSERT_TRUE(header);
  EXPECT_EQ(header->source_port, 5000);
  EXPECT_EQ(header->destination_port, 5001);
  EXPECT_EQ(header->verification_tag, 0x01020304U);
  SctpChunkReader reader(packet);
  EXPECT_EQ(reader.next()->body.size(), 0U);
  EXPECT_EQ(to_bytes(reader.next()->body), (Bytes{1, 2, 3}));
  EXPECT_EQ(to_bytes(reader.next()->body), (Bytes{4, 5, 6, 7}));
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(SctpPacket, the_checksum_is_crc32c_in_little_endian_order) {
  const Bytes packet = {0x13, 0x88, 0x13, 0x88, 0, 0, 0, 1, 0, 0, 0, 0, 11, 0, 0, 4};
  // CRC32c of those 16 bytes, computed bit by bit.
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : packet) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
  }
  crc = ~crc;
  Bytes complete = packet;
  for (int i = 0; i < 4; ++i) complete[8 + i] = static_cast<std::uint8_t>(crc >> (8 * i));
  EXPECT_TRUE(decode_sctp_header(complete));
  SctpPacketBuilder builder(1184);
  builder.begin({5000, 5000, 1});
  builder.add(11, 0, ByteView{});
  EXPECT_EQ(to_bytes(builder.finish()), complete);
}

TEST(SctpPacket, every_single_damaged_bit_is_noticed) {
  Bytes packet = packet_of({{0, {1, 2, 3, 4, 5}}});
  for (std::size_t bit = 0; bit < packet.size() * 8; ++bit) {
    packet[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
    EXPECT_FALSE(decode_sctp_header(packet)) << bit;
    packet[bit / 8] ^= static_cast<std::uint8_t>(1 << (bit % 8));
  }
  EXPECT_TRUE(decode_sctp_header(packet));
}

TEST(SctpPacket, a_packet_without_a_chunk_is_refused) {
  for (std::size_t size = 0; size < 16; ++size) EXPECT_FALSE(decode_sctp_header(Bytes(size)));
}

TEST(SctpPacket, a_chunk_beyond_the_packet_ends_the_reading) {
  Bytes packet = packet_of({{11, {}}, {0, {1, 2, 3, 4}}});
  for (const std::uint16_t length : {0, 3, 9, 500}) {
    store_u16(packet.data() + 18, length);
    SctpChunkReader reader(packet);
    EXPECT_TRUE(reader.next());
    EXPECT_FALSE(reader.next());
    EXPECT_TRUE(reader.malformed());
  }
}

TEST(SctpPacket, the_last_padding_may_be_missing) {
  Bytes packet = packet_of({{11, {1}}});
  packet.resize(packet.size() - 3);
  SctpChunkReader reader(packet);
  EXPECT_EQ(reader.next()->body.size(), 1U);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.malformed());
}

TEST(SctpChunk, an_init_is_read_back) {
  InitChunk init;
  init.tag = 1;
  init.window = 2;
  init.outbound_streams = 3;
  init.inbound_streams = 4;
  init.first_tsn = 5;
  init.cookie = {1, 2, 3, 4, 5};
  init.can_reset = true;
  const auto read = decode_init_body(encode_init_body(init));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->tag, 1U);
  EXPECT_EQ(read->window, 2U);
  EXPECT_EQ(read->outbound_streams, 3);
  EXPECT_EQ(read->inbound_streams, 4);
  EXPECT_EQ(read->first_tsn, 5U);
  EXPECT_EQ(read->cookie, init.cookie);
  EXPECT_TRUE(read->can_reset);
}

TEST(SctpChunk, unknown_parameters_follow_their_upper_bits) {
  InitChunk init;
  init.tag = init.outbound_streams = init.inbound_streams = 1;
  const Bytes fixed = encode_init_body(init);
  const auto read_with = [&](std::initializer_list<std::uint16_t> types) {
    Bytes body = fixed;
    for (const std::uint16_t type : types) append_sctp_parameter(body, type, Bytes{9, 9});
    append_sctp_parameter(body, parameter_type::state_cookie, Bytes{1});
    return decode_init_body(body);
  };
  const auto skipped = read_with({0x8111, 0xC111});
  ASSERT_TRUE(skipped);
  EXPECT_EQ(skipped->cookie, Bytes{1});                                     // Both are skipped,
  EXPECT_EQ(skipped->unrecognized, (Bytes{0xC1, 0x11, 0, 6, 9, 9, 0, 0}));  // one is reported.
  const auto stopped = read_with({0x0111});
  ASSERT_TRUE(stopped);
  EXPECT_TRUE(stopped->cookie.empty());
  EXPECT_TRUE(stopped->unrecognized.empty());
  const auto stopped_and_reported = read_with({0x4111});
  EXPECT_FALSE(stopped_and_reported->unrecognized.empty());
}

TEST(SctpChunk, an_impossible_init_is_refused) {
  InitChunk init;
  init.tag = init.outbound_streams = init.inbound_streams = 1;
  Bytes body = encode_init_body(init);
  ASSERT_TRUE(decode_init_body(body));
  EXPECT_FALSE(decode_init_body(ByteView(body).first(15)));
  for (const std::size_t zeroed : {std::size_t{0}, std::size_t{8}, std::size_t{10}}) {
    Bytes changed = body;
    for (std::size_t i = 0; i < (zeroed == 0 ? 4 : 2); ++i) changed[zeroed + i] = 0;
    EXPECT_FALSE(decode_init_body(changed)) << zeroed;
  }
  append_u32(body, 0x80110002);  // A parameter shorter than its own header.
  EXPECT_FALSE(decode_init_body(body));
}

TEST(SctpChunk, a_sack_must_hold_the_blocks_it_counts) {
  Bytes body;
  append_u32(body, 1);
  append_u32(body, 2);
  append_u16(body, 1);
  append_u16(body, 1);
  append_u32(body, 0x00020003);
  EXPECT_FALSE(decode_sack(body));
  append_u32(body, 77);
  const auto sack = decode_sack(body);
  ASSERT_TRUE(sack);
  EXPECT_EQ(sack->gap_blocks.size(), 4U);
  EXPECT_EQ(load_u32(sack->duplicates.data()), 77U);
}

TEST(SctpChunk, an_abort_tells_its_reason) {
  EXPECT_EQ(describe_causes(encode_cause(error_cause::user_abort, as_bytes("enough"))), "user abort: enough");
  EXPECT_EQ(describe_causes({}), "no reason given");
  EXPECT_EQ(describe_causes(encode_cause(999, as_bytes("\x01\x02"))), "unknown cause");
}

}  // namespace
}  // namespace flnet::rtc
