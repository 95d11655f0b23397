// SPDX-License-Identifier: MIT OR Apache-2.0
// The chat's module by itself: the test plays the node, the clock and the user.
#include "chat/chat.hpp"
#include "chat/line.hpp"
#include "chat/room.hpp"
#include "chat/screen.hpp"

#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace chat {
namespace {

using flnet::Message;
using flnet::NetCall;
using flnet::NetReply;
using flnet::NodeID;
using flnet::NodeInfo;
using flnet::TimerMessage;
using Lines = std::vector<std::string>;

NodeInfo node(std::string name, std::uint8_t number) {
  NodeInfo info{.name = std::move(name)};
  std::array<std::uint8_t, NodeID::size> bytes{};
  bytes[0] = number;
  info.public_key = NodeID(bytes);
  return info;
}

const NodeInfo alice = node("Alice", 1), bob = node("Bob", 2), carol = node("Carol", 3);

struct Sent {
  NodeID to;
  Line line;
  friend bool operator==(const Sent&, const Sent&) = default;
};

/// Alice's chat.
class ChatModule : public ::testing::Test {
 protected:
  void SetUp() override {
    chat_.link_node(node_);
    chat_.link_clock(clock_);
    registrations_.push_back(chat_.broker().add_callback([this](const ChatMessage& message) {
      if (const auto* news = std::get_if<News::Any>(&message)) news_.push_back(text_of(*news));
    }));
    registrations_.push_back(node_.add_callback([this](const flnet::NetworkMessage& message) {
      if (const auto* call = std::get_if<NetCall::Any>(&message)) calls_.push_back(*call);
    }));
  }

  void wish(Wish::Any what) {
    ASSERT_TRUE(chat_.broker().emit(std::move(what)));
    loop_.settle();
  }
  void reply(NetReply::Any what) {
    ASSERT_TRUE(node_.emit(std::move(what)));
    loop_.settle();
  }
  void list(std::vector<NodeInfo> others) {
    others.push_back(alice);
    reply(NetReply::RcvWSUpdateList{std::move(others)});
  }
  void hear(const NodeInfo& from, Message message) {
    reply(NetReply::RcvNodeMessage{from.id(), std::move(message)});
  }
  void hear(const NodeInfo& from, std::string_view text) { hear(from, Message::from_text(text)); }
  void hear(const NodeInfo& from, const Line& line) { hear(from, to_json(line)); }
  void pass(int seconds) {
    for (int i = 0; i < seconds; ++i) {
      ASSERT_TRUE(clock_.emit(TimerMessage::Second));
      loop_.settle();
    }
  }
  void enter(std::vector<NodeInfo> others) {
    list(std::move(others));
    news_.clear();
  }

  Lines news() { return std::exchange(news_, {}); }
  std::vector<Sent> sent() {
    std::vector<Sent> lines;
    for (const NetCall::Any& call : std::exchange(calls_, {})) {
      const auto* send = std::get_if<NetCall::SendNodeMessage>(&call);
      if (send == nullptr) continue;
      const auto line = line_from_json(send->message.text());
      EXPECT_TRUE(line.has_value());
      if (line) lines.push_back({send->to, *line});
    }
    return lines;
  }
  std::ptrdiff_t list_requests() {
    const NetCall::Any request = NetCall::SendWSUpdateListRequest{};
    const auto calls = std::exchange(calls_, {});
    return std::ranges::count(calls, request);
  }

  flnet::VirtualLoop loop_;
  Chat chat_{alice, flnet::Broker<ChatMessage>(loop_)};
  flnet::Broker<flnet::NetworkMessage> node_{loop_};
  flnet::Broker<TimerMessage> clock_{loop_};

