// SPDX-License-Identifier: MIT OR Apache-2.0
// The modes of data channels on the wire, from either side, and what waits on a channel.
#include "rtc/sctp_chunk.hpp"
#include "support/channel_pair.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc::test {
namespace {

/// Remembers the user messages' chunks, and loses them when told to.
class DataChannelModesTest : public ::testing::TestWithParam<std::tuple<bool, Reliability>>,
                             protected ChannelPair {
 protected:
  DataChannelModesTest() : ChannelPair(1) {
    pair.filter = [this](int side, Bytes& packet) {
      SctpChunkReader reader(packet);
      bool loses = false;
      while (const auto chunk = reader.next()) {
        if (chunk->type != chunk_type::data) continue;
        const auto data = decode_data(*chunk);
        if (data->ppid == ppid_dcep) continue;
        flags[side].push_back(data->flags);
        loses = loses || lose;
      }
      return !loses;
    };
    EXPECT_TRUE(connect());
  }
  static DataChannelOptions options() {
    return {"x", "", std::get<0>(GetParam()), std::get<1>(GetParam()), 0, 256};
  }
  static bool reliable() { return std::get<1>(GetParam()) == Reliability::reliable; }

  bool lose = false;
  std::array<std::vector<std::uint8_t>, 2> flags;
};

TEST_P(DataChannelModesTest, the_open_tells_the_mode_and_both_sides_send_in_it) {
  const ChannelId ours = *a.channels.open(options(), pair.now);
  ASSERT_TRUE(pair.run(1s, [&] { return a.opened.size() == 1 && b.opened.size() == 1; }));
  EXPECT_EQ(b.opened[0].options, options());
  const Message message = Message::from_text("x");
  lose = true;
  ASSERT_TRUE(a.channels.send(ours, message.view(), pair.now));
  ASSERT_TRUE(b.channels.send(b.opened[0].id, message.view(), pair.now));
  pair.run(50ms);
  lose = false;
  pair.run(10s);
  for (const int side : {0, 1}) {
    const Channels& receiver = side == 0 ? b : a;
    EXPECT_EQ(receiver.received.size(), reliable() ? 1U : 0U) << "whatever was lost once";
    ASSERT_FALSE(flags[side].empty());
    for (const std::uint8_t seen : flags[side])
      EXPECT_EQ((seen & chunk_flag::unordered) == 0, options().ordered);
    EXPECT_EQ(pair.ends[side]->association.counters().messages_abandoned, reliable() ? 0U : 1U);
    EXPECT_EQ(pair.ends[side]->association.buffered_bytes(), 0U);
  }
}

TEST_P(DataChannelModesTest, messages_before_the_acknowledgement_stay_behind_the_open) {
  const ChannelId ours = *a.channels.open(options(), pair.now);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(a.channels.send(ours, Message::from_text(std::to_string(i)).view(), pair.now));
  }
  ASSERT_TRUE(pair.run(1s, [&] { return b.received.size() == 3; }));
  for (const std::uint8_t seen : flags[0]) EXPECT_EQ(seen & chunk_flag::unordered, 0);
}

TEST_P(DataChannelModesTest, a_late_one_holds_up_ordered_channels_only) {
  const ChannelId ours = *a.channels.open(options(), pair.now);
  ASSERT_TRUE(pair.run(1s, [&] { return a.opened.size() == 1; }));
  pair.run(100ms);
  lose = true;
  ASSERT_TRUE(a.channels.send(ours, Message::from_text("first").view(), pair.now));
  pair.flush();
  lose = false;
  ASSERT_TRUE(a.channels.send(ours, Message::from_text("second").view(), pair.now));
  pair.run(2ms);
  EXPECT_EQ(b.received.size(), options().ordered ? 0U : 1U);
  ASSERT_TRUE(pair.run(10s, [&] { return b.received.size() == (reliable() ? 2U : 1U); }));
  EXPECT_EQ(b.received.front().second.text(), options().ordered && reliable() ? "first" : "second");
}

INSTANTIATE_TEST_SUITE_P(All, DataChannelModesTest,
                         ::testing::Combine(::testing::Bool(), ::testing::Values(Reliability::reliable,
                                                                                 Reliability::max_retransmits,
                                                                                 Reliability::max_lifetime)));

TEST(DataChannelModes, have_the_types_of_the_rfc) {
  const auto type_of = [](bool ordered, Reliability reliability) {
    return encode_channel_open({"", "", ordered, reliability, 7, 256})[1];
  };
  EXPECT_EQ(type_of(true, Reliability::reliable), 0x00);
  EXPECT_EQ(type_of(true, Reliability::max_retransmits), 0x01);
  EXPECT_EQ(type_of(true, Reliability::max_lifetime), 0x02);
  EXPECT_EQ(type_of(false, Reliability::reliable), 0x80);
  EXPECT_EQ(type_of(false, Reliability::max_retransmits), 0x81);
  EXPECT_EQ(type_of(false, Reliability::max_lifetime), 0x82);
}

TEST(DataChannelModes, a_lifetime_begins_when_the_message_was_accepted_even_if_it_waits_for_the_connection) {
  ChannelPair world(1);
  const ChannelId id =
      *world.a.channels.open({"x", "", true, Reliability::max_lifetime, 1000, 256}, world.pair.now);
  ASSERT_TRUE(world.a.channels.send(id, Message::from_text("old").view(), world.pair.now));
  EXPECT_EQ(world.a.channels.buffered_bytes(id), 3U);
  world.pair.now += 5s;
  ASSERT_TRUE(world.a.channels.send(id, Message::from_text("new").view(), world.pair.now));
  ASSERT_TRUE(world.connect());
  world.pair.run(1s);
  ASSERT_EQ(world.b.received.size(), 1U);
  EXPECT_EQ(world.b.received[0].second, Message::from_text("new"));
}

TEST(DataChannelModes, buffered_bytes_are_what_no_packet_has_carried_yet) {
  ChannelPair world(1);
  ASSERT_TRUE(world.connect());
  const ChannelId first = *world.a.channels.open({}, world.pair.now);
  const ChannelId second = *world.a.channels.open({}, world.pair.now);
  ASSERT_TRUE(world.pair.run(1s, [&] { return world.a.opened.size() == 2; }));
  EXPECT_EQ(world.a.channels.buffered_bytes(first), 0U);
  const Message message = Message::from_binary(Bytes(100'000, 1));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world.a.channels.send(first, message.view(), world.pair.now));
  EXPECT_EQ(world.a.channels.buffered_bytes(first), 500'000U);
  EXPECT_EQ(world.a.channels.buffered_bytes(second), 0U);
  world.pair.flush();
  EXPECT_LT(world.a.channels.buffered_bytes(first), 500'000U) << "the first window has left";
  EXPECT_GT(world.a.channels.buffered_bytes(first), 400'000U);
  ASSERT_TRUE(world.pair.run(5s, [&] { return world.a.channels.buffered_bytes(first) == 0; }));
  while (world.a.channels.send(second, message.view(), world.pair.now)) {
  }
  EXPECT_GT(world.a.channels.buffered_bytes(second), 3'000'000U);
  EXPECT_EQ(world.a.channels.buffered_bytes(77), 0U);
}

}  // namespace
}  // namespace flnet::rtc::test
