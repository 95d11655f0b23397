// SPDX-License-Identifier: MIT OR Apache-2.0
// The parts of an SCTP association one by one: arena, send queue, receiver, reassembly, congestion.
#include "rtc/sctp_arena.hpp"
#include "rtc/sctp_congestion.hpp"
#include "rtc/sctp_reassembly.hpp"
#include "rtc/sctp_receive.hpp"
#include "rtc/sctp_retransmission.hpp"
#include "rtc/sctp_send_queue.hpp"

#include "base/byte_io.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc {
namespace {

TEST(PayloadArena, one_block_is_used_again_and_nothing_stays) {
  PayloadArena arena;
  const Bytes small(100, 1);
  const auto first = arena.store(small);
  arena.release(first.block, small.size());
  EXPECT_EQ(arena.allocated(), 0U);
  EXPECT_EQ(arena.store(small).data, first.data);
  arena.release(first.block, small.size());
  std::vector<PayloadArena::Piece> pieces;
  for (int i = 0; i < 1000; ++i) pieces.push_back(arena.store(small));
  EXPECT_GE(arena.allocated(), 100'000U);
  EXPECT_LE(arena.allocated(), 130'000U);
  for (const auto& piece : pieces) arena.release(piece.block, small.size());
  EXPECT_EQ(arena.allocated(), 0U);
}

TEST(SctpSendQueue, streams_take_turns_message_by_message) {
  PayloadArena arena;
  SctpSendQueue queue(arena);
  for (int i = 0; i < 2; ++i) {
    for (const StreamId stream : {1, 2, 3}) queue.push(stream, 53, false, Bytes(10, 1));
  }
  std::vector<int> order;
  while (!queue.empty()) order.push_back(queue.take(queue.next_size(1000)).stream);
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 1, 2, 3}));
}

TEST(SctpSendQueue, a_begun_message_is_finished_before_the_next) {
  PayloadArena arena;
  SctpSendQueue queue(arena);
  queue.push(1, 53, false, Bytes(250, 1));
  queue.push(2, 53, false, Bytes(10, 1));
  const auto first = queue.take(queue.next_size(100));
  const auto second = queue.take(queue.next_size(100));
  EXPECT_EQ(queue.next_size(49), 0U) << "a small rest of a packet is not worth a fragment";
  const auto third = queue.take(queue.next_size(100));
  EXPECT_EQ(first.flags, chunk_flag::begin);
  EXPECT_EQ(second.flags, 0);
  EXPECT_EQ(third.flags, chunk_flag::end);
  EXPECT_EQ(third.stream, 1);
  EXPECT_EQ(third.size, 50);
  EXPECT_EQ(queue.take(queue.next_size(100)).stream, 2);
}

TEST(SctpReceiver, reports_holes_and_duplicates) {
  SctpReceiver receiver(20ms);
  receiver.start(0xfffffffe);  // Across the end of the numbers.
  for (const Tsn tsn : {0xfffffffeU, 0U, 1U, 3U}) {
    ASSERT_NE(receiver.place_of(tsn), SctpReceiver::Place::duplicate);
    receiver.record(tsn);
  }
  EXPECT_EQ(receiver.place_of(0), SctpReceiver::Place::duplicate);
  receiver.note_duplicate(0);
  EXPECT_EQ(receiver.place_of(0xffffffff), SctpReceiver::Place::next);
  EXPECT_TRUE(receiver.sack_due(Time{}));
  SctpPacketBuilder builder(1184);
  builder.begin({});
  receiver.write_sack(builder, 5);
  SctpChunkReader reader(builder.finish());
  const auto sack = decode_sack(reader.next()->body);
  ASSERT_TRUE(sack);
  EXPECT_EQ(sack->cumulative, 0xfffffffe);
  EXPECT_EQ(to_bytes(sack->gap_blocks), (Bytes{0, 2, 0, 3, 0, 5, 0, 5}));
  EXPECT_EQ(load_u32(sack->duplicates.data()), 0U);
  receiver.record(0xffffffff);
  receiver.record(2);
  EXPECT_EQ(receiver.cumulative(), 3U);
  EXPECT_FALSE(receiver.has_gaps());
}

