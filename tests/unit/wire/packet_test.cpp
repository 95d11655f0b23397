// SPDX-License-Identifier: MIT OR Apache-2.0
// Packets of 0.10: their shapes as Rust writes and reads them, and what a reader bears.
#include "wire/packet.hpp"

#include "base/encoding.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace flnet::wire {
namespace {

using Packets = std::vector<std::string>;

const std::string digits = "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664";
const std::string other_digits = "01b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664";
const U256 some_id = *U256::parse(digits);

Packets packets_of(std::string_view text, const U256& id = some_id) {
  Packets packets;
  const auto written =
      encode_packets(text, id, [&](std::string_view packet) { packets.emplace_back(packet); });
  EXPECT_TRUE(written) << to_string(written.error());
  return packets;
}

/// What `reader` makes of `packet`, which must be fine: a text, or "(nothing)".
std::string read(PacketReader& reader, std::string_view packet) {
  const auto text = reader.read(packet);
  EXPECT_TRUE(text) << to_string(text.error());
  return text && *text ? **text : "(nothing)";
}

std::string part(const std::string& id, int number, int total, const std::string& data) {
  return R"({"id":")" + id + R"(","part":)" + std::to_string(number) + R"(,"total":)" +
         std::to_string(total) + R"(,"data":")" + data + "\"}";
}

TEST(Packet, of_short_text_has_nothing_but_data) {
  EXPECT_EQ(packets_of("Ping"), Packets{R"({"data":"Ping"})"});
  EXPECT_EQ(packets_of(""), Packets{R"({"data":""})"});
  EXPECT_EQ(packets_of("module: Ping\nmsg: \"é/😀\"\n"),
            Packets{R"({"data":"module: Ping\nmsg: \"é/😀\"\n"})"});
}

TEST(Packet, escapes_only_what_json_and_yaml_both_want_escaped) {
  const std::string controls("\0\x01\b\t\n\v\f\r\x1f\x7f\\\"/", 13);
  EXPECT_EQ(packets_of(controls), Packets{R"({"data":"\u0000\u0001\b\t\n\u000b\f\r\u001f)"
                                          "\x7f"
                                          R"(\\\"/"})"});
  PacketReader reader;
  EXPECT_EQ(read(reader, packets_of(controls).front()), controls);
}

TEST(Packet, text_of_16384_bytes_goes_whole_and_one_more_in_two_pieces) {
  const std::string most(16384, 'a');
  EXPECT_EQ(packets_of(most), Packets{R"({"data":")" + most + "\"}"});
  EXPECT_EQ(packets_of(most + "b"), (Packets{part(digits, 0, 2, most), part(digits, 1, 2, "b")}));
}

TEST(Packet, pieces_are_counted_in_characters_but_the_threshold_in_bytes) {
  std::string wide;
  for (int i = 0; i < 16384; ++i) wide += "é";
  EXPECT_EQ(packets_of(wide), Packets{part(digits, 0, 1, wide)});
  EXPECT_EQ(packets_of(wide + "€"), (Packets{part(digits, 0, 2, wide), part(digits, 1, 2, "€")}));
}

TEST(Packet, no_piece_is_larger_than_the_buffer_of_rust_nodes) {
  for (const std::string_view character : {"😀", "\x01", "\"", "a"}) {
    std::string text;
    while (text.size() + character.size() <= max_packet_text_bytes) text += character;
    const auto packets = packets_of(text);
    EXPECT_LE(packets.size(), max_packet_parts);
    EXPECT_TRUE(std::ranges::all_of(packets, [](const auto& one) { return one.size() <= max_packet_bytes; }));
    PacketReader reader;
    for (std::size_t i = 0; i + 1 < packets.size(); ++i) EXPECT_EQ(read(reader, packets[i]), "(nothing)");
    EXPECT_EQ(read(reader, packets.back()), text);
  }
  // Short in bytes, but each of them takes six in a packet.
  const std::string controls(16384, '\x01');
  EXPECT_EQ(packets_of(controls).size(), 2U);
}

