// SPDX-License-Identifier: MIT OR Apache-2.0
// DataChannel over sessions that the test plays: what is asked of them, what is told, and every way to end.
#include <flnet/data_channel.hpp>

#include "net/peer_connection_state.hpp"
#include "support/fake_peer_host.hpp"
#include "support/pending.hpp"

#include <flnet/peer_connection.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

using io::ChannelNumber;
using test::Pending;

class DataChannelTest : public ::testing::Test {
 protected:
  DataChannelTest() {
    auto host = std::make_unique<test::FakePeerHost>();
    test::FakePeerHost& made = *host;
    PeerPort port(
        std::make_shared<PeerPort::State>(loop, std::make_unique<SeededRandom>(1), std::move(host)));
    connection.emplace(port);
    session = &made.last();
    EXPECT_TRUE(connection->connect());
    session->sink.session_opened();
    session->calls.clear();
  }
  ~DataChannelTest() override { loop.settle(); }

  DataChannel create(std::string label = "a") {
    auto made = connection->create_channel({.label = std::move(label)});
    EXPECT_TRUE(made.has_value());
    return std::move(*made);
  }
  DataChannel create_open() {
    DataChannel channel = create();
    session->sink.channel_opened(ChannelNumber{session->last_channel});
    loop.settle();
    return channel;
  }
  static MessageView text(std::string_view content) { return {MessageKind::text, as_bytes(content)}; }

  VirtualLoop loop;
  std::optional<PeerConnection> connection;
  test::FakePeerSession* session = nullptr;  ///< Until the connection has ended.
};

TEST_F(DataChannelTest, is_connecting_until_the_peer_knows_of_it) {
  DataChannel channel = create();
  Pending opened(loop, channel.opened());
  loop.settle();
  EXPECT_EQ(channel.state(), DataChannelState::Connecting);
  EXPECT_EQ(channel.try_send(text("x")).error().code, ErrorCode::not_connected);
  session->sink.channel_opened(ChannelNumber{1});
  loop.settle();
  ASSERT_TRUE(opened.done());
  EXPECT_TRUE(opened.result->has_value());
  EXPECT_TRUE(channel.try_send(text("x")));
  EXPECT_EQ(session->sent_on, std::vector{ChannelNumber{1}});
}

TEST_F(DataChannelTest, waits_for_room_and_lets_nobody_overtake) {
  DataChannel channel = create_open();
  session->room = 0;
  Pending first(loop, channel.send(Message::from_text("first")));
  Pending second(loop, channel.send(Message::from_text("second")));
  loop.settle();
  EXPECT_FALSE(first.done());
  EXPECT_EQ(channel.try_send(text("third")).error().code, ErrorCode::queue_full);
  session->room = 10;
  session->sink.session_writable();
  loop.settle();
  EXPECT_TRUE(first.done() && second.done());
  EXPECT_EQ(session->sent, (std::vector{Message::from_text("first"), Message::from_text("second")}));
}

TEST_F(DataChannelTest, gives_those_that_the_peer_has_opened_in_their_order_with_what_came_on_them) {
  EXPECT_TRUE(session->sink.channel_offered(ChannelNumber{7}, {.label = "seven", .ordered = false}));
  session->sink.channel_received(ChannelNumber{7}, text("early"));
  EXPECT_TRUE(session->sink.channel_offered(ChannelNumber{9}, {.label = "nine"}));
  Pending one(loop, connection->next_channel());
  Pending two(loop, connection->next_channel());
  Pending three(loop, connection->next_channel());
  loop.settle();
  ASSERT_TRUE(one.done() && two.done());
  EXPECT_FALSE(three.done());
  EXPECT_EQ((*one.result)->options(), (DataChannelOptions{.label = "seven", .ordered = false}));
  EXPECT_EQ((*one.result)->try_recv(), Message::from_text("early"));
  EXPECT_EQ((*two.result)->options().label, "nine");
}

TEST_F(DataChannelTest, refuses_what_the_peer_opens_beyond_the_limits) {
  for (std::uint32_t i = 1; i <= PeerConnectionLimits::offered_channels; ++i)
    EXPECT_TRUE(session->sink.channel_offered(ChannelNumber{i}, {}));
  EXPECT_FALSE(session->sink.channel_offered(ChannelNumber{100}, {}));
}