 private:
  std::vector<flnet::Registration> registrations_;
  Lines news_;
  std::vector<NetCall::Any> calls_;
};

TEST_F(ChatModule, tells_who_is_here_when_the_first_list_comes) {
  EXPECT_EQ(news(), Lines{});
  list({carol, bob});
  EXPECT_EQ(news(), Lines{"* you are Alice; here is Bob, Carol (/help)"});
  wish(Wish::WhoIsHere{});
  EXPECT_EQ(news(), Lines{"* here is Bob, Carol"});
}

TEST_F(ChatModule, says_a_line_to_all_others) {
  enter({bob, carol});
  wish(Wish::Say{"hello"});
  const Line hello{Line::Kind::say, "Alice", "hello"};
  EXPECT_EQ(sent(), (std::vector<Sent>{{bob.id(), hello}, {carol.id(), hello}}));
  EXPECT_EQ(news(), Lines{});
}

TEST_F(ChatModule, does_not_lose_a_line_silently_when_nobody_is_here) {
  enter({});
  wish(Wish::Say{"hello"});
  EXPECT_EQ(news(), Lines{"! nobody else is here"});
}

TEST_F(ChatModule, keeps_wishes_until_the_first_list_but_not_without_end) {
  wish(Wish::Say{"early"});
  for (std::size_t i = 1; i < Limits::early_wishes; ++i) wish(Wish::WhoIsHere{});
  EXPECT_EQ(news(), Lines{});
  wish(Wish::Say{"one too many"});
  EXPECT_EQ(news(), Lines{"! the signalling server has not said yet who is here"});
  list({bob});
  EXPECT_EQ(sent(), (std::vector<Sent>{{bob.id(), {Line::Kind::say, "Alice", "early"}}}));
  EXPECT_EQ(news().size(), Limits::early_wishes);
}

TEST_F(ChatModule, shows_what_others_say_and_to_whom) {
  enter({bob});
  hear(bob, Line{Line::Kind::say, "Bob", "good morning"});
  hear(bob, Line{Line::Kind::tell, "Bob", "a secret"});
  EXPECT_EQ(news(), (Lines{"<Bob> good morning", "<Bob> (to you alone) a secret"}));
}

TEST_F(ChatModule, shows_who_comes_and_who_goes) {
  enter({bob});
  list({bob, carol});
  EXPECT_EQ(news(), Lines{"* Carol has joined"});
  list({carol});
  EXPECT_EQ(news(), Lines{}) << "missing once may be a reconnection";
  list({carol});
  EXPECT_EQ(news(), Lines{"* Bob has left"});
  list({carol});
  EXPECT_EQ(news(), Lines{});
}

TEST_F(ChatModule, those_with_an_open_link_stay_without_being_listed) {
  enter({bob});
  reply(NetReply::Connected{bob.id()});
  for (int i = 0; i < 5; ++i) list({});
  EXPECT_EQ(news(), Lines{});
  EXPECT_EQ(list_requests(), 0);
  reply(NetReply::Disconnected{bob.id(), {}});
  EXPECT_EQ(list_requests(), 1) << "is it gone, or only its link?";
  list({});
  EXPECT_EQ(news(), Lines{"* Bob has left"});
}

TEST_F(ChatModule, those_whose_link_ends_are_gone_with_the_next_list_that_has_them_not) {
  enter({bob, carol});
  reply(NetReply::Connected{bob.id()});
  reply(NetReply::Disconnected{bob.id(), {}});
  reply(NetReply::Connected{carol.id()});
  reply(NetReply::Disconnected{carol.id(), {}});
  list({carol});
  EXPECT_EQ(news(), Lines{"* Bob has left"});
  list({});
  EXPECT_EQ(news(), Lines{}) << "Carol was listed in between";
}

TEST_F(ChatModule, hears_those_who_speak_before_they_are_listed) {
  enter({});
  hear(bob, Line{Line::Kind::say, "Bob", "hi"});
  EXPECT_EQ(news(), (Lines{"* Bob has joined", "<Bob> hi"}));
  list({bob});
  EXPECT_EQ(news(), Lines{});
}

TEST_F(ChatModule, tells_one_alone_also_when_names_have_spaces) {
  const NodeInfo heron = node("Amber Heron", 4), amber = node("Amber", 5);
  enter({heron, amber});
  wish(Wish::Tell{"Amber Heron  hello"});
  wish(Wish::Tell{"Amber hello"});
  wish(Wish::Tell{"#" + heron.id().short_hex() + " by id"});
  EXPECT_EQ(sent(), (std::vector<Sent>{{heron.id(), {Line::Kind::tell, "Alice", "hello"}},
                                       {amber.id(), {Line::Kind::tell, "Alice", "hello"}},
                                       {heron.id(), {Line::Kind::tell, "Alice", "by id"}}}));
  wish(Wish::Tell{"Ambe hello"});
  wish(Wish::Tell{"Amber"});
  EXPECT_EQ(news(), (Lines{"! nobody of that name is here; /who tells who is",
                           "! there is nothing to tell: /msg NAME text"}));
}

TEST_F(ChatModule, tells_people_of_one_name_apart) {
  const NodeInfo bob2 = node("Bob", 4), alice2 = node("Alice", 5),
                 false_bob = node("Bob#0400000000000000", 6), nameless = node("", 7);
  enter({bob, bob2, alice2, false_bob, nameless});
  wish(Wish::WhoIsHere{});
  EXPECT_EQ(news(), Lines{"* here is #0700000000000000, Alice#0500000000000000, Bob#0200000000000000, "
                          "Bob#0400000000000000, Bob#0400000000000000#0600000000000000"});
  wish(Wish::Tell{"Bob#0400000000000000 hello"});
  wish(Wish::Tell{"Bob hello"});
  EXPECT_EQ(sent(), (std::vector<Sent>{{bob2.id(), {Line::Kind::tell, "Alice", "hello"}}}));
}

TEST_F(ChatModule, is_called_something_else_also_by_those_who_come_later) {
  enter({bob});
  wish(Wish::Rename{"  Queen of Hearts "});
  const Line now{Line::Kind::name, "Queen of Hearts", ""};
  EXPECT_EQ(sent(), (std::vector<Sent>{{bob.id(), now}}));
  list({bob, carol});
  EXPECT_EQ(sent(), (std::vector<Sent>{{carol.id(), now}}));
  EXPECT_EQ(news(), (Lines{"* Alice is now called Queen of Hearts", "* Carol has joined"}));
  wish(Wish::Rename{" "});
  wish(Wish::Rename{"Bob#1"});
  EXPECT_EQ(news(), (Lines{"! a name has at least one letter: /name NAME", "! a name has no # in it"}));
}

TEST_F(ChatModule, shows_that_others_are_called_something_else) {
  enter({bob});
  hear(bob, Line{Line::Kind::name, "Robert", ""});
  EXPECT_EQ(news(), Lines{"* Bob is now called Robert"});
  list({bob});
  hear(bob, Line{Line::Kind::say, "Robert", "hi"});
  EXPECT_EQ(news(), Lines{"<Robert> hi"}) << "the list still has the old name";
}

TEST_F(ChatModule, mentions_a_stranger_once_and_spares_it_our_lines) {
  enter({bob, carol});
  for (int i = 0; i < 3; ++i) hear(bob, "Ping");
  hear(bob, Message::from_binary({1, 2, 3}));
  EXPECT_EQ(news(), Lines{"* Bob is no chat and will not be heard; it says: Ping"});
  wish(Wish::Say{"hello"});
  EXPECT_EQ(sent(), (std::vector<Sent>{{carol.id(), {Line::Kind::say, "Alice", "hello"}}}));
  hear(bob, Line{Line::Kind::say, "Bob", "here I am"});
  EXPECT_EQ(news(), Lines{"<Bob> here I am"}) << "it has learnt to chat";
}

TEST_F(ChatModule, shows_the_beginning_of_what_a_stranger_says) {
  enter({bob});
  hear(bob, std::string(100'000, 'x'));
  EXPECT_EQ(news(), Lines{"* Bob is no chat and will not be heard; it says: " +
                          std::string(Limits::stranger_bytes, 'x')});
}

TEST_F(ChatModule, passes_over_what_later_chats_say) {
  enter({bob});
  hear(bob, R"({"flnet_chat":2,"whatever":[]})");
  hear(bob, R"({"flnet_chat":1,"kind":"wave","name":"Bob"})");
  EXPECT_EQ(news(), Lines{});
}

TEST_F(ChatModule, refuses_lines_that_are_too_long) {
  enter({bob});
  wish(Wish::Say{std::string(Limits::text_bytes, 'x')});
  EXPECT_EQ(sent().size(), 1U);
  wish(Wish::Say{std::string(Limits::text_bytes + 1, 'x')});
  wish(Wish::Tell{"Bob " + std::string(Limits::text_bytes + 1, 'x')});
  EXPECT_EQ(sent().size(), 0U);
  EXPECT_EQ(news(), Lines(2, "! a line has at most 4096 bytes; this one was not sent"));
}

TEST_F(ChatModule, sees_that_signalling_is_lost_and_back) {
  pass(20);
  EXPECT_EQ(news(), Lines{}) << "what was not there can't be lost";
  enter({bob});
  EXPECT_EQ(list_requests(), 10);
  pass(Room::silence_s - 1);
  list({bob});
  pass(Room::silence_s - 1);
  EXPECT_EQ(news(), Lines{});
  pass(100);
  EXPECT_EQ(
      news(),
      Lines{"! the signalling server does not answer: who comes and goes is not seen until it is back"});
  list({});
  list({bob});
  EXPECT_EQ(news(), Lines{"* the signalling server is back"}) << "others need a moment longer to come back";
}

TEST_F(ChatModule, says_which_messages_did_not_get_there) {
  enter({bob, carol});
  hear(carol, "Ping");
  news();
  reply(NetReply::MessagesLost{bob.id(), 1, {flnet::ErrorCode::timed_out, "no answer"}});
  reply(NetReply::MessagesLost{bob.id(), 3, {flnet::ErrorCode::timed_out, "no answer"}});
  reply(NetReply::MessagesLost{carol.id(), 1, {flnet::ErrorCode::timed_out, "no answer"}});
  EXPECT_EQ(news(),
            (Lines{"! a message did not reach Bob: no answer", "! 3 messages did not reach Bob: no answer"}));
}

TEST_F(ChatModule, leaves_also_when_too_much_was_wished_before_the_first_list) {
  for (std::size_t i = 0; i < Limits::early_wishes; ++i) wish(Wish::WhoIsHere{});
  wish(Wish::Leave{});
  list({});
  EXPECT_EQ(news().back(), "* you leave");
}

TEST_F(ChatModule, tells_nothing_after_the_user_has_left) {
  enter({bob});
  wish(Wish::Leave{});
  EXPECT_EQ(news(), Lines{"* you leave"});
  hear(bob, Line{Line::Kind::say, "Bob", "still here?"});
  wish(Wish::Say{"yes"});
  pass(20);
  EXPECT_EQ(news(), Lines{});
  EXPECT_EQ(sent().size() + static_cast<std::size_t>(list_requests()), 0U);
}

TEST_F(ChatModule, a_crowd_above_the_limit_is_not_let_in) {
  std::vector<NodeInfo> crowd;
  for (std::size_t i = 0; i < Limits::people + 50; ++i) {
    NodeInfo info{.name = "n" + std::to_string(i)};
    std::array<std::uint8_t, NodeID::size> bytes{9, static_cast<std::uint8_t>(i >> 8U),
                                                 static_cast<std::uint8_t>(i)};
    info.public_key = NodeID(bytes);
    crowd.push_back(info);
  }
  enter(crowd);
  wish(Wish::Say{"hello"});
  EXPECT_EQ(sent().size(), Limits::people);
  hear(crowd.back(), Line{Line::Kind::say, "late", "hello"});
  EXPECT_EQ(news(), Lines{});
}

TEST_F(ChatModule, a_screen_that_nobody_reads_holds_up_the_node_and_nothing_is_lost) {
  enter({bob});
  const flnet::Broker<TerminalMessage> terminal(loop_);
  const auto links = link_terminal(chat_.broker(), terminal);
  std::optional<flnet::Tap<TerminalMessage>> screen = terminal.tap();
  const auto said = [](std::size_t number) {
    const Line line{Line::Kind::say, "Bob", std::to_string(number)};
    return NetReply::Any(NetReply::RcvNodeMessage{bob.id(), Message::from_text(to_json(line))});
  };
  std::size_t accepted = 0, read = 0;
  for (int i = 0; i < 5000; ++i) {
    if (node_.emit(said(accepted))) ++accepted;
    loop_.settle();
    ASSERT_LE(screen->size(), flnet::BrokerLimits{}.messages);
    // From the 3000th on it is read, slowly.
    if (i < 3000 || i % 10 != 0) continue;
    const auto show = screen->try_next();
    ASSERT_TRUE(show.has_value());
    EXPECT_EQ(std::get<Show>(*show).line, "<Bob> " + std::to_string(read++));
  }
  EXPECT_EQ(accepted, flnet::BrokerLimits{}.messages + read);
}

TEST_F(ChatModule, its_terminal_answers_what_is_no_wish) {
  enter({bob});
  const flnet::Broker<TerminalMessage> terminal(loop_);
  const auto links = link_terminal(chat_.broker(), terminal);
  Lines screen;
  const auto watch = terminal.add_callback([&](const TerminalMessage& message) {
    if (const auto* show = std::get_if<Show>(&message)) screen.push_back(show->line);
  });
  for (const TerminalMessage& typed : {TerminalMessage(Typed{"/dance"}), TerminalMessage(TypedTooMuch{}),
                                       TerminalMessage(Typed{""}), TerminalMessage(Typed{"hello"})})
    EXPECT_TRUE(terminal.emit(typed));
  loop_.settle();
  EXPECT_EQ(screen, (Lines{"! there is no such command; /help lists them",
                           "! a line has at most 4096 bytes; this one was not sent"}));
  EXPECT_EQ(sent().size(), 1U);
  EXPECT_TRUE(terminal.emit(HungUp{}));
  loop_.settle();
  EXPECT_EQ(news().back(), "* you leave") << "that stays in the chat's broker, for the program";
}

/// A xorshift generator (Marsaglia 2003).
struct Numbers {
  std::uint64_t state;
  std::uint64_t next() {
    state ^= state << 13U;
    state ^= state >> 7U;
    return state ^= state << 17U;
  }
};

TEST_F(ChatModule, whatever_peers_send_the_screen_gets_printable_lines) {
  enter({bob, carol});
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    Numbers numbers{seed * 0x9e3779b97f4a7c15U};
    std::string text =
        to_json({static_cast<Line::Kind>(numbers.next() % 3), "Bob \x1b[2J\n", "a\u202e\x9b\r\ttext\x07"});
    for (auto changes = numbers.next() % 8; changes > 0; --changes)
      text[numbers.next() % text.size()] = static_cast<char>(numbers.next());
    hear(numbers.next() % 2 == 0 ? bob : node(text.substr(0, 80), 200), text);
    for (const std::string& line : news())
      for (const char letter : line)
        ASSERT_TRUE(static_cast<unsigned char>(letter) >= 0x20 && letter != 0x7f) << "seed " << seed;
  }
}

}  // namespace
}  // namespace chat
