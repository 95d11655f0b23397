// SPDX-License-Identifier: MIT OR Apache-2.0
// The words of ping-pong, as FLNet's ping-pong in Rust writes and reads them.
#include "shared/message.hpp"

#include <gtest/gtest.h>

namespace ping_pong {
namespace {

using flnet::Message;
using flnet::NetReply;

TEST(PingPongWord, is_a_json_string_with_its_quotes) {
  EXPECT_EQ(to_text(Word::ping), "\"Ping\"");
  EXPECT_EQ(to_text(Word::pong), "\"Pong\"");
}

TEST(PingPongWord, is_read_as_it_is_written) {
  for (const Word word : {Word::ping, Word::pong})
    EXPECT_EQ(word_of(Message::from_text(to_text(word))), word);
  EXPECT_EQ(word_of(Message::from_text(" \"Ping\"\n")), Word::ping);
}

TEST(PingPongWord, is_nothing_else) {
  for (const char* text :
       {"", " ", "Ping", "\"ping\"", "\"Ping", R"("Ping""Ping")", "{\"Ping\":null}", "\"Ping\"x"})
    EXPECT_FALSE(word_of(Message::from_text(text))) << text;
  EXPECT_FALSE(word_of(Message::from_binary({'"', 'P', 'i', 'n', 'g', '"'})));
}

TEST(PingPongHeard, passes_over_what_others_say_and_states) {
  const auto peer = flnet::U256::random();
  EXPECT_FALSE(heard(NetReply::RcvNodeMessage{peer, Message::from_text("hello")}));
  EXPECT_FALSE(heard(NetReply::ConnectionState{.id = peer, .stats = {}}));
  EXPECT_EQ(heard(NetReply::RcvNodeMessage{peer, Message::from_text("\"Pong\"")}),
            PingPongMessage(FromNetwork{peer, Word::pong}));
  EXPECT_EQ(heard(NetReply::Disconnected{peer, {flnet::ErrorCode::timed_out, "silence"}}),
            PingPongMessage(Unlinked{peer, "silence"}));
}

TEST(PingPongTimes, are_in_milliseconds_with_one_decimal) {
  EXPECT_EQ(milliseconds(flnet::Duration(0)), "0.0");
  EXPECT_EQ(milliseconds(flnet::Duration(349)), "0.3");
  EXPECT_EQ(milliseconds(flnet::Duration(350)), "0.4");
  EXPECT_EQ(milliseconds(flnet::Duration(1'234'567)), "1234.6");
}

}  // namespace
}  // namespace ping_pong
