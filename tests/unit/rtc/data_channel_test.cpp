// SPDX-License-Identifier: MIT OR Apache-2.0
// Data channels: the DCEP format, and two ends over real associations.
#include "rtc/data_channel.hpp"
#include "support/channel_pair.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc::test {
namespace {

DataChannelOptions labelled(std::string label) {
  DataChannelOptions options;
  options.label = std::move(label);
  return options;
}

TEST(Dcep, an_open_is_read_back) {
  DataChannelOptions options{"etikett ü", "proto", false, Reliability::max_lifetime, 500, 512};
  const auto read = decode_dcep(encode_channel_open(options));
  ASSERT_TRUE(read);
  EXPECT_EQ(std::get<DataChannelOptions>(*read), options);
  EXPECT_TRUE(std::holds_alternative<ChannelAck>(*decode_dcep(encode_channel_ack())));
}

TEST(Dcep, an_open_looks_as_in_the_rfc) {
  DataChannelOptions options;
  options.label = "ab";
  options.protocol = "c";
  EXPECT_EQ(encode_channel_open(options), (Bytes{3, 0, 1, 0, 0, 0, 0, 0, 0, 2, 0, 1, 'a', 'b', 'c'}));
}

TEST(Dcep, wrong_messages_are_refused) {
  DataChannelOptions options;
  options.label = "label";
  const Bytes good = encode_channel_open(options);
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(decode_dcep(ByteView(good).first(size)));
  Bytes bad = good;
  bad.push_back(0);
  EXPECT_FALSE(decode_dcep(bad));
  bad = good;
  bad[1] = 3;
  EXPECT_EQ(decode_dcep(bad).error().code, ErrorCode::unsupported);
  bad = good;
  bad[12] = 0xff;
  EXPECT_EQ(decode_dcep(bad).error().code, ErrorCode::invalid_message);
  options.label = std::string(1025, 'x');
  EXPECT_EQ(decode_dcep(encode_channel_open(options)).error().code, ErrorCode::too_large);
}

class DataChannelsTest : public ::testing::Test, protected ChannelPair {
 protected:
  DataChannelsTest() : ChannelPair(1) {}
  void inject(StreamId stream, std::uint32_t ppid, ByteView message) {
    ASSERT_TRUE(pair.a().association.send(stream, ppid, true, message, pair.now));
    pair.run(20ms);
  }
};

TEST_F(DataChannelsTest, a_channel_and_its_messages_opened_before_the_connection_wait_for_it) {
  DataChannelOptions options;
  options.label = "data";
  const auto id = a.channels.open(options, pair.now);
  ASSERT_TRUE(id);
  ASSERT_TRUE(a.channels.send(*id, Message::from_text("hello").view(), pair.now));
  ASSERT_TRUE(connect());
  pair.run(50ms);
  ASSERT_EQ(b.opened.size(), 1U);
  EXPECT_TRUE(b.opened[0].by_peer);
  EXPECT_EQ(b.opened[0].options, options);
  ASSERT_EQ(a.opened.size(), 1U);
  EXPECT_FALSE(a.opened[0].by_peer);
  ASSERT_EQ(b.received.size(), 1U);
  EXPECT_EQ(b.received[0].second, Message::from_text("hello"));
}

TEST_F(DataChannelsTest, a_reset_stream_closes_its_channel_and_no_other_one) {
  ASSERT_TRUE(connect());
  const auto first = a.channels.open(labelled("first"), pair.now);
  const auto second = a.channels.open(labelled("second"), pair.now);
  ASSERT_TRUE(first && second);
  pair.run(50ms);
  ASSERT_EQ(b.opened.size(), 2U);
  const std::vector<StreamId> streams{0};  // The DTLS client's first one.
  b.channels.streams_reset(streams);
  b.channels.streams_reset(streams);
  EXPECT_EQ(b.closed, std::vector<ChannelId>{b.opened[0].id});
  const auto hello = Message::from_text("hello");
  EXPECT_EQ(b.channels.send(b.opened[0].id, hello.view(), pair.now).error().code, ErrorCode::closed);
  EXPECT_TRUE(b.channels.send(b.opened[1].id, hello.view(), pair.now));
  b.channels.streams_reset({});
  EXPECT_EQ(b.closed.size(), 2U);
}

TEST_F(DataChannelsTest, both_sides_may_open_at_once) {
  ASSERT_TRUE(connect());
  const auto from_a = a.channels.open(labelled("a"), pair.now);
  const auto from_b = b.channels.open(labelled("b"), pair.now);
  ASSERT_TRUE(from_a && from_b);
  pair.run(50ms);
  EXPECT_EQ(a.opened.size(), 2U);
  EXPECT_EQ(b.opened.size(), 2U);
  ASSERT_TRUE(a.channels.send(*from_a, Message::from_text("1").view(), pair.now));
  ASSERT_TRUE(b.channels.send(*from_b, Message::from_text("2").view(), pair.now));
  pair.run(50ms);
  EXPECT_EQ(a.received.size(), 1U);
  EXPECT_EQ(b.received.size(), 1U);
  EXPECT_EQ(a.channels.counters().dropped_malformed + b.channels.counters().dropped_malformed, 0U);
}

TEST_F(DataChannelsTest, text_binary_and_empty_messages_keep_their_kind) {
  ASSERT_TRUE(connect());
  const auto id = *a.channels.open({"x", "", false, Reliability::reliable, 0, 256}, pair.now);
  const std::vector<Message> messages = {Message::from_text("té"), Message::from_binary({0, 255}),
                                         Message::from_text(""), Message::from_binary({})};
  for (const Message& message : messages) ASSERT_TRUE(a.channels.send(id, message.view(), pair.now));
  pair.run(50ms);
  ASSERT_EQ(b.received.size(), 4U);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(b.received[i].second, messages[i]);
}

TEST_F(DataChannelsTest, messages_before_their_open_are_kept_up_to_a_limit) {
  ASSERT_TRUE(connect());
  inject(0, ppid_text, as_bytes("early"));
  EXPECT_TRUE(b.received.empty());
  for (int i = 0; i < 5; ++i) inject(2, ppid_binary, Bytes(20'000));
  EXPECT_EQ(b.channels.counters().dropped_early, 2U);
  inject(0, ppid_dcep, encode_channel_open(labelled("late")));
  ASSERT_EQ(b.received.size(), 1U);
  EXPECT_EQ(b.received[0].second.text(), "early");
}

TEST_F(DataChannelsTest, what_is_no_message_is_dropped_and_counted) {
  ASSERT_TRUE(connect());
  inject(0, ppid_dcep, encode_channel_open(labelled("x")));
  inject(0, ppid_text, Bytes{0xff, 0xfe});
  inject(0, ppid_text_partial, as_bytes("x"));
  inject(0, ppid_binary_partial, as_bytes("x"));
  inject(0, 999, as_bytes("x"));
  EXPECT_EQ(b.channels.counters().dropped_malformed, 4U);
  inject(0, ppid_dcep, encode_channel_open(labelled("again")));
  inject(1, ppid_dcep, encode_channel_open(labelled("on our own stream")));
  EXPECT_EQ(b.channels.counters().dropped_malformed, 6U);
  inject(7, ppid_dcep, encode_channel_ack());
  EXPECT_EQ(b.channels.counters().dropped_unknown_channel, 1U);
  EXPECT_TRUE(b.received.empty());
  EXPECT_EQ(b.opened.size(), 1U);
}

TEST_F(DataChannelsTest, a_partially_reliable_channel_of_the_peer_is_taken) {
  ASSERT_TRUE(connect());
  inject(0, ppid_dcep, encode_channel_open({"x", "", false, Reliability::max_retransmits, 3, 256}));
  ASSERT_EQ(b.opened.size(), 1U);
  EXPECT_EQ(b.opened[0].options.reliability, Reliability::max_retransmits);
}

TEST_F(DataChannelsTest, the_number_of_channels_is_bounded) {
  ASSERT_TRUE(connect());
  for (std::size_t i = 0; i < DataChannels::max_channels; ++i) ASSERT_TRUE(a.channels.open({}, pair.now));
  EXPECT_EQ(a.channels.open({}, pair.now).error().code, ErrorCode::queue_full);
  pair.run(50ms);
  EXPECT_EQ(b.opened.size(), DataChannels::max_channels);
  inject(600, ppid_dcep, encode_channel_open({}));
  EXPECT_EQ(b.channels.counters().dropped_malformed, 1U);
}

TEST_F(DataChannelsTest, unknown_ids_are_not_connected) {
  EXPECT_EQ(a.channels.send(0, Message::from_text("x").view(), pair.now).error().code,
            ErrorCode::not_connected);
}

TEST_F(DataChannelsTest, what_waits_is_bounded) {
  const auto id = *a.channels.open({}, pair.now);
  const Message message = Message::from_binary(Bytes(100'000));
  int accepted = 0;
  while (a.channels.send(id, message.view(), pair.now)) ++accepted;
  EXPECT_EQ(accepted, 10);
  ASSERT_TRUE(connect());
  pair.run(1s);
  EXPECT_EQ(b.received.size(), 10U);
}

}  // namespace
}  // namespace flnet::rtc::test