TEST(SctpReceiver, agrees_with_a_set_of_numbers) {
  SeededRandom random(3);
  SctpReceiver receiver(20ms);
  receiver.start(0xffffff00);
  std::vector<bool> got(600);
  for (int i = 0; i < 20000; ++i) {
    const std::size_t at = random.below(got.size());
    const Tsn tsn = static_cast<Tsn>(0xffffff00 + at);
    const auto place = receiver.place_of(tsn);
    if (place == SctpReceiver::Place::too_far) continue;
    ASSERT_EQ(place == SctpReceiver::Place::duplicate, got[at]);
    if (!got[at]) receiver.record(tsn);
    got[at] = true;
    const auto hole = static_cast<std::size_t>(std::find(got.begin(), got.end(), false) - got.begin());
    ASSERT_EQ(receiver.cumulative(), static_cast<Tsn>(0xffffff00 + hole - 1));
  }
  EXPECT_FALSE(receiver.has_gaps());
}

TEST(SctpReceiver, the_number_of_holes_is_bounded) {
  SctpReceiver receiver(20ms);
  receiver.start(1);
  std::size_t taken = 0;
  for (Tsn tsn = 3; tsn < 3000; tsn += 2) {
    if (receiver.place_of(tsn) != SctpReceiver::Place::ahead) continue;
    receiver.record(tsn);
    ++taken;
  }
  EXPECT_EQ(taken, SctpReceiver::max_ranges);
  EXPECT_EQ(receiver.place_of(1), SctpReceiver::Place::next);
  EXPECT_EQ(receiver.place_of(4), SctpReceiver::Place::ahead) << "filling needs no room";
  EXPECT_EQ(receiver.place_of(70000), SctpReceiver::Place::too_far);
}

TEST(SctpReceiver, every_second_packet_is_acknowledged_at_once) {
  SctpReceiver receiver(20ms);
  receiver.start(1);
  const auto sack = [&] {
    SctpPacketBuilder builder(1184);
    builder.begin({});
    receiver.write_sack(builder, 5);
  };
  receiver.record(1);
  receiver.packet_with_data(Time{});
  EXPECT_TRUE(receiver.sack_due(Time{})) << "the first one";
  sack();
  receiver.record(2);
  receiver.packet_with_data(Time{});
  EXPECT_FALSE(receiver.sack_due(Time{}));
  EXPECT_EQ(receiver.deadline(), Time{} + 20ms);
  EXPECT_TRUE(receiver.sack_due(Time{} + 20ms));
  receiver.record(3);
  receiver.packet_with_data(Time{});
  EXPECT_TRUE(receiver.sack_due(Time{}));
}

class Sink : public SctpSink {
 public:
  void send_sctp(ByteView) override {}
  void sctp_connected() override {}
  void sctp_received(StreamId stream, std::uint32_t, ByteView message) override {
    texts.push_back(std::to_string(stream) + ":" + std::string(as_text(message)));
  }
  void sctp_writable() override {}
  void sctp_closed(Error) override {}
  std::vector<std::string> texts;
};

class SctpReassemblyTest : public ::testing::Test {
 protected:
  SctpReassemblyTest() : reassembly(1000, sink, counters) { reassembly.start(1, 10); }

  std::string_view take(Tsn tsn, StreamId stream, std::uint16_t ssn, std::uint8_t flags,
                        std::string_view text) {
    const DataChunk chunk{tsn, stream, ssn, 53, flags, as_bytes(text)};
    const bool is_next = tsn == next;
    if (!is_next) {
      ahead.push_back(tsn);
      return reassembly.take_ahead(chunk);
    }
    ++next;
    for (auto it = std::find(ahead.begin(), ahead.end(), next); it != ahead.end();
         it = std::find(ahead.begin(), ahead.end(), next)) {
      ++next;
    }
    return reassembly.take_next(chunk);
  }

  static constexpr std::uint8_t whole = chunk_flag::begin | chunk_flag::end;
  Sink sink;
  SctpCounters counters;
  SctpReassembly reassembly;
  Tsn next = 1;
  std::vector<Tsn> ahead;
};

TEST_F(SctpReassemblyTest, a_hole_holds_up_its_own_stream_only) {
  take(1, 1, 0, whole, "a");
  take(3, 1, 2, whole, "c");
  take(4, 2, 0, whole, "x");
  take(5, 1, 0, whole | chunk_flag::unordered, "u");
  EXPECT_EQ(sink.texts, (std::vector<std::string>{"1:a", "2:x", "1:u"}));
  EXPECT_GT(reassembly.bytes(), 0U);
  take(2, 1, 1, whole, "b");
  EXPECT_EQ(sink.texts, (std::vector<std::string>{"1:a", "2:x", "1:u", "1:b", "1:c"}));
  EXPECT_EQ(reassembly.bytes(), 0U);
}

