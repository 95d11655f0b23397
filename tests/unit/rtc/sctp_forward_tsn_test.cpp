// SPDX-License-Identifier: MIT OR Apache-2.0
// Partial reliability (RFC 3758): what is given up, what the peer is told, and what a hostile one can tell.
#include "base/byte_io.hpp"
#include "rtc/sctp_chunk.hpp"
#include "rtc/sctp_reassembly.hpp"
#include "rtc/sctp_receive.hpp"
#include "support/sctp_pair.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc::test {
namespace {

using Limit = SctpDelivery::Limit;

Bytes forward_body(Tsn cumulative, const std::vector<std::pair<StreamId, std::uint16_t>>& skips = {}) {
  Bytes body;
  append_u32(body, cumulative);
  for (const auto& [stream, ssn] : skips) {
    append_u16(body, stream);
    append_u16(body, ssn);
  }
  return body;
}

std::vector<SctpChunkView> chunks_of(ByteView packet, std::uint8_t type) {
  std::vector<SctpChunkView> chunks;
  SctpChunkReader reader(packet);
  while (const auto chunk = reader.next()) {
    if (chunk->type == type) chunks.push_back(*chunk);
  }
  return chunks;
}

/// A connected pair; packets to b can be forged, data of a can be lost.
class SctpForwardTsnTest : public ::testing::Test {
 protected:
  SctpForwardTsnTest() : pair(1) {
    pair.filter = [this](int side, Bytes& packet) { return see(side, packet); };
    EXPECT_TRUE(pair.connect());
    pair.run(10ms);
  }

  bool see(int side, const Bytes& packet) {
    if (side != 0) return true;
    for (const auto& init : chunks_of(packet, chunk_type::init)) tsn_of_a = load_u32(init.body.data() + 12);
    if (chunks_of(packet, chunk_type::init).empty()) tag_of_b = decode_sctp_header(packet)->verification_tag;
    for (const auto& forward : chunks_of(packet, chunk_type::forward_tsn))
      forwards.push_back(to_bytes(forward.body));
    const auto data = chunks_of(packet, chunk_type::data);
    if (lose_forwards > 0 && !chunks_of(packet, chunk_type::forward_tsn).empty()) return lose_forwards-- == 0;
    for (const auto& chunk : data) {
      if (lose_data && lose_data(*decode_data(chunk))) return false;
    }
    return true;
  }

  void forge(const std::vector<std::tuple<std::uint8_t, std::uint8_t, Bytes>>& chunks) {
    SctpPacketBuilder builder(1200);
    builder.begin({5000, 5000, tag_of_b});
    for (const auto& [type, flags, body] : chunks) builder.add(type, flags, body);
    pair.b().association.receive(builder.finish(), pair.now);
    pair.flush(1);
  }
  void forge_forward(const Bytes& body) { forge({{chunk_type::forward_tsn, 0, body}}); }
  void forge_data(Tsn tsn, StreamId stream, std::uint16_t ssn, std::string_view text,
                  std::uint8_t flags = chunk_flag::begin | chunk_flag::end) {
    Bytes body;
    append_u32(body, tsn);
    append_u16(body, stream);
    append_u16(body, ssn);
    append_u32(body, 53);
    append_bytes(body, as_bytes(text));
    forge({{chunk_type::data, flags, body}});
  }

  Result<> send(const SctpDelivery& delivery, std::string_view text, StreamId stream = 1) {
    return pair.a().association.send(stream, 53, delivery, as_bytes(text), pair.now);
  }
  std::vector<std::string> texts() const {
    std::vector<std::string> texts;
    for (const auto& message : pair.ends[1]->received) texts.emplace_back(as_text(message.bytes));
    return texts;
  }
  std::string last_text() const { return texts().empty() ? std::string() : texts().back(); }
  const SctpCounters& counters_of_b() { return pair.b().association.counters(); }
  const SctpCounters& counters_of_a() { return pair.a().association.counters(); }

