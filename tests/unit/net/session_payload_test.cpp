// SPDX-License-Identifier: MIT OR Apache-2.0
// Messages on a session in the form of its peer: raw or in packets, whole or not at all.
#include "net/session_payload.hpp"

#include <gtest/gtest.h>

namespace flnet::net {
namespace {

using protocol::PayloadDialect;

/// Takes `room` messages of at most `largest` bytes.
class FakeSession final : public io::PeerSession {
 public:
  std::size_t room = 1000;
  std::size_t largest = 100'000;
  std::vector<Message> sent;

  void create_offer() override {}
  void accept_offer(std::string) override {}
  void accept_answer(std::string) override {}
  void add_candidate(std::string) override {}
  Result<> restart() override { return {}; }
  Result<> accept_restart(std::string) override { return {}; }
  bool awaits_answer() const override { return false; }
  Result<> send(MessageView message) override {
    if (message.bytes.size() > largest) return failure(ErrorCode::too_large, "for this peer");
    if (room == 0) return failure(ErrorCode::queue_full, "no room");
    --room;
    sent.push_back(Message::copy(message));
    return {};
  }
  void shutdown() override {}
  void set_held_bytes(std::size_t) override {}
  std::size_t buffered_bytes() const override { return 0; }
  ConnectionStateMap state() const override { return {}; }
};

constexpr std::string_view looks_like_a_packet = R"({"data":"x"})";

struct SessionPayloadTest : testing::Test {
  FakeSession session;
  SeededRandom random{1};
  SessionPayload payload{session, random};

  /// The texts that a node of 0.10 would have by now.
  std::vector<std::string> texts() const {
    wire::PacketReader reader;
    std::vector<std::string> texts;
    for (const Message& packet : session.sent) {
      const auto text = reader.read(packet.text());
      EXPECT_TRUE(text);
      if (text && *text) texts.push_back(**text);
    }
    return texts;
  }
};

std::string long_text(char letter) {
  std::string text(50'000, letter);  // Four packets.
  return text;
}

MessageView view(std::string_view text) {
  return {MessageKind::text, as_bytes(text)};
}

TEST_F(SessionPayloadTest, of_a_cpp_peer_is_the_message_itself) {
  const auto binary = Message::from_binary({1, 2, 3});
  EXPECT_TRUE(payload.send(binary.view()));
  EXPECT_TRUE(payload.send(view(looks_like_a_packet)));
  EXPECT_EQ(session.sent, (std::vector{binary, Message::from_text(looks_like_a_packet)}));
  const auto read = payload.read(view(looks_like_a_packet));
  EXPECT_EQ((*read)->text(), looks_like_a_packet);
  EXPECT_EQ((*payload.read(binary.view()))->kind, MessageKind::binary);
}

TEST_F(SessionPayloadTest, of_an_0_7_peer_is_raw_text_that_may_look_like_a_packet) {
  payload.set_dialect(PayloadDialect::text);
  EXPECT_TRUE(payload.send(view(looks_like_a_packet)));
  EXPECT_EQ(session.sent.back().text(), looks_like_a_packet);
  EXPECT_EQ((*payload.read(view(looks_like_a_packet)))->text(), looks_like_a_packet);
  const auto binary = Message::from_binary({1});
  EXPECT_EQ(payload.send(binary.view()).error().code, ErrorCode::unsupported_by_peer);
  EXPECT_EQ(payload.hold(binary).error().code, ErrorCode::unsupported_by_peer);
  EXPECT_EQ(session.sent.size(), 1U);
}

TEST_F(SessionPayloadTest, of_an_0_10_peer_is_packets_both_ways) {
  payload.set_dialect(PayloadDialect::packets);
  EXPECT_TRUE(payload.send(view("Ping")));
  EXPECT_EQ(session.sent.back().text(), R"({"data":"Ping"})");
  EXPECT_TRUE(payload.send(view(long_text('a'))));
  EXPECT_EQ(session.sent.size(), 5U);
  EXPECT_EQ(texts(), (std::vector<std::string>{"Ping", long_text('a')}));
  for (std::size_t i = 1; i < 4; ++i) EXPECT_EQ(*payload.read(session.sent[i].view()), std::nullopt);
  const auto whole = payload.read(session.sent[4].view());
  EXPECT_EQ((*whole)->text(), long_text('a'));
  EXPECT_EQ((*whole)->kind, MessageKind::text);
}

TEST_F(SessionPayloadTest, drops_and_counts_what_an_0_10_peer_sends_outside_of_packets) {
  payload.set_dialect(PayloadDialect::packets);
  EXPECT_FALSE(payload.read(view("module: Ping\nmsg: Ping\n")));
  EXPECT_FALSE(payload.read(Message::from_binary({1}).view()));
  EXPECT_EQ(payload.dropped(), 2U);
  EXPECT_TRUE(payload.read(view(R"({"data":""})")));
}

TEST_F(SessionPayloadTest, a_text_of_packets_that_finds_no_room_is_not_taken) {
  payload.set_dialect(PayloadDialect::packets);
  session.room = 0;
  EXPECT_EQ(payload.send(view(long_text('a'))).error().code, ErrorCode::queue_full);
  EXPECT_FALSE(payload.blocked());
  EXPECT_TRUE(session.sent.empty());
  EXPECT_EQ(payload.send(view(std::string(300'000, 'a'))).error().code, ErrorCode::too_large);
  EXPECT_EQ(payload.send(view("\xFF")).error().code, ErrorCode::invalid_argument);
  EXPECT_FALSE(payload.blocked());
}

TEST_F(SessionPayloadTest, a_text_of_packets_is_never_cut_by_a_full_session) {
  payload.set_dialect(PayloadDialect::packets);
  session.room = 2;
  EXPECT_TRUE(payload.send(view(long_text('a')))) << "taken, the rest is held back";
  EXPECT_TRUE(payload.blocked());
  EXPECT_EQ(payload.send(view("Ping")).error().code, ErrorCode::queue_full);
  EXPECT_TRUE(payload.hold(Message::from_text("Ping")));
  session.room = 2;
  EXPECT_TRUE(payload.flush().empty());
  EXPECT_EQ(texts(), std::vector{long_text('a')});
  EXPECT_TRUE(payload.blocked());
  session.room = 1;
  EXPECT_TRUE(payload.flush().empty());
  EXPECT_EQ(texts(), (std::vector<std::string>{long_text('a'), "Ping"}));
  EXPECT_FALSE(payload.blocked());
}

TEST_F(SessionPayloadTest, what_is_held_back_leaves_in_order) {
  session.room = 0;
  for (const auto* text : {"one", "two", "three"}) EXPECT_TRUE(payload.hold(Message::from_text(text)));
  session.room = 3;
  EXPECT_TRUE(payload.flush().empty());
  ASSERT_EQ(session.sent.size(), 3U);
  EXPECT_EQ(session.sent[0].text(), "one");
  EXPECT_EQ(session.sent[2].text(), "three");
}

TEST_F(SessionPayloadTest, a_message_that_the_session_refuses_for_good_is_told_once_and_the_next_goes) {
  payload.set_dialect(PayloadDialect::packets);
  session.largest = 1000;
  EXPECT_TRUE(payload.hold(Message::from_text(long_text('a'))));
  EXPECT_TRUE(payload.hold(Message::from_text("Ping")));
  const auto refused = payload.flush();
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused.front().code, ErrorCode::too_large);
  EXPECT_EQ(texts(), std::vector<std::string>{"Ping"});
  EXPECT_EQ(payload.send(view(long_text('a'))).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace flnet::net