TEST_F(SctpReassemblyTest, fragments_beyond_a_hole_are_joined) {
  take(4, 2, 0, chunk_flag::end, "r");
  take(2, 2, 0, chunk_flag::begin, "x");
  take(5, 2, 1, whole, "next");
  take(3, 2, 0, 0, "y");
  EXPECT_EQ(sink.texts, (std::vector<std::string>{"2:xyr", "2:next"}));
  take(1, 1, 0, whole, "late");
  EXPECT_EQ(sink.texts.back(), "1:late");
  EXPECT_EQ(reassembly.bytes(), 0U);
}

TEST_F(SctpReassemblyTest, a_message_may_begin_before_a_hole_and_end_behind_it) {
  take(1, 1, 0, chunk_flag::begin, "a");
  take(3, 1, 0, chunk_flag::end, "c");
  EXPECT_TRUE(sink.texts.empty());
  take(2, 1, 0, 0, "b");
  EXPECT_EQ(sink.texts, (std::vector<std::string>{"1:abc"}));
}

TEST_F(SctpReassemblyTest, a_second_hole_does_not_keep_the_first_streams_messages) {
  take(3, 1, 1, whole, "a1");
  take(5, 1, 2, whole, "a2");  // 4 is missing: stream 2
  take(2, 3, 0, whole, "z");
  take(1, 1, 0, whole, "a0");
  EXPECT_EQ(sink.texts, (std::vector<std::string>{"3:z", "1:a0", "1:a1", "1:a2"}));
}

TEST_F(SctpReassemblyTest, violations_are_named) {
  EXPECT_FALSE(take(1, 1, 0, chunk_flag::end, "no beginning").empty());
}

TEST_F(SctpReassemblyTest, a_missing_stream_number_is_a_violation) {
  EXPECT_FALSE(take(1, 1, 1, whole, "x").empty());
}

TEST_F(SctpReassemblyTest, a_broken_off_message_is_a_violation) {
  EXPECT_TRUE(take(1, 1, 0, chunk_flag::begin, "x").empty());
  EXPECT_FALSE(take(2, 1, 0, whole, "y").empty());
}

TEST_F(SctpReassemblyTest, a_message_above_the_limit_is_a_violation) {
  EXPECT_TRUE(take(1, 1, 0, chunk_flag::begin, std::string(999, 'x')).empty());
  EXPECT_FALSE(take(2, 1, 0, chunk_flag::end, "yz").empty());
}

