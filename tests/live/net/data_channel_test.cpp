// SPDX-License-Identifier: MIT OR Apache-2.0
// Channels of a PeerConnection beside its own one: modes, order, closing, and what the peer has opened.
#include "live/net/live_connections.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace flnet::testing {
namespace {

using std::chrono::milliseconds;

/// What comes next on the channel; none when nothing does in time.
Task<std::optional<Message>> hear(DataChannel& channel) {
  auto message = co_await within(patience, channel.recv());
  EXPECT_TRUE(message.has_value()) << "nothing comes on " << channel.options().label;
  co_return message ? std::move(*message) : std::nullopt;
}

Task<std::optional<DataChannel>> take(PeerConnection& connection) {
  auto channel = co_await within(patience, connection.next_channel());
  EXPECT_TRUE(channel.has_value()) << "no channel comes";
  co_return channel ? std::move(*channel) : std::nullopt;
}

struct Ends {
  std::optional<DataChannel> ours, theirs;
};

/// GCC 12 destroys twice what is written with braces in a co_await.
DataChannelOptions labelled(std::string label) {
  return {.label = std::move(label)};
}

Task<Ends> open_channel(PeerConnection& from, PeerConnection& to, DataChannelOptions options) {
  Ends ends;
  auto made = from.create_channel(options);
  EXPECT_TRUE(made.has_value()) << to_string(made.error());
  if (!made) co_return ends;
  ends.ours.emplace(std::move(*made));
  auto taken = co_await take(to);
  if (taken) ends.theirs.emplace(std::move(*taken));
  const auto opened = co_await within(patience, ends.ours->opened());
  EXPECT_TRUE(opened.has_value() && opened->has_value());
  co_return std::move(ends);
}

std::vector<DataChannelOptions> all_modes() {
  std::vector<DataChannelOptions> modes;
  for (const bool ordered : {true, false}) {
    const std::string order = ordered ? "ordered" : "unordered";
    modes.push_back({.label = order, .ordered = ordered});
    modes.push_back(
        {.label = order + " \xe2\x82\xac", .protocol = "game", .ordered = ordered, .max_retransmits = 0});
    modes.push_back({.label = order, .ordered = ordered, .max_retransmits = 3});
    modes.push_back({.label = "", .ordered = ordered, .max_packet_life_time = milliseconds(2500)});
  }
  return modes;
}

Task<> every_mode(bool by_offerer) {
  Pair pair;
  if (!co_await pair.connect()) co_return;
  PeerConnection& from = by_offerer ? pair.a : pair.b;
  PeerConnection& to = by_offerer ? pair.b : pair.a;
  for (const DataChannelOptions& mode : all_modes()) {
    Ends ends = co_await open_channel(from, to, mode);
    if (!ends.theirs) co_return;
    EXPECT_EQ(ends.theirs->options().label, mode.label);
    EXPECT_EQ(ends.theirs->options().protocol, mode.protocol);
    if (tells_modes()) {
      EXPECT_TRUE(ends.theirs->options() == mode) << mode.label;
    }
    EXPECT_EQ(ends.theirs->state(), DataChannelState::Open);
    for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{2000}, std::size_t{100000}}) {
      const Message text = Message::from_text(std::string(size, 't'));
      const Message binary = Message::from_binary(Bytes(size, 7));
      for (const Message& message : {text, binary}) {
        EXPECT_TRUE((co_await ends.ours->send(message)).has_value());
        EXPECT_TRUE(co_await hear(*ends.theirs) == message) << size;
        EXPECT_TRUE((co_await ends.theirs->send(message)).has_value());
        EXPECT_TRUE(co_await hear(*ends.ours) == message) << size;
      }
    }
  }
}
TEST(DataChannelLive, carries_messages_both_ways_in_every_mode_from_the_offerer) {
  run_test(every_mode(true));
}
TEST(DataChannelLive, carries_messages_both_ways_in_every_mode_from_the_answerer) {
  run_test(every_mode(false));
}

