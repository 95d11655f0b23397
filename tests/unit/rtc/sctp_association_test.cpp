// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpAssociation from outside: handshake, limits, shutdown, hostile peers.
#include "support/sctp_pair.hpp"

#include "base/byte_io.hpp"
#include "rtc/sctp_chunk.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc::test {
namespace {

/// Chunk types of a packet, in order.
std::vector<int> types_of(ByteView packet) {
  std::vector<int> types;
  SctpChunkReader reader(packet);
  while (const auto chunk = reader.next()) types.push_back(chunk->type);
  return types;
}

Bytes packet_with(std::uint32_t tag, std::uint8_t type, std::uint8_t flags, const Bytes& body) {
  SctpPacketBuilder builder(2000);
  builder.begin({5000, 5000, tag});
  builder.add(type, flags, body);
  return to_bytes(builder.finish());
}

Bytes data_body(Tsn tsn, StreamId stream, std::uint16_t ssn, std::string_view payload) {
  Bytes body;
  append_u32(body, tsn);
  append_u16(body, stream);
  append_u16(body, ssn);
  append_u32(body, 53);
  append_bytes(body, as_bytes(payload));
  return body;
}

/// A connected pair whose packets to b can be forged.
class SctpAssociationTest : public ::testing::Test {
 protected:
  SctpAssociationTest() : pair(1) {
    pair.filter = [this](int side, Bytes& packet) {
      SctpChunkReader reader(packet);
      const auto chunk = reader.next();
      if (side == 0 && chunk->type != chunk_type::init)
        tag_of_b = decode_sctp_header(packet)->verification_tag;
      if (side == 0 && chunk->type == chunk_type::init) tsn_of_a = load_u32(chunk->body.data() + 12);
      for (const int type : types_of(packet)) seen[side].push_back(type);
      return true;
    };
    EXPECT_TRUE(pair.connect());
    pair.run(10ms);
    seen[0].clear();
    seen[1].clear();
  }

  void forge(std::uint8_t type, std::uint8_t flags, const Bytes& body) {
    pair.b().association.receive(packet_with(tag_of_b, type, flags, body), pair.now);
    pair.flush(1);
  }
  bool saw(int side, int type) { return std::count(seen[side].begin(), seen[side].end(), type) > 0; }

