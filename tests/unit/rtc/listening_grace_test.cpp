// SPDX-License-Identifier: MIT OR Apache-2.0
// A channel that we have opened is not closed before the peer can have listened to it.
#include "support/channel_pair.hpp"
#include "support/peer_world.hpp"
#include "support/plain_dtls.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc::test {
namespace {

using flnet::test::PeerEnd;
using flnet::test::PeerWorld;
using flnet::test::PlainDtlsContext;

constexpr Duration grace = DataChannels::listening_grace;

/// A channel of a, open since now, on which a has said something.
struct ListeningGrace : ::testing::Test, ChannelPair {
  ListeningGrace() : ChannelPair(1) {
    EXPECT_TRUE(connect());
    ours = *a.channels.open({}, pair.now);
    EXPECT_TRUE(pair.run(5s, [&] { return a.opened.size() == 1; }));
    opened = pair.now;
    theirs = b.opened[0].id;
    EXPECT_TRUE(a.channels.send(ours, Message::from_text("last words").view(), pair.now));
  }
  bool run_until_closed() {
    return pair.run(5s, [&] { return b.closed.size() == 1; });
  }
  ChannelId ours = 0, theirs = 0;
  Time opened;
};

TEST_F(ListeningGrace, ends_some_time_after_the_ack) {
  a.channels.close(ours, pair.now);
  EXPECT_EQ(a.channels.deadline(), opened + grace);
  ASSERT_TRUE(run_until_closed());
  EXPECT_GE(pair.now, opened + grace);
  EXPECT_LT(pair.now, opened + 2 * grace);
  EXPECT_EQ(b.received.size(), 1U);
}

TEST_F(ListeningGrace, ends_with_the_peers_first_message) {
  a.channels.close(ours, pair.now);
  ASSERT_TRUE(b.channels.send(theirs, Message::from_text("I hear").view(), pair.now));
  ASSERT_TRUE(run_until_closed());
  EXPECT_LT(pair.now, opened + grace);
}

TEST_F(ListeningGrace, is_over_for_who_closes_later) {
  pair.run(grace);
  const Time before = pair.now;
  a.channels.close(ours, pair.now);
  ASSERT_TRUE(run_until_closed());
  EXPECT_LT(pair.now, before + grace);
}

TEST_F(ListeningGrace, does_not_hold_back_the_peer_or_our_answer_to_it) {
  b.channels.close(theirs, pair.now);
  ASSERT_TRUE(pair.run(5s, [&] { return a.closed.size() == 1 && b.closed.size() == 1; }));
  EXPECT_LT(pair.now, opened + grace);
  EXPECT_FALSE(a.channels.grace_end() || a.channels.deadline());
}

TEST_F(ListeningGrace, begins_with_the_open_when_no_ack_comes) {
  pair.filter = [](int side, Bytes&) { return side == 0; };
  const ChannelId silent = *a.channels.open({}, pair.now);
  const Time begin = pair.now;
  a.channels.close(silent, pair.now);
  EXPECT_EQ(a.channels.deadline(), begin + grace);
}

struct ShutdownGrace : ::testing::Test {
  PlainDtlsContext offerer_dtls{1}, answerer_dtls{2};
  PeerWorld world{1, offerer_dtls, answerer_dtls};
  PeerEnd& offerer = *world.offerer;
  PeerEnd& answerer = *world.answerer;
  ChannelId ours = offerer.open_channel("data");

  void SetUp() override {
    world.connect();
    ASSERT_TRUE(world.queue.run_until([&] { return offerer.channels.contains("data"); }, 5s));
  }
  /// For how long a shutdown takes.
  Duration shut_down(PeerEnd& end) {
    const Time begin = world.queue.now();
    end.shutdown();
    EXPECT_TRUE(world.queue.run_until([this] { return world.both_over(); }, 5s));
    return world.queue.now() - begin;
  }
};

TEST_F(ShutdownGrace, keeps_a_connection_that_has_said_something) {
  ASSERT_TRUE(offerer.send(ours, Message::from_text("last words")));
  EXPECT_GE(shut_down(offerer), grace);
  EXPECT_EQ(answerer.received[answerer.channels["data"]].size(), 1U);
}

TEST_F(ShutdownGrace, is_not_for_who_has_said_nothing) {
  EXPECT_LT(shut_down(offerer), grace);
}

TEST_F(ShutdownGrace, ends_when_the_peer_says_something) {
  ASSERT_TRUE(offerer.send(ours, Message::from_text("question")));
  ASSERT_TRUE(answerer.send(answerer.channels["data"], Message::from_text("answer")));
  EXPECT_LT(shut_down(offerer), grace);
}

TEST_F(ShutdownGrace, is_not_for_who_answered) {
  ASSERT_TRUE(answerer.send(answerer.channels["data"], Message::from_text("welcome")));
  EXPECT_LT(shut_down(answerer), grace);
}

}  // namespace
}  // namespace flnet::rtc::test