Task<> apart() {
  Pair pair;
  if (!co_await pair.connect()) co_return;
  Ends first = co_await open_channel(pair.a, pair.b, labelled("first"));
  Ends second = co_await open_channel(pair.b, pair.a, labelled("second"));
  if (!first.theirs || !second.theirs) co_return;
  for (int i = 0; i < 100; ++i) {
    const std::string number = std::to_string(i);
    EXPECT_TRUE((co_await first.ours->send(Message::from_text("first " + number))).has_value());
    EXPECT_TRUE((co_await pair.a.send(Message::from_text("own " + number))).has_value());
    EXPECT_TRUE((co_await second.theirs->send(Message::from_text("second " + number))).has_value());
  }
  for (int i = 0; i < 100; ++i) {
    const std::string number = std::to_string(i);
    const auto own = co_await within(patience, pair.b.recv());
    EXPECT_TRUE(own && *own == Message::from_text("own " + number)) << i;
    EXPECT_TRUE(co_await hear(*first.theirs) == Message::from_text("first " + number)) << i;
    EXPECT_TRUE(co_await hear(*second.ours) == Message::from_text("second " + number)) << i;
  }
}
TEST(DataChannelLive, keeps_the_messages_of_its_channels_apart) {
  run_test(apart());
}

Task<> closing() {
  constexpr int count = 40;
  Pair pair;
  if (!co_await pair.connect()) co_return;
  Ends ends = co_await open_channel(pair.a, pair.b, labelled("short"));
  if (!ends.theirs) co_return;
  for (int i = 0; i < count; ++i)
    EXPECT_TRUE((co_await ends.ours->send(Message::from_binary(Bytes(20000, static_cast<std::uint8_t>(i)))))
                    .has_value());
  const auto closed = co_await within(patience, ends.ours->close());
  EXPECT_TRUE(closed && closed->has_value());
  EXPECT_EQ(ends.ours->state(), DataChannelState::Closed);
  EXPECT_EQ((co_await ends.ours->send(Message::from_text("late"))).error().code, ErrorCode::closed);
  for (int i = 0; i < count; ++i)
    EXPECT_TRUE(co_await hear(*ends.theirs) ==
                Message::from_binary(Bytes(20000, static_cast<std::uint8_t>(i))))
        << i;
  const auto end = co_await within(patience, ends.theirs->recv());
  EXPECT_TRUE(end && !end->has_value()) << "nothing follows the last message";
  const auto reason = co_await within(patience, ends.theirs->closed());
  EXPECT_TRUE(reason && reason->code == ErrorCode::closed);
  // The connection goes on.
  EXPECT_TRUE((co_await pair.a.send(Message::from_text("still here"))).has_value());
  const auto own = co_await within(patience, pair.b.recv());
  EXPECT_TRUE(own && *own == Message::from_text("still here"));
}
TEST(DataChannelLive, delivers_before_it_closes_and_leaves_the_connection_open) {
  run_test(closing());
}

Task<> again_and_again() {
  Pair pair;
  if (!co_await pair.connect()) co_return;
  for (int i = 0; i < 100; ++i) {
    Ends ends = co_await open_channel(i % 2 == 0 ? pair.a : pair.b, i % 2 == 0 ? pair.b : pair.a,
                                      labelled(std::to_string(i)));
    if (!ends.theirs) co_return;
    EXPECT_EQ(ends.theirs->options().label, std::to_string(i));
    const Message message = Message::from_text("in turn " + std::to_string(i));
    EXPECT_TRUE((co_await ends.theirs->send(message)).has_value());
    EXPECT_TRUE(co_await hear(*ends.ours) == message);
    DataChannel& closer = i % 3 == 0 ? *ends.ours : *ends.theirs;
    const auto closed = co_await within(patience, closer.close());
    EXPECT_TRUE(closed && closed->has_value()) << i;
  }
}
TEST(DataChannelLive, opens_and_closes_more_often_than_there_may_be_channels_at_once) {
  run_test(again_and_again());
}

Task<> given_up() {
  Pair pair;
  if (!co_await pair.connect()) co_return;
  std::optional<DataChannel> theirs;
  {
    Ends ends = co_await open_channel(pair.a, pair.b, labelled("given up"));
    if (!ends.theirs) co_return;
    EXPECT_TRUE((co_await ends.ours->send(Message::from_text("last words"))).has_value());
    theirs.emplace(std::move(*ends.theirs));
  }
  be_busy(50ms);
  EXPECT_TRUE(co_await hear(*theirs) == Message::from_text("last words"));
  const auto reason = co_await within(patience, theirs->closed());
  EXPECT_TRUE(reason && reason->code == ErrorCode::closed);
}
TEST(DataChannelLive, closes_when_its_owner_lets_go_and_delivers_what_was_accepted) {
  run_test(given_up());
}