  static constexpr std::uint8_t whole = chunk_flag::begin | chunk_flag::end;
  std::uint32_t tag_of_b = 0;
  Tsn tsn_of_a = 0;
  std::array<std::vector<int>, 2> seen;
  SctpPair pair;
};

TEST(SctpAssociation, connects_when_both_begin_at_once_and_when_only_one_does) {
  for (const bool both : {true, false}) {
    SctpPair pair(7);
    pair.a().association.connect(pair.now);
    if (both) pair.b().association.connect(pair.now);
    EXPECT_TRUE(
        pair.run(1s, [&] { return pair.a().association.connected() && pair.b().association.connected(); }));
    pair.run(100ms);
    EXPECT_EQ(pair.a().connected_calls, 1);
    EXPECT_EQ(pair.b().connected_calls, 1);
  }
}

TEST(SctpAssociation, gives_up_when_nobody_answers) {
  SctpPair pair(1);
  pair.cut = true;
  pair.a().association.connect(pair.now);
  ASSERT_TRUE(pair.run(200s, [&] { return pair.a().closed.has_value(); }));
  EXPECT_EQ(pair.a().closed->code, ErrorCode::timed_out);
  EXPECT_FALSE(pair.a().association.deadline());
}

TEST(SctpAssociation, messages_sent_before_it_is_up_are_delivered) {
  SctpPair pair(1);
  ASSERT_TRUE(pair.a().association.send(5, 53, false, Bytes{1}, pair.now));
  ASSERT_TRUE(pair.connect());
  EXPECT_TRUE(pair.run(1s, [&] { return pair.b().received_count == 1; }));
}

TEST_F(SctpAssociationTest, wrong_messages_are_refused_by_name) {
  auto& association = pair.a().association;
  EXPECT_EQ(association.send(0, 53, false, {}, pair.now).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(association.send(0, 53, false, Bytes(256 * 1024 + 1), pair.now).error().code,
            ErrorCode::too_large);
  EXPECT_EQ(association.send(1024, 53, false, Bytes(1), pair.now).error().code, ErrorCode::invalid_argument);
  association.shutdown(pair.now);
  EXPECT_EQ(association.send(0, 53, false, Bytes(1), pair.now).error().code, ErrorCode::closed);
}

TEST_F(SctpAssociationTest, a_full_buffer_refuses_and_calls_when_it_has_drained) {
  auto& association = pair.a().association;
  std::size_t accepted = 0;
  while (association.send(0, 53, false, Bytes(100'000), pair.now)) accepted += 100'000;
  EXPECT_GT(accepted, 3'900'000U);
  EXPECT_LE(accepted, 4U * 1024 * 1024);
  EXPECT_EQ(association.buffered_bytes(), accepted);
  EXPECT_TRUE(pair.run(10s, [&] { return pair.a().writable_calls == 1; }));
  EXPECT_LE(association.buffered_bytes(), 256U * 1024);
  EXPECT_TRUE(pair.run(10s, [&] { return association.buffered_bytes() == 0; }));
  EXPECT_EQ(pair.a().writable_calls, 1);
}

TEST_F(SctpAssociationTest, small_messages_share_packets_and_acknowledgements) {
  const std::size_t before = pair.packets;
  for (int i = 0; i < 140; ++i) {
    ASSERT_TRUE(pair.a().association.send(static_cast<StreamId>(i % 10), 53, false, Bytes(64), pair.now));
  }
  pair.flush();
  EXPECT_LE(pair.packets - before, 10U);
  pair.run(100ms);
  EXPECT_EQ(pair.b().received_count, 140U);
  EXPECT_LE(std::count(seen[1].begin(), seen[1].end(), chunk_type::sack), 10);
}

TEST_F(SctpAssociationTest, large_messages_make_packets_of_one_size) {
  std::vector<std::size_t> sizes;
  pair.filter = [&](int side, Bytes& packet) {
    if (side == 0) sizes.push_back(packet.size());
    return true;
  };
  for (int i = 0; i < 4; ++i)
    ASSERT_TRUE(pair.a().association.send(0, 53, false, Bytes(16 * 1024), pair.now));
  pair.run(100ms);
  ASSERT_GT(sizes.size(), 50U);
  EXPECT_GE(std::count(sizes.begin(), sizes.end(), 1184U), static_cast<std::ptrdiff_t>(sizes.size() - 4));
  EXPECT_EQ(pair.b().received_count, 4U);
}

TEST_F(SctpAssociationTest, an_idle_association_only_has_its_heartbeat) {
  pair.run(1s);
  EXPECT_GE(*pair.a().association.deadline() - pair.now, 25s);
  seen[0].clear();
  pair.run(30s);
  EXPECT_EQ(seen[0], (std::vector<int>{chunk_type::heartbeat, chunk_type::heartbeat_ack}));
}

TEST_F(SctpAssociationTest, a_reader_that_holds_messages_stops_the_sender_and_lets_it_go_on) {
  pair.b().keep = false;
  std::uint64_t taken = 0;
  bool reads = false;
  auto& association = pair.b().association;
  pair.before_flush = [&](int side) {
    while (side == 0 && pair.a().association.send(0, 53, false, Bytes(10'000), pair.now)) {
    }
    if (reads) taken = association.counters().bytes_received;
    if (side == 1) association.set_held_bytes(association.counters().bytes_received - taken, pair.now);
  };
  pair.run(5s);
  EXPECT_LE(association.counters().bytes_received, 4U * 1024 * 1024 + 300'000);
  EXPECT_GE(association.counters().bytes_received, 4'000'000U);
  EXPECT_FALSE(pair.a().closed);
  reads = true;
  EXPECT_TRUE(pair.run(5s, [&] { return association.counters().bytes_received >= 40'000'000U; }));
}

TEST_F(SctpAssociationTest, a_closed_window_is_probed_for_as_long_as_it_takes) {
  pair.b().association.set_held_bytes(8 * 1024 * 1024, pair.now);
  for (int i = 0; i < 400; ++i) ASSERT_TRUE(pair.a().association.send(0, 53, false, Bytes(10'000), pair.now));
  pair.run(600s);
  EXPECT_FALSE(pair.a().closed);
  EXPECT_LT(pair.b().received_count, 400U);
  pair.b().association.set_held_bytes(0, pair.now);
  EXPECT_TRUE(pair.run(20s, [&] { return pair.b().received_count == 400; }));
}

TEST_F(SctpAssociationTest, shutdown_delivers_everything_first) {
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(pair.a().association.send(0, 53, false, Bytes(10'000), pair.now));
  pair.a().association.shutdown(pair.now);
  ASSERT_TRUE(pair.run(10s, [&] { return pair.a().closed && pair.b().closed; }));
  EXPECT_EQ(pair.b().received_count, 100U);
  EXPECT_EQ(pair.a().closed->code, ErrorCode::closed);
  EXPECT_EQ(pair.b().closed->code, ErrorCode::closed);
}

TEST_F(SctpAssociationTest, abort_ends_both_sides_and_tells_the_peer_why) {
  pair.a().association.abort("enough", pair.now);
  ASSERT_TRUE(pair.run(1s, [&] { return pair.b().closed.has_value(); }));
  EXPECT_FALSE(pair.a().closed) << "who aborts needs no call";
  EXPECT_NE(pair.b().closed->detail.find("enough"), std::string::npos);
}

TEST_F(SctpAssociationTest, a_wrong_tag_is_dropped_and_counted) {
  const auto before = pair.b().association.counters().dropped_malformed;
  pair.b().association.receive(packet_with(tag_of_b + 1, chunk_type::abort, 0, {}), pair.now);
  pair.b().association.receive(packet_with(0, chunk_type::data, 3, data_body(tsn_of_a, 0, 0, "x")), pair.now);
  EXPECT_EQ(pair.b().association.counters().dropped_malformed, before + 2);
  EXPECT_FALSE(pair.b().closed);
  EXPECT_EQ(pair.b().received_count, 0U);
}

TEST_F(SctpAssociationTest, data_beyond_the_window_of_numbers_is_dropped) {
  forge(chunk_type::data, whole, data_body(tsn_of_a + 70'000, 0, 0, "x"));
  EXPECT_EQ(pair.b().association.counters().dropped_no_room, 1U);
  forge(chunk_type::data, whole, data_body(tsn_of_a - 5, 0, 0, "x"));
  EXPECT_EQ(pair.b().association.counters().dropped_duplicates, 1U);
  EXPECT_EQ(pair.b().received_count, 0U);
}

TEST_F(SctpAssociationTest, a_stream_that_was_not_offered_is_answered_by_an_error) {
  forge(chunk_type::data, whole, data_body(tsn_of_a, 5000, 0, "x"));
  EXPECT_TRUE(saw(1, chunk_type::error));
  EXPECT_FALSE(pair.b().closed);
  forge(chunk_type::data, whole, data_body(tsn_of_a + 1, 5, 0, "y"));
  EXPECT_EQ(pair.b().received_count, 1U) << "the rest goes on";
}

TEST_F(SctpAssociationTest, data_without_data_and_broken_messages_end_the_association) {
  forge(chunk_type::data, whole, data_body(tsn_of_a, 0, 0, ""));
  ASSERT_TRUE(pair.b().closed);
  EXPECT_TRUE(saw(1, chunk_type::abort));
}

TEST_F(SctpAssociationTest, a_message_above_the_limit_ends_the_association) {
  const std::string part(1100, 'x');
  for (Tsn i = 0; i < 300 && !pair.b().closed; ++i) {
    const std::uint8_t flags = i == 0 ? chunk_flag::begin : 0;
    forge(chunk_type::data, flags, data_body(tsn_of_a + i, 0, 0, part));
  }
  ASSERT_TRUE(pair.b().closed);
  EXPECT_EQ(pair.b().closed->code, ErrorCode::invalid_message);
}

TEST_F(SctpAssociationTest, unknown_chunks_follow_their_upper_bits) {
  forge(63, 0, {1});
  EXPECT_FALSE(saw(1, chunk_type::error));
  forge(0x80 | 63, 0, {1});
  EXPECT_FALSE(saw(1, chunk_type::error));
  forge(0xC0 | 61, 0, {1});
  EXPECT_TRUE(saw(1, chunk_type::error));
}

TEST_F(SctpAssociationTest, a_stream_reset_lets_its_numbers_begin_anew) {
  forge(chunk_type::data, whole, data_body(tsn_of_a, 3, 0, "x"));
  Bytes request;
  append_u32(request, tsn_of_a);  // Request number: begins with the first TSN.
  append_u32(request, 0);
  append_u32(request, tsn_of_a);
  append_u16(request, 3);
  Bytes body;
  append_sctp_parameter(body, parameter_type::outgoing_reset_request, request);
  Bytes answer;
  pair.filter = [&](int side, Bytes& packet) {
    SctpChunkReader reader(packet);
    while (const auto chunk = reader.next()) {
      if (side == 1 && chunk->type == chunk_type::re_config) answer = to_bytes(chunk->body);
    }
    return true;
  };
  for (int i = 0; i < 2; ++i) {  // The second one is a repetition.
    answer.clear();
    forge(chunk_type::re_config, 0, body);
    ASSERT_EQ(answer.size(), 12U);
    EXPECT_EQ(load_u16(answer.data()), parameter_type::reconfig_response);
    EXPECT_EQ(load_u32(answer.data() + 4), tsn_of_a);
    EXPECT_EQ(load_u32(answer.data() + 8), 1U);
  }
  forge(chunk_type::data, whole, data_body(tsn_of_a + 1, 3, 0, "y"));
  EXPECT_EQ(pair.b().received_count, 2U);
  EXPECT_EQ(pair.b().reset_streams, std::vector<StreamId>{3});  // Told once.
}

TEST(SctpAssociation, a_cookie_or_report_too_large_for_a_packet_is_not_sent) {
  SctpConfig config;
  config.max_packet_size = 576;
  SctpPair pair(1, config, config);
  std::uint32_t tag = 0;
  pair.filter = [&](int, Bytes& packet) {
    EXPECT_LE(packet.size(), 576U);
    SctpChunkReader reader(packet);
    const auto chunk = reader.next();
    if (chunk->type == chunk_type::init) tag = load_u32(chunk->body.data());
    return true;
  };
  pair.a().association.connect(pair.now);
  pair.flush(0);
  InitChunk init;
  init.tag = init.inbound_streams = init.outbound_streams = 1;
  init.cookie = Bytes(1000, 1);
  pair.a().association.receive(packet_with(tag, chunk_type::init_ack, 0, encode_init_body(init)), pair.now);
  pair.flush(0);
  EXPECT_EQ(pair.a().association.counters().dropped_malformed, 1U);
  init.cookie.clear();
  Bytes body = encode_init_body(init);
  for (int i = 0; i < 200; ++i) append_u32(body, 0xC1230004);
  pair.a().association.receive(packet_with(0, chunk_type::init, 0, body), pair.now);
  const std::size_t before = pair.packets;
  pair.flush(0);
  EXPECT_EQ(pair.packets, before + 1);
}

TEST_F(SctpAssociationTest, a_forged_cookie_is_dropped) {
  const auto before = pair.b().association.counters().dropped_malformed;
  forge(chunk_type::cookie_echo, 0, Bytes(61, 3));
  EXPECT_EQ(pair.b().association.counters().dropped_malformed, before + 1);
}

TEST(SctpAssociation, a_cookie_that_came_too_late_is_refused_and_the_handshake_begins_anew) {
  SctpPair pair(1);
  bool hold = true;
  pair.filter = [&](int, Bytes& packet) { return !hold || types_of(packet)[0] != chunk_type::cookie_echo; };
  SctpConfig config;
  config.max_init_retransmissions = 40;
  pair.restart(0, config);
  pair.a().association.connect(pair.now);
  pair.run(65s);
  hold = false;
  EXPECT_TRUE(
      pair.run(30s, [&] { return pair.a().association.connected() && pair.b().association.connected(); }));
}

// What TCP's CUBIC would do on this path is some 90 % of its rate.
TEST(SctpAssociation, fills_a_long_path_that_loses_now_and_then) {
  SctpPair pair(3);
  ASSERT_TRUE(pair.connect());
  pair.quality.delay = 25ms;
  pair.quality.loss = 0.00002;
  pair.b().keep = false;
  const Bytes message(50'000);
  pair.before_flush = [&](int side) {
    while (side == 0 && pair.a().association.send(0, 53, false, message, pair.now)) {
    }
  };
  pair.run(5s);
  EXPECT_GT(pair.b().association.counters().bytes_received, 5U * 20'000'000);
  EXPECT_EQ(pair.a().association.counters().timeouts, 0U);
}

}  // namespace
}  // namespace flnet::rtc::test