TEST_F(DataChannelTest, has_no_more_of_its_own_than_the_limit) {
  std::vector<DataChannel> channels;
  for (std::size_t i = 0; i < PeerConnectionLimits::channels; ++i) channels.push_back(create());
  EXPECT_EQ(connection->create_channel({}).error().code, ErrorCode::queue_full);
  session->sink.channel_closed(ChannelNumber{1});
  EXPECT_TRUE(connection->create_channel({}).has_value());
}

TEST_F(DataChannelTest, counts_what_it_holds_for_the_whole_connection) {
  DataChannel channel = create_open();
  const Bytes large(PeerConnectionLimits::receive_bytes / 2 - 1000);
  session->sink.channel_received(ChannelNumber{1}, {MessageKind::binary, large});
  ASSERT_FALSE(session->held.empty());
  EXPECT_GE(session->held.back(), large.size());
  session->sink.session_received({MessageKind::binary, large});
  session->sink.channel_received(ChannelNumber{1}, {MessageKind::binary, large});
  Pending closed(loop, connection->closed());
  loop.settle();
  ASSERT_TRUE(closed.done());
  EXPECT_EQ(closed.result->code, ErrorCode::queue_full);
}

TEST_F(DataChannelTest, closes_when_the_session_says_so_and_can_be_read_to_the_end) {
  DataChannel channel = create_open();
  Pending closing(loop, channel.close());
  loop.settle();
  EXPECT_EQ(session->calls.back(), "close_channel 1");
  EXPECT_EQ(channel.state(), DataChannelState::Closing);
  EXPECT_EQ(channel.try_send(text("late")).error().code, ErrorCode::closed);
  session->sink.channel_received(ChannelNumber{1}, text("last"));
  session->sink.channel_closed(ChannelNumber{1});
  loop.settle();
  ASSERT_TRUE(closing.done());
  EXPECT_TRUE(closing.result->has_value());
  EXPECT_EQ(channel.try_recv(), Message::from_text("last"));
  Pending end(loop, channel.recv());
  loop.settle();
  ASSERT_TRUE(end.done());
  EXPECT_EQ(*end.result, std::nullopt);
}

TEST_F(DataChannelTest, gives_up_closing_when_the_peer_never_confirms) {
  DataChannel channel = create_open();
  Pending closing(loop, channel.close());
  loop.advance(std::chrono::seconds(PeerConnectionLimits::close_timeout_s + 1));
  ASSERT_TRUE(closing.done());
  EXPECT_EQ(closing.result->error().code, ErrorCode::timed_out);
}

TEST_F(DataChannelTest, is_closed_when_its_owner_lets_go) {
  {
    DataChannel channel = create_open();
    session->sink.channel_received(ChannelNumber{1}, text(std::string(300'000, 'x')));
  }
  EXPECT_EQ(session->calls.back(), "close_channel 1");
  EXPECT_EQ(session->held.back(), 0U) << "what it held is given back";
  // Nobody hears what still comes.
  session->sink.channel_received(ChannelNumber{1}, text("x"));
  session->sink.channel_closed(ChannelNumber{1});
  EXPECT_TRUE(connection->create_channel({}).has_value());
}

TEST_F(DataChannelTest, ends_with_the_connection_and_outlives_it) {
  DataChannel channel = create_open();
  session->sink.channel_received(ChannelNumber{1}, text("kept"));
  Pending closed(loop, channel.closed());
  session->sink.session_closed({ErrorCode::unreachable, "gone"});
  connection.reset();
  loop.settle();
  ASSERT_TRUE(closed.done());
  EXPECT_EQ(closed.result->code, ErrorCode::unreachable);
  EXPECT_EQ(channel.try_recv(), Message::from_text("kept"));
  EXPECT_EQ(channel.try_send(text("x")).error().code, ErrorCode::closed);
  EXPECT_EQ(channel.buffered_bytes(), 0U);
}

TEST_F(DataChannelTest, may_be_destroyed_with_tasks_that_wait_for_it) {
  std::optional<DataChannel> channel(create());
  Pending opened(loop, channel->opened());
  Pending message(loop, channel->recv());
  Pending closed(loop, channel->closed());
  loop.settle();
  channel.reset();
  session->sink.channel_closed(ChannelNumber{1});
  loop.settle();
  EXPECT_TRUE(opened.done() && message.done() && closed.done());
}

}  // namespace
}  // namespace flnet