Task<> with_the_connection() {
  constexpr int count = 30;
  Pair pair;
  if (!co_await pair.connect()) co_return;
  Ends ends = co_await open_channel(pair.a, pair.b, labelled("to the end"));
  if (!ends.theirs) co_return;
  const Message message = Message::from_binary(Bytes(50000, 9));
  for (int i = 0; i < count; ++i) EXPECT_TRUE((co_await ends.ours->send(message)).has_value());
  const auto closed = co_await within(patience, pair.a.close());
  EXPECT_TRUE(closed && closed->has_value());
  for (int i = 0; i < count; ++i) EXPECT_TRUE(co_await hear(*ends.theirs) == message) << i;
  EXPECT_TRUE((co_await within(patience, ends.ours->closed())).has_value());
  EXPECT_TRUE((co_await within(patience, ends.theirs->closed())).has_value());
  const auto none = co_await within(patience, pair.b.next_channel());
  EXPECT_TRUE(none && !none->has_value());
  EXPECT_EQ(pair.a.create_channel({}).error().code, ErrorCode::closed);
}
TEST(DataChannelLive, ends_with_its_connection_after_what_was_sent_has_arrived) {
  run_test(with_the_connection());
}

Task<> wrong_uses() {
  Pair pair;
  EXPECT_EQ(pair.a.create_channel({}).error().code, ErrorCode::not_connected);
  if (!co_await pair.connect()) co_return;
  EXPECT_EQ(
      pair.a.create_channel({.max_retransmits = 1, .max_packet_life_time = milliseconds(1)}).error().code,
      ErrorCode::invalid_argument);
  EXPECT_EQ(pair.a.create_channel({.max_packet_life_time = milliseconds(70000)}).error().code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(pair.a.create_channel(labelled("\xff")).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(pair.a.create_channel({.label = std::string(1025, 'x')}).error().code, ErrorCode::too_large);
  auto good = pair.a.create_channel({.label = std::string(1024, 'x')});
  EXPECT_TRUE(good.has_value());
  if (!good) co_return;
  EXPECT_EQ(good->try_send(Message::from_text("early").view()).error().code, ErrorCode::not_connected);
  const auto opened = co_await within(patience, good->opened());
  EXPECT_TRUE(opened && opened->has_value());
  EXPECT_EQ(good->try_send(Message::from_text("\xff").view()).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ((co_await good->send(Message::from_binary(Bytes(PeerConnectionLimits::max_message_bytes + 1))))
                .error()
                .code,
            ErrorCode::too_large);
}
TEST(DataChannelLive, says_what_is_wrong_with_its_use) {
  run_test(wrong_uses());
}

Task<> untaken() {
  constexpr std::size_t most = PeerConnectionLimits::offered_channels;
  Pair pair;
  if (!co_await pair.connect()) co_return;
  std::vector<DataChannel> channels;
  for (std::size_t i = 0; i <= most; ++i) {
    auto made = pair.a.create_channel({.label = std::to_string(i)});
    EXPECT_TRUE(made.has_value());
    if (!made) co_return;
    channels.push_back(std::move(*made));
  }
  // Nobody has taken the first ones, so the last is refused: it is closed.
  EXPECT_TRUE((co_await within(patience, channels.back().closed())).has_value());
  for (std::size_t i = 0; i < most; ++i) {
    EXPECT_TRUE((co_await channels[i].send(Message::from_text("kept"))).has_value());
    auto taken = co_await take(pair.b);
    if (!taken) co_return;
    EXPECT_EQ(taken->options().label, std::to_string(i));
    EXPECT_TRUE(co_await hear(*taken) == Message::from_text("kept"));
  }
}
TEST(DataChannelLive, keeps_what_nobody_has_taken_up_to_a_limit) {
  run_test(untaken());
}

}  // namespace
}  // namespace flnet::testing
