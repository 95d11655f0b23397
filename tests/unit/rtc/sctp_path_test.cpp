// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpAssociation when its packets take another path (RFC 8261 §6.1).
#include "support/sctp_pair.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc::test {
namespace {

constexpr Duration silence = 25s;  ///< After it the next attempt is ten seconds after the last one.
constexpr Duration soon = 100ms;

struct SctpPathTest : ::testing::Test {
  SctpPair pair{1};

  void SetUp() override {
    ASSERT_TRUE(pair.connect());
    pair.run(10ms);
  }
  void send(std::size_t messages, const SctpDelivery& delivery = {}) {
    for (std::size_t i = 0; i < messages; ++i)
      ASSERT_TRUE(pair.a().association.send(0, 53, delivery, Bytes(1000), pair.now));
  }
  /// The path dies, and after a while there is another one.
  void move(Duration span = silence) {
    pair.cut = true;
    pair.run(span);
    pair.cut = false;
    for (const auto& end : pair.ends) end->association.path_changed(pair.now);
  }
  bool arrive(std::size_t messages, Duration limit = soon) {
    return pair.run(limit, [&] { return pair.b().received_count >= messages; });
  }
};

TEST_F(SctpPathTest, what_a_silent_path_swallowed_leaves_at_once) {
  send(200);
  move();
  EXPECT_TRUE(arrive(200));
  pair.run(1s);
  EXPECT_EQ(pair.b().received_count, 200U);
  EXPECT_EQ(pair.a().association.buffered_bytes(), 0U);
}

TEST_F(SctpPathTest, without_a_change_the_next_attempt_is_waited_for) {
  send(1);
  pair.cut = true;
  pair.run(silence);
  pair.cut = false;
  EXPECT_FALSE(arrive(1));
  EXPECT_TRUE(arrive(1, 10s));
}

TEST_F(SctpPathTest, retransmissions_are_counted_anew) {
  send(1);
  for (int paths = 0; paths < 3; ++paths) move(40s);
  EXPECT_FALSE(pair.a().closed);
  EXPECT_TRUE(arrive(1));
}

TEST_F(SctpPathTest, nothing_is_sent_twice_when_the_old_path_delivered) {
  pair.quality.delay = 30ms;
  send(20);
  pair.run(10ms);
  pair.a().association.path_changed(pair.now);
  EXPECT_TRUE(arrive(20));
  pair.run(1s);
  EXPECT_EQ(pair.a().association.counters().retransmissions, 0U);
}

TEST_F(SctpPathTest, the_new_one_has_an_initial_window) {
  send(200);
  move();
  const std::size_t before = pair.packets;
  pair.flush(0);
  EXPECT_GE(pair.packets - before, 10U) << "timeouts had left one packet";
  EXPECT_LE(pair.packets - before, 12U);
}

TEST_F(SctpPathTest, a_window_that_had_grown_begins_anew) {
  pair.quality.delay = 20ms;
  send(3000);
  pair.run(200ms);
  const std::uint64_t in_time = pair.b().received_count;
  ASSERT_GT(in_time, 200U);
  pair.a().association.path_changed(pair.now);
  pair.run(40ms);  // what was under way arrives
  const std::uint64_t arrived = pair.b().received_count;
  pair.run(40ms);
  EXPECT_LE(pair.b().received_count - arrived, 100U);
  EXPECT_TRUE(arrive(3000, 5s));
}

TEST_F(SctpPathTest, messages_that_were_given_up_are_told_of_at_once) {
  send(3, {.limit = SctpDelivery::Limit::retransmissions, .value = 0});
  move();
  send(1);
  EXPECT_TRUE(arrive(1)) << "the peer has to know that the three will not come";
  EXPECT_EQ(pair.a().association.counters().messages_abandoned, 3U);
}

TEST_F(SctpPathTest, the_end_of_a_stream_is_asked_for_at_once) {
  send(1);
  ASSERT_TRUE(arrive(1));
  pair.run(1s);
  pair.a().association.reset_stream(0);
  move();
  EXPECT_TRUE(pair.run(soon, [&] { return pair.a().own_resets.size() == 1; }));
  EXPECT_TRUE(pair.a().own_resets.at(0).second);
}

TEST_F(SctpPathTest, a_shutdown_goes_on_at_once) {
  pair.a().association.shutdown(pair.now);
  move();
  EXPECT_TRUE(pair.run(soon, [&] { return pair.a().closed && pair.b().closed; }));
  EXPECT_EQ(pair.a().closed->code, ErrorCode::closed);
}

TEST_F(SctpPathTest, an_association_that_is_over_stays_so) {
  pair.a().association.abort("over", pair.now);
  pair.a().association.path_changed(pair.now);
  EXPECT_FALSE(pair.a().association.deadline());
}

}  // namespace
}  // namespace flnet::rtc::test
