// SPDX-License-Identifier: MIT OR Apache-2.0
// Closing data channels, and using their streams and places again.
#include "rtc/data_channel.hpp"
#include "rtc/sctp_chunk.hpp"
#include "support/channel_pair.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc::test {
namespace {

bool has_re_config(ByteView packet) {
  SctpChunkReader reader(packet);
  while (const auto chunk = reader.next()) {
    if (chunk->type == chunk_type::re_config) return true;
  }
  return false;
}

Bytes without_answers(ByteView packet) {
  SctpPacketBuilder builder(1184);
  builder.begin(*decode_sctp_header(packet));
  SctpChunkReader reader(packet);
  while (const auto chunk = reader.next()) {
    const bool answers = chunk->type == chunk_type::re_config && chunk->body.size() > 1 &&
                         chunk->body[1] == parameter_type::reconfig_response;
    if (!answers) builder.add(chunk->type, chunk->flags, chunk->body);
  }
  return to_bytes(builder.finish());
}

class DataChannelClosingTest : public ::testing::Test, protected ChannelPair {
 protected:
  DataChannelClosingTest() : ChannelPair(1) { EXPECT_TRUE(connect()); }

  /// An open channel of a: its id on both sides.
  std::pair<ChannelId, ChannelId> open(const DataChannelOptions& options = {}) {
    const auto id = a.channels.open(options, pair.now);
    EXPECT_TRUE(id);
    const std::size_t before = b.opened.size();
    EXPECT_TRUE(pair.run(
        5s, [&] { return b.opened.size() > before && !a.opened.empty() && a.opened.back().id == *id; }));
    return {*id, b.opened.back().id};
  }
  bool run_until_closed(std::size_t by_a, std::size_t by_b, Duration limit = 5s) {
    return pair.run(limit, [&] { return a.closed.size() >= by_a && b.closed.size() >= by_b; });
  }
  Result<> send(Channels& from, ChannelId id, const std::string& text) {
    return from.channels.send(id, Message::from_text(text).view(), pair.now);
  }
  /// Drops packets of one side with a request or an answer, as long as there are some to drop.
  void lose(int from, int count) {
    pair.filter = [from, left = count](int side, Bytes& packet) mutable {
      return side != from || !has_re_config(packet) || left-- <= 0;
    };
  }
};

TEST_F(DataChannelClosingTest, a_closed_channel_is_closed_on_both_sides_once) {
  const auto [ours, theirs] = open();
  a.channels.close(ours, pair.now);
  a.channels.close(ours, pair.now);
  EXPECT_TRUE(a.closed.empty()) << "the peer has not answered yet";
  ASSERT_TRUE(run_until_closed(1, 1));
  pair.run(60s);
  EXPECT_EQ(a.closed, std::vector<ChannelId>{ours});
  EXPECT_EQ(b.closed, std::vector<ChannelId>{theirs});
  EXPECT_FALSE(pair.a().closed || pair.b().closed) << "the association goes on";
  EXPECT_FALSE(a.channels.deadline() || b.channels.deadline());
}

TEST_F(DataChannelClosingTest, what_was_accepted_is_delivered_first) {
  const ChannelId ours = open().first;
  const Message large = Message::from_binary(Bytes(200'000, 7));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(a.channels.send(ours, large.view(), pair.now));
  a.channels.close(ours, pair.now);
  EXPECT_EQ(send(a, ours, "late").error().code, ErrorCode::closed);
  ASSERT_TRUE(run_until_closed(1, 1, 60s));
  EXPECT_EQ(b.received.size(), 20U);
}

TEST_F(DataChannelClosingTest, messages_that_wait_for_the_buffer_are_delivered_first) {
  const auto other = open().first;
  const Message large = Message::from_binary(Bytes(100'000, 7));
  while (a.channels.send(other, large.view(), pair.now)) {
  }
  const auto late = *a.channels.open({}, pair.now);
  ASSERT_TRUE(send(a, late, "waits with its OPEN"));
  a.channels.close(late, pair.now);
  EXPECT_EQ(send(a, late, "no more").error().code, ErrorCode::closed);
  ASSERT_TRUE(run_until_closed(1, 1, 60s));
  const auto is_late = [](const auto& one) {
    return one.second == Message::from_text("waits with its OPEN");
  };
  EXPECT_EQ(std::count_if(b.received.begin(), b.received.end(), is_late), 1);
  EXPECT_EQ(a.closed, std::vector<ChannelId>{late});
}

TEST_F(DataChannelClosingTest, a_channel_that_was_never_announced_is_closed_at_once) {
  ChannelPair unconnected(2);
  const auto id = *unconnected.a.channels.open({}, Time{1s});
  unconnected.a.channels.close(id, Time{1s});
  EXPECT_EQ(unconnected.a.closed, std::vector<ChannelId>{id});
  ASSERT_TRUE(unconnected.connect());
  unconnected.pair.run(1s);
  EXPECT_TRUE(unconnected.b.opened.empty());
}

TEST_F(DataChannelClosingTest, what_the_peer_still_sends_is_dropped) {
  const auto [ours, theirs] = open();
  a.channels.close(ours, pair.now);
  ASSERT_TRUE(send(b, theirs, "too late"));
  ASSERT_TRUE(run_until_closed(1, 1));
  EXPECT_TRUE(a.received.empty());
  EXPECT_EQ(a.channels.counters().dropped_closing, 1U);
}

TEST_F(DataChannelClosingTest, both_may_close_at_once) {
  const auto [ours, theirs] = open();
  a.channels.close(ours, pair.now);
  b.channels.close(theirs, pair.now);
  ASSERT_TRUE(run_until_closed(1, 1));
  pair.run(60s);
  EXPECT_EQ(a.closed.size(), 1U);
  EXPECT_EQ(b.closed.size(), 1U);
}

TEST_F(DataChannelClosingTest, a_lost_request_is_repeated) {
  const auto [ours, theirs] = open();
  lose(0, 3);
  a.channels.close(ours, pair.now);
  ASSERT_TRUE(run_until_closed(1, 1, 20s));
  EXPECT_EQ(b.closed, std::vector<ChannelId>{theirs});
}

TEST_F(DataChannelClosingTest, a_lost_answer_is_asked_for_again) {
  const auto [ours, theirs] = open();
  lose(1, 3);
  a.channels.close(ours, pair.now);
  ASSERT_TRUE(run_until_closed(1, 1, 20s));
  EXPECT_EQ(b.closed, std::vector<ChannelId>{theirs});
}

TEST_F(DataChannelClosingTest, ids_of_closed_channels_stay_closed_when_their_place_is_used_again) {
  const auto [ours, theirs] = open();
  a.channels.close(ours, pair.now);
  ASSERT_TRUE(run_until_closed(1, 1));
  pair.run(1s);
  const auto [again, theirs_again] = open();
  EXPECT_NE(again, ours);
  EXPECT_NE(theirs_again, theirs);
  EXPECT_EQ(send(a, ours, "x").error().code, ErrorCode::closed);
  EXPECT_EQ(send(b, theirs, "x").error().code, ErrorCode::closed);
  EXPECT_EQ(send(a, again + DataChannels::max_channels, "x").error().code, ErrorCode::not_connected);
  a.channels.close(ours, pair.now);
  ASSERT_TRUE(send(a, again, "x"));
  pair.run(1s);
  EXPECT_EQ(a.closed.size(), 1U);
  EXPECT_EQ(b.received.back(), (std::pair{theirs_again, Message::from_text("x")}));
}

TEST_F(DataChannelClosingTest, streams_and_places_are_used_again_for_ever) {
  std::size_t highest = 0;
  pair.filter = [&](int, Bytes& packet) {
    SctpChunkReader reader(packet);
    while (const auto chunk = reader.next()) {
      if (chunk->type != chunk_type::data) continue;
      const auto data = decode_data(*chunk);
      highest = std::max<std::size_t>(highest, data->stream);
      // The OPEN, two messages, or the ACK, an answer: each channel counts from 0.
      EXPECT_LE(data->ssn, 2U);
    }
    return true;
  };
  for (std::size_t i = 1; i <= 600; ++i) {
    const auto [ours, theirs] = open();
    ASSERT_TRUE(send(a, ours, "1") && send(a, ours, "2") && send(b, theirs, "answer"));
    ASSERT_TRUE(pair.run(5s, [&] { return a.received.size() == i && b.received.size() == 2 * i; }));
    if (i % 2 == 0) a.channels.close(ours, pair.now);
    if (i % 3 != 0) b.channels.close(theirs, pair.now);
    if (i % 2 != 0 && i % 3 == 0) a.channels.close(ours, pair.now);
    ASSERT_TRUE(run_until_closed(i, i)) << i;
    ASSERT_TRUE(
        pair.run(5s, [&] { return pair.a().own_resets.size() == i && pair.b().own_resets.size() == i; }));
  }
  EXPECT_LE(highest, 2U);
  EXPECT_EQ(a.channels.counters().dropped_malformed + b.channels.counters().dropped_malformed, 0U);
}

TEST_F(DataChannelClosingTest, an_open_on_a_stream_whose_reset_was_not_answered_yet_is_taken) {
  const auto id = *b.channels.open({}, pair.now);
  ASSERT_TRUE(pair.run(5s, [&] { return a.opened.size() == 1 && b.opened.size() == 1; }));
  const ChannelId ours = a.opened[0].id;
  // The answers to a are lost for a while: b is through with the channel, a is not.
  bool cut = true;
  pair.filter = [&cut](int side, Bytes& packet) {
    if (cut && side == 1) packet = without_answers(packet);
    return true;
  };
  a.channels.close(ours, pair.now);
  ASSERT_TRUE(pair.run(5s, [&] { return b.closed.size() == 1 && !pair.b().own_resets.empty(); }));
  EXPECT_TRUE(a.closed.empty());
  const auto next = *b.channels.open({}, pair.now);
  ASSERT_TRUE(send(b, next, "hello"));
  ASSERT_TRUE(pair.run(5s, [&] { return a.received.size() == 1; }));
  EXPECT_EQ(a.closed, std::vector<ChannelId>{ours});
  const ChannelId ours_next = a.opened.back().id;
  ASSERT_TRUE(send(a, ours_next, "answer"));
  pair.run(300ms);
  EXPECT_TRUE(b.received.empty()) << "held back until the numbers may begin anew";
  cut = false;
  ASSERT_TRUE(pair.run(20s, [&] { return b.received.size() == 1; }));
  EXPECT_FALSE(pair.b().closed);
  static_cast<void>(id);
}

TEST_F(DataChannelClosingTest, a_peer_that_never_answers_holds_nothing_for_ever) {
  const ChannelId ours = open().first;
  lose(1, 1'000'000);
  a.channels.close(ours, pair.now);
  ASSERT_TRUE(run_until_closed(1, 1, 300s));
  EXPECT_EQ(pair.a().own_resets, (std::vector<std::pair<StreamId, bool>>{{0, false}}));
  EXPECT_FALSE(pair.a().closed);
  pair.filter = nullptr;
  // The stream is lost, others are not.
  const auto [next, theirs_next] = open();
  ASSERT_TRUE(send(a, next, "x"));
  pair.run(1s);
  EXPECT_EQ(b.received.back().first, theirs_next);
  EXPECT_EQ(pair.a().association.send(0, ppid_text, false, Bytes(1), pair.now).error().code,
            ErrorCode::closed);
}

TEST_F(DataChannelClosingTest, a_peer_that_does_not_reset_its_direction_is_waited_for_up_to_a_limit) {
  const ChannelId ours = open().first;
  // b answers requests but makes none.
  pair.b().on_streams_reset = nullptr;
  a.channels.close(ours, pair.now);
  pair.run(5s);
  EXPECT_TRUE(a.closed.empty());
  ASSERT_TRUE(a.channels.deadline());
  ASSERT_TRUE(pair.run(90s, [&] { return a.closed.size() == 1; }));
  EXPECT_FALSE(a.channels.deadline());
  // Its stream serves nobody before the peer has reset it.
  EXPECT_EQ(open().first % DataChannels::max_channels, ours % DataChannels::max_channels)
      << "the place is free";
  EXPECT_EQ(pair.a().own_resets.size(), 1U);
  a.channels.streams_reset(std::vector<StreamId>{0});
  EXPECT_EQ(a.closed.size(), 1U);
}

TEST_F(DataChannelClosingTest, the_limit_of_channels_is_one_of_open_and_closing_ones) {
  std::vector<ChannelId> ids;
  for (std::size_t i = 0; i < DataChannels::max_channels; ++i) ids.push_back(*a.channels.open({}, pair.now));
  EXPECT_EQ(a.channels.open({}, pair.now).error().code, ErrorCode::queue_full);
  pair.run(1s);
  for (const ChannelId id : ids) a.channels.close(id, pair.now);
  EXPECT_EQ(a.channels.open({}, pair.now).error().code, ErrorCode::queue_full);
  ASSERT_TRUE(run_until_closed(ids.size(), ids.size(), 20s));
  pair.run(1s);
  for (std::size_t i = 0; i < DataChannels::max_channels; ++i) ASSERT_TRUE(a.channels.open({}, pair.now));
  pair.run(1s);
  EXPECT_EQ(b.opened.size(), 2 * DataChannels::max_channels);
}

TEST_F(DataChannelClosingTest, early_messages_are_forgotten_with_their_stream) {
  ASSERT_TRUE(pair.a().association.send(8, ppid_text, false, to_bytes(as_bytes("of nobody")), pair.now));
  pair.run(20ms);
  b.channels.streams_reset(std::vector<StreamId>{8});
  ASSERT_TRUE(pair.a().association.send(8, ppid_dcep, false, encode_channel_open({}), pair.now));
  pair.run(20ms);
  EXPECT_EQ(b.opened.size(), 1U);
  EXPECT_TRUE(b.received.empty());
}

}  // namespace
}  // namespace flnet::rtc::test
