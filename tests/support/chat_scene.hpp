// SPDX-License-Identifier: MIT OR Apache-2.0
// Scenes of the chat example over any NetworkBrokers: real ones, or those of a network that stands in for
// one.
#pragma once

#include "chat/chat.hpp"
#include "chat/screen.hpp"

#include <flnet/flnet.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flnet::test {

/// A chat over a node, with its user: the test types, and reads what would be on the screen.
class ChatUser {
 public:
  /// A node tries to reach its signalling server again at growing intervals.
  static constexpr auto patience = 60s;

  /// Right after the node was started: it has not heard its first list yet.
  explicit ChatUser(NetworkBroker node) : node_(std::move(node)), chat_(node_.info()) {
    chat_.link_node(node_.broker());
    chat_.link_clock(clock_.broker());
    registrations_ = chat::link_terminal(chat_.broker(), terminal_);
    registrations_.push_back(terminal_.add_callback([this](const chat::TerminalMessage& message) {
      if (const auto* show = std::get_if<chat::Show>(&message)) screen_.push_back(show->line);
    }));
  }
  // What is registered refers to it.
  ChatUser(const ChatUser&) = delete;
  ChatUser& operator=(const ChatUser&) = delete;

  NodeID id() const { return node_.id(); }
  void types(std::string line) { EXPECT_TRUE(terminal_.emit(chat::Typed{std::move(line)})); }
  /// Waits until this line is on the screen, and takes it away.
  Task<> reads(std::string line) {
    const Time give_up = now() + patience;
    while (!take(line)) {
      if (now() >= give_up) {
        ADD_FAILURE() << node_.info().name << " did not read: " << line << screen_text();
        co_return;
      }
      co_await sleep(10ms);
    }
  }
  bool take(const std::string& line) {
    const auto found = std::ranges::find(screen_, line);
    if (found == screen_.end()) return false;
    screen_.erase(found);
    return true;
  }
  std::string screen_text() const {
    std::string text = "\n  but:";
    for (const std::string& line : screen_) text += "\n  " + line;
    return text;
  }
  Task<Result<>> close() { return node_.close(); }

 private:
  NetworkBroker node_;
  TimerBroker clock_;
  chat::Chat chat_;
  Broker<chat::TerminalMessage> terminal_;
  std::vector<std::string> screen_;
  std::vector<Registration> registrations_;
};

/// How a scene gets its nodes: started at one signalling server, under that name. The task is carried out
/// at once.
using StartChatNode = std::function<Task<NetworkBroker>(std::string name)>;

/// Three people meet, talk, are called something else, and part.
inline Task<> chat_three_people_talk(const StartChatNode& start_node) {
  ChatUser alice(co_await start_node("Alice"));
  co_await alice.reads("* you are Alice; here is nobody else (/help)");
  auto bob = std::make_unique<ChatUser>(co_await start_node("Bob"));
  co_await bob->reads("* you are Bob; here is Alice (/help)");
  co_await alice.reads("* Bob has joined");
  ChatUser carol(co_await start_node("Carol"));
  co_await carol.reads("* you are Carol; here is Alice, Bob (/help)");
  co_await alice.reads("* Carol has joined");
  co_await bob->reads("* Carol has joined");

  alice.types("good morning");
  co_await bob->reads("<Alice> good morning");
  co_await carol.reads("<Alice> good morning");
  bob->types("/msg Carol a \x1b[31msecret");
  co_await carol.reads("<Bob> (to you alone) a \\u{1b}[31msecret");

  carol.types("/name Queen of Hearts");
  co_await alice.reads("* Carol is now called Queen of Hearts");
  carol.types("off with his head");
  co_await bob->reads("<Queen of Hearts> off with his head");
  bob->types("/msg Queen of Hearts please not");
  co_await carol.reads("<Bob> (to you alone) please not");
  alice.types("/who");
  co_await alice.reads("* here is Bob, Queen of Hearts");
  EXPECT_EQ(alice.screen_text().find("secret"), std::string::npos) << "was told Carol alone";

  EXPECT_TRUE(co_await bob->close());
  bob.reset();
  co_await alice.reads("* Bob has left");
  co_await carol.reads("* Bob has left");
}

/// Who is linked talks on while signalling is gone; who comes when it is back is seen.
inline Task<> chat_outlives_signalling(const StartChatNode& start_node,
                                       const std::function<void()>& stop_signalling,
                                       const std::function<void()>& start_signalling) {
  ChatUser alice(co_await start_node("Alice"));
  ChatUser bob(co_await start_node("Bob"));
  co_await alice.reads("* Bob has joined");
  alice.types("before");
  co_await bob.reads("<Alice> before");

  stop_signalling();
  const std::string lost =
      "! the signalling server does not answer: who comes and goes is not seen until it is back";
  co_await alice.reads(lost);
  co_await bob.reads(lost);
  bob.types("without it");
  co_await alice.reads("<Bob> without it");

  start_signalling();
  co_await alice.reads("* the signalling server is back");
  co_await bob.reads("* the signalling server is back");
  const ChatUser carol(co_await start_node("Carol"));
  co_await alice.reads("* Carol has joined");
  EXPECT_FALSE(alice.take("* Bob has left"));
}

/// A node that sends other texts is mentioned once and then left alone.
inline Task<> chat_meets_a_stranger(const StartChatNode& start_node) {
  ChatUser alice(co_await start_node("Alice"));
  auto stranger = co_await start_node("Ping Node");
  co_await alice.reads("* Ping Node has joined");
  for (int i = 0; i < 10; ++i)
    EXPECT_TRUE(stranger.broker().emit(
        NetCall::Any(NetCall::SendNodeMessage{alice.id(), Message::from_text("Ping")})));
  co_await alice.reads("* Ping Node is no chat and will not be heard; it says: Ping");
  ChatUser bob(co_await start_node("Bob"));
  co_await alice.reads("* Bob has joined");
  bob.types("hello");
  co_await alice.reads("<Bob> hello");
  EXPECT_FALSE(alice.take("* Ping Node is no chat and will not be heard; it says: Ping")) << "once is enough";
}

}  // namespace flnet::test