TEST(SctpCongestion, doubles_in_slow_start_and_falls_by_three_tenths_at_a_loss) {
  SctpCongestion congestion(1000, 1'000'000);
  EXPECT_EQ(congestion.window(), 10'000U);
  congestion.acknowledged(10'000, true, 10ms, Time{});
  EXPECT_EQ(congestion.window(), 20'000U);
  congestion.acknowledged(10'000, false, 10ms, Time{});
  EXPECT_EQ(congestion.window(), 20'000U) << "an unused window must not grow";
  congestion.lost();
  EXPECT_EQ(congestion.window(), 14'000U);
  congestion.timed_out();
  EXPECT_EQ(congestion.window(), 1'000U);
}

TEST(SctpCongestion, returns_to_its_last_maximum_along_the_cubic_curve) {
  SctpCongestion congestion(1000, 10'000'000);
  for (int i = 0; i < 6; ++i) congestion.acknowledged(congestion.window(), true, 50ms, Time{});
  const std::size_t maximum = congestion.window();
  congestion.lost();
  Time now{};
  // RFC 9438: K = cbrt(W_max * 0.3 / 0.4) seconds, here cbrt(640 * 0.75) = 7.8 s.
  while (congestion.window() < maximum && now < Time{} + 60s) {
    now += 50ms;
    congestion.acknowledged(congestion.window(), true, 50ms, now);
  }
  EXPECT_GT(now, Time{} + 6s);
  EXPECT_LT(now, Time{} + 9s);
}

class SctpRetransmissionTest : public ::testing::Test {
 protected:
  SctpRetransmissionTest() { out.start(100); }

  Tsn send(Time now) {
    queue.push(0, 53, false, Bytes(1000, 1));
    return out.sent(queue.take(1000), now);
  }
  SctpRetransmission::SackVerdict sack(Tsn cumulative, const Bytes& gaps, Time now,
                                       const Bytes& duplicates = {}) {
    return out.take_sack({cumulative, 1 << 20, gaps, duplicates}, now);
  }
  static Bytes gap(std::uint16_t first, std::uint16_t last) {
    Bytes bytes;
    append_u16(bytes, first);
    append_u16(bytes, last);
    return bytes;
  }

  PayloadArena arena;
  SctpSendQueue queue{arena};
  SctpCounters counters;
  SctpCongestion congestion{1000, 1 << 20};
  SctpRoundTrip round_trip{{500ms, 200ms, 10s}};
  SctpRetransmission out{{1000, 20ms}, arena, congestion, round_trip, counters};
  Time start{10s};
};

TEST_F(SctpRetransmissionTest, three_later_packets_make_one_lost) {
  for (int i = 0; i < 5; ++i) send(start);
  EXPECT_EQ(sack(99, gap(2, 3), start + 40ms), SctpRetransmission::SackVerdict::taken);
  EXPECT_FALSE(out.next_lost()) << "it may only be late";
  sack(99, gap(2, 4), start + 41ms);
  ASSERT_TRUE(out.next_lost());
  EXPECT_EQ(out.next_lost()->tsn, 100U);
  EXPECT_TRUE(out.take_fast_retransmit_allowance());
  EXPECT_EQ(congestion.window(), 7000U);
  out.resent(100, start + 41ms);
  EXPECT_FALSE(out.next_lost());
  sack(104, {}, start + 81ms);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(out.flight(), 0U);
  EXPECT_EQ(out.bytes(), 0U);
  EXPECT_EQ(arena.allocated(), 0U);
}

TEST_F(SctpRetransmissionTest, a_late_packet_is_waited_for_a_quarter_round_trip) {
  for (int i = 0; i < 3; ++i) send(start);
  sack(99, gap(2, 2), start + 40ms);
  ASSERT_TRUE(out.deadline());
  EXPECT_EQ(*out.deadline(), start + 50ms);
  EXPECT_EQ(out.handle_timeout(start + 50ms), SctpRetransmission::Timeout::loss_found);
  EXPECT_EQ(out.next_lost()->tsn, 100U);
}

TEST_F(SctpRetransmissionTest, a_lost_tail_is_probed_long_before_the_timeout) {
  send(start);
  sack(100, {}, start + 20ms);
  send(start + 30ms);
  send(start + 30ms);
  ASSERT_TRUE(out.deadline());
  EXPECT_EQ(*out.deadline(), start + 70ms);
  EXPECT_EQ(out.handle_timeout(start + 70ms), SctpRetransmission::Timeout::probe);
  out.probe_with_last(start + 70ms);
  EXPECT_EQ(out.next_lost()->tsn, 102U);
  out.resent(102, start + 70ms);
  EXPECT_EQ(*out.deadline(), start + 230ms) << "one probe, then the timer";
  EXPECT_EQ(out.handle_timeout(start + 230ms), SctpRetransmission::Timeout::retransmission);
  EXPECT_EQ(out.next_lost()->tsn, 101U);
  EXPECT_EQ(congestion.window(), 1000U);
}

TEST_F(SctpRetransmissionTest, timeouts_double_until_an_answer_comes) {
  send(start);
  EXPECT_EQ(*out.deadline(), start + 500ms);
  EXPECT_EQ(out.handle_timeout(start + 500ms), SctpRetransmission::Timeout::retransmission);
  out.resent(100, start + 500ms);
  EXPECT_EQ(*out.deadline(), start + 1500ms);
}

TEST_F(SctpRetransmissionTest, acknowledgements_of_what_was_never_sent_are_refused) {
  for (int i = 0; i < 5; ++i) send(start);
  EXPECT_EQ(sack(105, {}, start), SctpRetransmission::SackVerdict::malformed);
  EXPECT_EQ(sack(99, gap(2, 6), start), SctpRetransmission::SackVerdict::malformed);
  EXPECT_EQ(sack(99, gap(3, 2), start), SctpRetransmission::SackVerdict::malformed);
  EXPECT_EQ(sack(99, gap(1, 2), start), SctpRetransmission::SackVerdict::malformed);
  EXPECT_EQ(sack(98, {}, start), SctpRetransmission::SackVerdict::stale);
  EXPECT_EQ(out.bytes(), 5000U);
}

TEST_F(SctpRetransmissionTest, a_peer_may_take_back_what_it_acknowledged_in_gaps) {
  for (int i = 0; i < 3; ++i) send(start);
  sack(99, gap(2, 3), start + 10ms);
  sack(100, {}, start + 20ms);
  ASSERT_TRUE(out.next_lost());
  EXPECT_EQ(out.next_lost()->tsn, 101U);
}

}  // namespace
}  // namespace flnet::rtc