TEST(Packet, is_made_of_utf_8_up_to_the_limit_only) {
  int calls = 0;
  const auto count = [&](std::string_view) { ++calls; };
  EXPECT_EQ(encode_packets("\xFF", some_id, count).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(encode_packets(std::string(max_packet_text_bytes + 1, 'a'), some_id, count).error().code,
            ErrorCode::too_large);
  EXPECT_EQ(calls, 0);
  EXPECT_EQ(packets_of(std::string(max_packet_text_bytes, 'a')).size(), 16U);
}

TEST(PacketReader, reads_what_fledger_writes) {
  PacketReader reader;
  EXPECT_EQ(read(reader, R"({"data":"module: Ping\nmsg: Ping\n"})"), "module: Ping\nmsg: Ping\n");
  EXPECT_EQ(read(reader, part(digits, 0, 2, "one, ")), "(nothing)");
  EXPECT_EQ(read(reader, part(digits, 1, 2, "two")), "one, two");
  EXPECT_EQ(read(reader, part(digits, 0, 1, "alone")), "alone");
  EXPECT_EQ(reader.open_texts(), 0U);
  EXPECT_EQ(reader.held_bytes(), 0U);
}

TEST(PacketReader, takes_a_packet_for_whole_when_a_field_is_absent_as_rust_does) {
  PacketReader reader;
  EXPECT_EQ(read(reader, R"({"id":null,"part":null,"total":null,"data":"a"})"), "a");
  EXPECT_EQ(read(reader, R"({"id":")" + digits + R"(","part":1,"data":"b"})"), "b");
  EXPECT_EQ(read(reader, R"({"data":"c","later":[1,2]})"), "c");
}

TEST(PacketReader, joins_parts_in_any_order_twice_and_of_mixed_texts) {
  PacketReader reader;
  EXPECT_EQ(read(reader, part(digits, 2, 3, "3")), "(nothing)");
  EXPECT_EQ(read(reader, part(other_digits, 1, 2, "B")), "(nothing)");
  EXPECT_EQ(read(reader, part(digits, 0, 3, "older")), "(nothing)");
  EXPECT_EQ(read(reader, part(digits, 0, 3, "1")), "(nothing)");
  EXPECT_EQ(reader.held_bytes(), 3U);
  EXPECT_EQ(read(reader, R"({"data":"between"})"), "between");
  EXPECT_EQ(read(reader, part(other_digits, 0, 2, "A")), "AB");
  EXPECT_EQ(read(reader, part(digits, 1, 3, "2")), "123");
  EXPECT_EQ(reader.open_texts(), 0U);
  EXPECT_EQ(reader.counters().dropped_texts, 0U);
}

TEST(PacketReader, refuses_and_counts_what_is_no_packet) {
  PacketReader reader;
  const Packets bad{"",
                    "Ping",
                    "module: Ping\nmsg: Ping\n",
                    "[]",
                    "{}",
                    R"({"data":1})",
                    R"({"data":"a")",
                    "{\"data\":\"\xFF\"}",
                    R"({"data":"\ud83d"})",
                    part("12", 0, 2, "a"),
                    part(digits, 2, 2, "a"),
                    part(digits, 0, 0, "a"),
                    part(digits, -1, 2, "a"),
                    part(digits, 0, static_cast<int>(max_packet_parts) + 1, "a")};
  for (const auto& packet : bad) {
    SCOPED_TRACE(packet);
    EXPECT_EQ(reader.read(packet).error().code, ErrorCode::invalid_message);
  }
  EXPECT_EQ(reader.counters().invalid, bad.size());
  EXPECT_EQ(read(reader, part(digits, 0, 2, "a")), "(nothing)");
  EXPECT_FALSE(reader.read(part(digits, 1, 3, "b"))) << "another total";
  EXPECT_EQ(read(reader, part(digits, 1, 2, "b")), "ab");
}

TEST(PacketReader, holds_so_many_unfinished_texts_and_drops_the_oldest) {
  PacketReader reader;
  std::array<std::uint8_t, U256::size> bytes{};
  for (bytes[0] = 0; bytes[0] <= max_open_packet_texts; ++bytes[0])
    EXPECT_EQ(read(reader, part(U256(bytes).hex(), 0, 2, "a")), "(nothing)");
  EXPECT_EQ(reader.open_texts(), max_open_packet_texts);
  EXPECT_EQ(reader.counters().dropped_texts, 1U);
  bytes[0] = 1;
  EXPECT_EQ(read(reader, part(U256(bytes).hex(), 1, 2, "b")), "ab");
  bytes[0] = 0;
  EXPECT_EQ(read(reader, part(U256(bytes).hex(), 1, 2, "b")), "(nothing)") << "it began anew";
}

TEST(PacketReader, drops_older_texts_for_room_and_a_text_that_alone_is_too_large) {
  PacketReader reader;
  const std::string half(max_packet_text_bytes / 2, 'a');
  EXPECT_EQ(read(reader, part(other_digits, 0, 2, "small")), "(nothing)");
  EXPECT_EQ(read(reader, part(digits, 0, 3, half)), "(nothing)");
  EXPECT_EQ(read(reader, part(digits, 1, 3, half)), "(nothing)");
  EXPECT_EQ(reader.open_texts(), 1U) << "the older one gave way";
  EXPECT_EQ(reader.held_bytes(), max_packet_text_bytes);
  EXPECT_EQ(reader.read(part(digits, 2, 3, "a")).error().code, ErrorCode::too_large);
  EXPECT_EQ(reader.held_bytes(), 0U);
  EXPECT_EQ(reader.counters().dropped_texts, 2U);
  EXPECT_EQ(reader.read(std::string(max_packet_text_bytes + 1, ' ')).error().code, ErrorCode::too_large);
  EXPECT_EQ(read(reader, R"({"data":"still there"})"), "still there");
}

std::string random_text(Random& random) {
  constexpr std::array<std::string_view, 8> characters{"a", "é", "€", "😀", "\n", "\"", "\x02", "\\"};
  const std::size_t size = random.below(2) == 0 ? random.below(40) : random.below(max_packet_text_bytes);
  const std::size_t kinds = 1 + random.below(characters.size());
  std::string text;
  while (text.size() < size) text += characters[random.below(kinds)];
  return text.size() > max_packet_text_bytes ? std::string("long") : text;
}

TEST(Packet, random_texts_come_back_from_shuffled_packets) {
  SeededRandom random(1);
  PacketReader reader;
  for (int round = 0; round < 100; ++round) {
    SCOPED_TRACE(round);
    std::array<std::uint8_t, U256::size> id{};
    random.fill(id);
    const std::string text = random_text(random);
    auto packets = packets_of(text, U256(id));
    for (std::size_t i = packets.size(); i > 1; --i) std::swap(packets[i - 1], packets[random.below(i)]);
    for (std::size_t i = 0; i + 1 < packets.size(); ++i) ASSERT_EQ(read(reader, packets[i]), "(nothing)");
    ASSERT_EQ(read(reader, packets.back()), text);
  }
}

}  // namespace
}  // namespace flnet::wire