  std::uint32_t tag_of_b = 0;
  Tsn tsn_of_a = 0;
  std::vector<Bytes> forwards;
  int lose_forwards = 0;
  std::function<bool(const DataChunk&)> lose_data;
  SctpPair pair;
};

constexpr SctpDelivery no_retransmission{false, Limit::retransmissions, 0};
constexpr SctpDelivery reliable{};

TEST(SctpForwardTsn, is_announced_and_read_in_both_ways) {
  InitChunk init;
  init.tag = init.inbound_streams = init.outbound_streams = 1;
  EXPECT_FALSE(decode_init_body(encode_init_body(init))->can_forward);
  init.can_forward = true;
  const Bytes body = encode_init_body(init);
  EXPECT_TRUE(decode_init_body(body)->can_forward);
  EXPECT_FALSE(decode_init_body(body)->can_reset);
  // The parameter, then the list of chunk types.
  EXPECT_EQ(Bytes(body.begin() + 16, body.end()), (Bytes{0xC0, 0, 0, 4, 0x80, 0x08, 0, 5, 192, 0, 0, 0}));
  for (const std::size_t from : {16U, 20U}) {
    Bytes one(body.begin(), body.begin() + 16);
    one.insert(one.end(), body.begin() + static_cast<std::ptrdiff_t>(from),
               from == 16 ? body.begin() + 20 : body.end());
    EXPECT_TRUE(decode_init_body(one)->can_forward);
  }
}

TEST_F(SctpForwardTsnTest, a_lost_message_without_retransmissions_is_skipped) {
  lose_data = [](const DataChunk& data) { return as_text(data.payload) == "lost"; };
  ASSERT_TRUE(send(no_retransmission, "first") && send(reliable, "x", 2));
  pair.run(50ms);
  ASSERT_TRUE(send(no_retransmission, "lost"));
  pair.flush();
  ASSERT_TRUE(send(no_retransmission, "second"));
  ASSERT_TRUE(pair.run(5s, [&] { return last_text() == "second"; }));
  EXPECT_EQ(texts(), (std::vector<std::string>{"first", "x", "second"}));
  pair.run(1s);
  EXPECT_EQ(counters_of_a().messages_abandoned, 1U);
  EXPECT_EQ(counters_of_b().chunks_skipped, 1U);
  EXPECT_EQ(counters_of_a().retransmissions, 0U);
  EXPECT_EQ(pair.a().association.buffered_bytes(), 0U);
  ASSERT_FALSE(forwards.empty());
  EXPECT_EQ(forwards[0], forward_body(tsn_of_a + 2, {{1, 1}}));
}

TEST_F(SctpForwardTsnTest, a_message_is_sent_again_as_often_as_it_may_be) {
  std::size_t copies = 0;
  lose_data = [&](const DataChunk& data) { return as_text(data.payload) == "lost" && ++copies > 0; };
  ASSERT_TRUE(send({false, Limit::retransmissions, 3}, "lost"));
  ASSERT_TRUE(pair.run(60s, [&] { return pair.a().association.buffered_bytes() == 0; }));
  EXPECT_EQ(copies, 4U);
  EXPECT_EQ(counters_of_a().messages_abandoned, 1U);
}

TEST_F(SctpForwardTsnTest, a_message_that_arrives_within_its_retransmissions_is_delivered) {
  std::size_t copies = 0;
  lose_data = [&](const DataChunk& data) { return as_text(data.payload) == "late" && ++copies <= 3; };
  ASSERT_TRUE(send({true, Limit::retransmissions, 3}, "late"));
  ASSERT_TRUE(pair.run(60s, [&] { return !texts().empty(); }));
  EXPECT_EQ(counters_of_a().messages_abandoned, 0U);
}

TEST_F(SctpForwardTsnTest, a_message_lives_for_its_milliseconds) {
  pair.cut = true;
  ASSERT_TRUE(send({false, Limit::lifetime, 400}, "dies"));
  ASSERT_TRUE(send({false, Limit::lifetime, 60'000}, "lives"));
  pair.run(3s);
  pair.cut = false;
  ASSERT_TRUE(pair.run(20s, [&] { return !texts().empty() && pair.a().association.buffered_bytes() == 0; }));
  EXPECT_EQ(texts(), std::vector<std::string>{"lives"});
  EXPECT_EQ(counters_of_a().messages_abandoned, 1U);
}

TEST_F(SctpForwardTsnTest, a_lifetime_of_nothing_is_one_attempt) {
  ASSERT_TRUE(send({false, Limit::lifetime, 0}, "at once"));
  pair.run(100ms);
  EXPECT_EQ(texts(), std::vector<std::string>{"at once"});
  lose_data = [](const DataChunk&) { return true; };
  ASSERT_TRUE(send({false, Limit::lifetime, 0}, "lost"));
  pair.run(5s);
  EXPECT_EQ(texts().size(), 1U);
  EXPECT_EQ(counters_of_a().messages_abandoned, 1U);
  EXPECT_EQ(counters_of_a().retransmissions, 0U);
}

TEST_F(SctpForwardTsnTest, what_was_never_sent_needs_no_forward_tsn) {
  pair.b().association.set_held_bytes(8 * 1024 * 1024, pair.now);
  while (send(reliable, std::string(100'000, 'x'), 3)) {
  }
  pair.run(100ms);
  auto& association = pair.a().association;
  const std::size_t before = association.buffered_bytes();
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(association.send(1, 53, {false, Limit::lifetime, 100}, Bytes(5), pair.now));
  }
  EXPECT_EQ(association.unsent_bytes(1), 250U);
  EXPECT_LE(*association.deadline(), pair.now + 101ms);
  pair.run(150ms);
  EXPECT_EQ(association.unsent_bytes(1), 0U);
  EXPECT_LE(association.buffered_bytes(), before);
  EXPECT_EQ(counters_of_a().messages_abandoned, 50U);
  EXPECT_TRUE(forwards.empty());
  ASSERT_TRUE(send(reliable, "numbers go on"));
  pair.b().association.set_held_bytes(0, pair.now);
  ASSERT_TRUE(pair.run(60s, [&] { return last_text() == "numbers go on"; }));
}

TEST_F(SctpForwardTsnTest, expired_messages_make_room_for_others) {
  pair.b().association.set_held_bytes(8 * 1024 * 1024, pair.now);
  while (send({false, Limit::lifetime, 200}, std::string(100'000, 'x'))) {
  }
  ASSERT_TRUE(pair.run(1s, [&] { return pair.a().writable_calls > 0; }));
  EXPECT_TRUE(send(reliable, "room"));
}

TEST_F(SctpForwardTsnTest, a_message_that_is_given_up_while_it_is_cut_is_given_up_whole) {
  std::size_t chunks = 0;
  lose_data = [&](const DataChunk& data) { return data.stream == 1 && ++chunks == 3; };
  ASSERT_TRUE(send(no_retransmission, std::string(200'000, 'x')));
  ASSERT_TRUE(send(reliable, "other", 2));
  ASSERT_TRUE(send(no_retransmission, "next"));
  ASSERT_TRUE(
      pair.run(20s, [&] { return texts().size() == 2 && pair.a().association.buffered_bytes() == 0; }));
  EXPECT_LT(chunks, 100U) << "its rest was not sent";
  EXPECT_EQ(counters_of_a().messages_abandoned, 1U);
  EXPECT_FALSE(pair.a().closed || pair.b().closed);
}

TEST_F(SctpForwardTsnTest, a_message_whose_begin_has_arrived_may_still_be_given_up) {
  pair.b().association.set_held_bytes(4 * 1024 * 1024 - 20'000, pair.now);
  // The window closes in the middle of it; all that was sent has arrived.
  ASSERT_TRUE(send({false, Limit::lifetime, 300}, std::string(200'000, 'x')));
  pair.run(2s);
  ASSERT_TRUE(send(reliable, "next"));
  pair.b().association.set_held_bytes(0, pair.now);
  ASSERT_TRUE(pair.run(20s, [&] { return texts().size() == 1; }));
  EXPECT_EQ(texts()[0], "next");
  EXPECT_EQ(counters_of_a().messages_abandoned, 1U);
  EXPECT_FALSE(pair.b().closed);
}

TEST_F(SctpForwardTsnTest, it_is_repeated_until_the_peer_has_followed) {
  lose_data = [](const DataChunk& data) { return as_text(data.payload) == "lost"; };
  lose_forwards = 4;
  ASSERT_TRUE(send(no_retransmission, "lost"));
  ASSERT_TRUE(
      pair.run(30s, [&] { return pair.a().association.buffered_bytes() == 0 && forwards.size() >= 5; }));
  pair.run(5s);
  EXPECT_EQ(forwards.size(), 5U);
  EXPECT_EQ(counters_of_b().chunks_skipped, 1U);
  EXPECT_GE(*pair.a().association.deadline() - pair.now, 5s) << "nothing is waited for any more";
}

TEST_F(SctpForwardTsnTest, a_peer_that_never_follows_ends_the_association) {
  lose_data = [](const DataChunk& data) { return as_text(data.payload) == "lost"; };
  lose_forwards = 1'000'000;
  ASSERT_TRUE(send(no_retransmission, "lost"));
  ASSERT_TRUE(pair.run(300s, [&] { return pair.a().closed.has_value(); }));
  EXPECT_EQ(pair.a().closed->code, ErrorCode::timed_out);
}

TEST_F(SctpForwardTsnTest, a_shutdown_waits_until_the_peer_has_followed) {
  lose_data = [](const DataChunk& data) { return as_text(data.payload) == "lost"; };
  lose_forwards = 2;
  ASSERT_TRUE(send(no_retransmission, "lost") && send(reliable, "last", 2));
  pair.a().association.shutdown(pair.now);
  ASSERT_TRUE(pair.run(30s, [&] { return pair.a().closed && pair.b().closed; }));
  EXPECT_EQ(pair.a().closed->code, ErrorCode::closed);
  EXPECT_EQ(texts(), std::vector<std::string>{"last"});
}

TEST_F(SctpForwardTsnTest, each_stream_is_named_once_and_unordered_ones_are_not) {
  lose_data = [](const DataChunk&) { return true; };
  for (int i = 0; i < 3; ++i) {
    for (const StreamId stream : {1, 5}) ASSERT_TRUE(send(no_retransmission, "x", stream));
    ASSERT_TRUE(send({true, Limit::retransmissions, 0}, "u", 7));
  }
  ASSERT_TRUE(pair.run(5s, [&] { return counters_of_b().chunks_skipped == 9; }));
  EXPECT_EQ(forwards.back(), forward_body(tsn_of_a + 8, {{1, 2}, {5, 2}}));
}

// Late on its way it would skip messages of the stream's new life.
TEST_F(SctpForwardTsnTest, one_that_names_a_stream_that_begins_anew_ends_where_its_old_life_does) {
  lose_data = [](const DataChunk&) { return true; };
  for (const StreamId stream : {1, 5}) ASSERT_TRUE(send(no_retransmission, "old", stream));
  pair.flush(0);
  pair.a().association.reset_stream(1);
  pair.flush(0);
  ASSERT_TRUE(send(no_retransmission, "later", 5));
  ASSERT_TRUE(pair.run(5s, [&] { return counters_of_b().chunks_skipped == 3; }));
  EXPECT_EQ(forwards, (std::vector{forward_body(tsn_of_a + 1, {{1, 0}, {5, 0}}),
                                   forward_body(tsn_of_a + 2, {{5, 1}})}));
  EXPECT_TRUE(pair.run(5s, [&] { return pair.b().reset_streams == std::vector<StreamId>{1}; }));
}

TEST_F(SctpForwardTsnTest, more_streams_than_a_packet_names_are_skipped_in_steps) {
  lose_data = [](const DataChunk&) { return true; };
  for (StreamId stream = 0; stream < 1000; ++stream) ASSERT_TRUE(send(no_retransmission, "x", stream));
  ASSERT_TRUE(pair.run(60s, [&] { return pair.a().association.buffered_bytes() == 0; }));
  pair.run(5s);
  EXPECT_EQ(counters_of_b().chunks_skipped, 1000U);
  lose_data = nullptr;
  for (StreamId stream = 0; stream < 1000; ++stream) ASSERT_TRUE(send(no_retransmission, "y", stream));
  ASSERT_TRUE(pair.run(5s, [&] { return texts().size() == 1000; }));
}

TEST(SctpForwardTsn, a_peer_that_did_not_announce_it_gets_everything) {
  SctpPair pair(1);
  const auto lose_everything = [&pair](int side, Bytes& packet) {
    return side != 0 || chunks_of(packet, chunk_type::data).empty() || pair.now > Time{4s};
  };
  pair.filter = [&](int side, Bytes& packet) {
    // Neither INIT nor INIT ACK says it: the parameter is one that needs no answer, the list has other types.
    for (const std::uint8_t type : {chunk_type::init, chunk_type::init_ack}) {
      for (const auto& chunk : chunks_of(packet, type)) {
        auto init = *decode_init_body(chunk.body);
        init.can_forward = false;
        const SctpHeader header = *decode_sctp_header(packet);
        SctpPacketBuilder builder(1184);
        builder.begin(header);
        builder.add(type, 0, encode_init_body(init));
        packet = to_bytes(builder.finish());
        return true;
      }
    }
    EXPECT_TRUE(chunks_of(packet, chunk_type::forward_tsn).empty());
    return lose_everything(side, packet);
  };
  const SctpDelivery lifetime{false, Limit::lifetime, 1};
  ASSERT_TRUE(pair.a().association.send(1, 53, lifetime, Bytes(1), pair.now)) << "before it is known";
  ASSERT_TRUE(pair.connect());
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(pair.a().association.send(1, 53, no_retransmission, Bytes(1), pair.now));
    ASSERT_TRUE(pair.a().association.send(1, 53, lifetime, Bytes(1), pair.now));
  }
  ASSERT_TRUE(pair.run(30s, [&] { return pair.b().received_count == 11; }));
  EXPECT_EQ(pair.a().association.counters().messages_abandoned, 0U);
}

// --- What a peer can tell

TEST_F(SctpForwardTsnTest, what_waited_for_the_skipped_is_delivered) {
  forge_data(tsn_of_a + 1, 1, 1, "b");
  forge_data(tsn_of_a + 2, 1, 2, "c");
  forge_data(tsn_of_a + 4, 1, 4, "e");
  EXPECT_TRUE(texts().empty());
  forge_forward(forward_body(tsn_of_a, {{1, 0}}));
  EXPECT_EQ(texts(), (std::vector<std::string>{"b", "c"}));
  forge_forward(forward_body(tsn_of_a + 3, {{1, 3}}));
  EXPECT_EQ(last_text(), "e");
  forge_data(tsn_of_a + 5, 1, 5, "f");
  EXPECT_EQ(last_text(), "f");
  EXPECT_EQ(counters_of_b().chunks_skipped, 2U);
}

TEST_F(SctpForwardTsnTest, whole_messages_among_the_skipped_are_delivered_in_order_and_parts_are_not) {
  forge_data(tsn_of_a + 1, 1, 1, "whole");
  forge_data(tsn_of_a + 2, 1, 2, "part", chunk_flag::begin);
  forge_data(tsn_of_a + 4, 2, 3, "two", chunk_flag::begin);
  forge_data(tsn_of_a + 5, 2, 3, " parts", chunk_flag::end);
  forge_forward(forward_body(tsn_of_a + 6, {{1, 2}, {2, 4}}));
  EXPECT_EQ(texts(), (std::vector<std::string>{"whole", "two parts"}));
  forge_data(tsn_of_a + 7, 1, 3, "on");
  forge_data(tsn_of_a + 8, 2, 5, "and on");
  EXPECT_EQ(texts().size(), 4U);
  EXPECT_FALSE(pair.b().closed);
}

TEST_F(SctpForwardTsnTest, a_message_that_was_begun_is_dropped) {
  forge_data(tsn_of_a, 1, 0, "beg", chunk_flag::begin);
  forge_forward(forward_body(tsn_of_a + 3, {{1, 0}}));
  forge_data(tsn_of_a + 4, 1, 1, "next");
  EXPECT_EQ(texts(), std::vector<std::string>{"next"});
}

TEST_F(SctpForwardTsnTest, fragments_of_a_message_that_was_cut_are_dropped) {
  forge_forward(forward_body(tsn_of_a));
  forge_data(tsn_of_a + 1, 1, 0, "middle", 0);
  forge_data(tsn_of_a + 2, 1, 0, "end", chunk_flag::end);
  forge_data(tsn_of_a + 3, 1, 1, "next");
  EXPECT_EQ(texts(), std::vector<std::string>{"next"});
  forge_data(tsn_of_a + 4, 1, 1, "a fragment of nothing", 0);
  EXPECT_TRUE(pair.b().closed) << "it is no cut one";
}

TEST_F(SctpForwardTsnTest, one_that_goes_back_is_answered_and_changes_nothing) {
  forge_data(tsn_of_a, 1, 0, "a");
  int sacks = 0;
  pair.filter = [&](int side, Bytes& packet) {
    if (side == 1) sacks += static_cast<int>(chunks_of(packet, chunk_type::sack).size());
    return true;
  };
  for (const Tsn back : {tsn_of_a, tsn_of_a - 1, tsn_of_a - 0x7fffffff})
    forge_forward(forward_body(back, {{1, 9}}));
  EXPECT_EQ(sacks, 3);
  forge_data(tsn_of_a + 1, 1, 1, "b");
  EXPECT_EQ(last_text(), "b");
  EXPECT_EQ(counters_of_b().chunks_skipped, 0U);
}

TEST_F(SctpForwardTsnTest, one_that_goes_too_far_is_dropped) {
  const auto before = counters_of_b().dropped_malformed;
  forge_forward(forward_body(tsn_of_a - 1 + 0x10000));
  forge_forward(forward_body(tsn_of_a + 0x7ffffff0));
  EXPECT_EQ(counters_of_b().dropped_malformed, before + 2);
  EXPECT_EQ(counters_of_b().chunks_skipped, 0U);
  forge_forward(forward_body(tsn_of_a - 1 + 0xffff));
  EXPECT_EQ(counters_of_b().chunks_skipped, 0xffffU);
  forge_data(tsn_of_a + 0xffff, 1, 0, "on");
  EXPECT_EQ(texts(), std::vector<std::string>{"on"});
}

TEST_F(SctpForwardTsnTest, streams_out_of_range_and_wrong_lengths_are_counted) {
  const auto before = counters_of_b().dropped_malformed;
  forge_forward({});
  forge_forward(Bytes(3));
  Bytes odd = forward_body(tsn_of_a, {{1, 0}});
  odd.pop_back();
  forge_forward(odd);
  EXPECT_EQ(counters_of_b().dropped_malformed, before + 3);
  EXPECT_EQ(counters_of_b().chunks_skipped, 0U);
  forge_forward(forward_body(tsn_of_a, {{1024, 0}, {65535, 7}, {1, 0}}));
  EXPECT_EQ(counters_of_b().dropped_malformed, before + 5);
  EXPECT_EQ(counters_of_b().chunks_skipped, 1U);
  forge_data(tsn_of_a + 1, 1, 1, "the known one counts");
  EXPECT_EQ(texts().size(), 1U);
}

TEST_F(SctpForwardTsnTest, data_that_comes_after_it_was_skipped_is_a_duplicate) {
  forge_forward(forward_body(tsn_of_a + 1, {{1, 1}}));
  forge_data(tsn_of_a + 1, 1, 1, "late");
  forge_data(tsn_of_a, 1, 0, "later");
  EXPECT_TRUE(texts().empty());
  EXPECT_EQ(counters_of_b().dropped_duplicates, 2U);
}

TEST(SctpReceiver, skips_what_is_missing_and_joins_what_follows) {
  const auto receiver_with = [](std::initializer_list<Tsn> tsns) {
    SctpReceiver receiver(20ms);
    receiver.start(0xfffffffe);
    for (const Tsn tsn : tsns) receiver.record(tsn);
    return receiver;
  };
  auto crossing = receiver_with({0U, 1U, 2U, 5U});
  EXPECT_EQ(crossing.skip_to(1), 2U);
  EXPECT_EQ(crossing.cumulative(), 2U);
  EXPECT_TRUE(crossing.has_gaps());
  auto touching = receiver_with({0U, 1U, 5U});
  EXPECT_EQ(touching.skip_to(0xffffffff), 2U);
  EXPECT_EQ(touching.cumulative(), 1U);
  auto beyond = receiver_with({0U, 5U});
  EXPECT_EQ(beyond.skip_to(9), 10U);
  EXPECT_EQ(beyond.cumulative(), 9U);
  EXPECT_FALSE(beyond.has_gaps());
}

}  // namespace
}  // namespace flnet::rtc::test
