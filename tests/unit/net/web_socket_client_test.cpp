// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient over sockets that the test plays: it comes back, it stops, and it is bounded.
#include "net/web_socket_client_state.hpp"

#include "support/pending.hpp"

#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flnet {
namespace {

struct Sockets;

class FakeSocket final : public io::WebSocketClient {
 public:
  FakeSocket(Sockets& all, io::WebSocketClientSink& its_sink);
  ~FakeSocket() override;
  Result<> send(std::string text) override {
    if (full) return failure(ErrorCode::queue_full, "no room");
    sent.push_back(std::move(text));
    return {};
  }
  void close(std::string) override { closing = true; }

  io::WebSocketClientSink& sink;
  std::vector<std::string> sent;
  bool full = false, closing = false;

 private:
  Sockets& all_;
};

struct Sockets {
  FakeSocket* last = nullptr;
  int opened = 0;
};

FakeSocket::FakeSocket(Sockets& all, io::WebSocketClientSink& its_sink) : sink(its_sink), all_(all) {
  ++all_.opened;
  all_.last = this;
}
FakeSocket::~FakeSocket() {
  if (all_.last == this) all_.last = nullptr;
}

class WebSocketClientTest : public ::testing::Test {
 protected:
  /// What was emitted since the last call, one word a message.
  std::string said() {
    std::string words;
    loop.settle();
    while (const auto message = tap.try_next()) {
      if (const auto* output = std::get_if<WSClientOutput::Any>(&*message)) {
        if (const auto* text = std::get_if<WSClientOutput::Message>(output)) {
          words += text->text.substr(0, 20) + " ";
        } else {
          static const char* const names[] = {"Connected", "Message", "Disconnected", "Error"};
          words += std::string(names[output->index()]) + " ";
        }
      }
      loop.settle();
    }
    return words;
  }
  void give(WSClientInput::Any input) {
    EXPECT_TRUE(client.broker().emit_to(Destination::NoTap, WSClientMessage(std::move(input))));
    loop.settle();
  }
  void open() { sockets.last->sink.socket_opened(); }
  void lose() { sockets.last->sink.socket_closed({ErrorCode::closed, "closed by the other side"}); }

  VirtualLoop loop;
  Sockets sockets;
  WebSocketClient client{std::make_unique<WebSocketClient::State>(
      loop, std::make_unique<SeededRandom>(1),
      [this](io::WebSocketClientSink& sink) { return std::make_unique<FakeSocket>(sockets, sink); })};
  Tap<WSClientMessage> tap = client.broker().tap();
};

TEST_F(WebSocketClientTest, passes_messages_both_ways) {
  open();
  sockets.last->sink.socket_received("hello");
  EXPECT_EQ(said(), "Connected hello ");
  give(WSClientInput::Message{"world"});
  EXPECT_EQ(sockets.last->sent, std::vector<std::string>{"world"});
  EXPECT_EQ(said(), "");
}

TEST_F(WebSocketClientTest, comes_back_within_half_a_second_after_it_was_lost) {
  open();
  loop.advance(1min);
  lose();
  EXPECT_EQ(said(), "Connected Disconnected ");
  loop.advance(500ms);
  EXPECT_EQ(sockets.opened, 2);
  open();
  EXPECT_EQ(said(), "Connected ");
}

TEST_F(WebSocketClientTest, tries_again_and_again_but_not_too_often) {
  const Time end = loop.now() + 1h;
  while (loop.now() < end) {
    if (sockets.last != nullptr) sockets.last->sink.socket_closed({ErrorCode::unreachable, "no server"});
    EXPECT_EQ(said(), "Error ");
    const int before = sockets.opened;
    while (sockets.opened == before) loop.advance(10ms);
  }
  EXPECT_GT(sockets.opened, 120);
  EXPECT_LT(sockets.opened, 480);
}

TEST_F(WebSocketClientTest, does_not_hammer_a_server_that_closes_at_once) {
  const Time end = loop.now() + 10min;
  while (loop.now() < end) {
    open();
    lose();
    EXPECT_EQ(said(), "Connected Disconnected ");
    const int before = sockets.opened;
    while (sockets.opened == before) loop.advance(10ms);
  }
  EXPECT_LT(sockets.opened, 120);
}

TEST_F(WebSocketClientTest, says_error_for_messages_that_can_not_be_sent) {
  give(WSClientInput::Message{"too early"});
  EXPECT_EQ(said(), "Error ");
  open();
  sockets.last->full = true;
  give(WSClientInput::Message{"no room"});
  EXPECT_EQ(said(), "Connected Error ");
  lose();
  give(WSClientInput::Message{"too late"});
  EXPECT_EQ(said(), "Disconnected Error ");
}

TEST_F(WebSocketClientTest, stays_away_after_disconnect) {
  open();
  give(WSClientInput::Disconnect{});
  EXPECT_TRUE(sockets.last->closing);
  EXPECT_EQ(said(), "Connected ");
  sockets.last->sink.socket_received("not heard any more");
  lose();
  EXPECT_EQ(said(), "Disconnected ");
  give(WSClientInput::Disconnect{});
  give(WSClientInput::Message{"to nobody"});
  EXPECT_EQ(said(), "Error ");
  loop.advance(10min);
  EXPECT_EQ(sockets.opened, 1);
}

TEST_F(WebSocketClientTest, can_be_disconnected_while_it_connects_and_while_it_waits) {
  sockets.last->sink.socket_closed({ErrorCode::refused, "no"});
  EXPECT_EQ(said(), "Error ");
  give(WSClientInput::Disconnect{});
  EXPECT_EQ(said(), "Disconnected ");
  loop.advance(10min);
  EXPECT_EQ(sockets.opened, 1);
}

TEST_F(WebSocketClientTest, tells_disconnected_once_when_it_is_stopped_while_it_connects) {
  give(WSClientInput::Disconnect{});
  EXPECT_TRUE(sockets.last->closing);
  open();
  EXPECT_EQ(said(), "");
  lose();
  EXPECT_EQ(said(), "Disconnected ");
}

TEST_F(WebSocketClientTest, closes_the_socket_when_nobody_reads_and_comes_back_when_somebody_does) {
  open();
  const std::string large(WebSocketClientLimits::max_message_bytes, 'x');
  // The broker takes some, then the feed does.
  for (int i = 0; i < 2000 && !sockets.last->closing; ++i) {
    sockets.last->sink.socket_received(i % 100 == 0 ? large : "small");
    loop.settle();
  }
  EXPECT_TRUE(sockets.last->closing);
  loop.advance(1h);
  EXPECT_EQ(sockets.opened, 1);
  const std::string all = said();
  EXPECT_TRUE(all.ends_with("Error Disconnected ")) << all.substr(all.size() - 60);
  loop.advance(1s);
  EXPECT_EQ(sockets.opened, 2);
}

TEST_F(WebSocketClientTest, keeps_what_came_before_its_broker_was_asked_for) {
  Sockets others;
  const WebSocketClient other{std::make_unique<WebSocketClient::State>(
      loop, std::make_unique<SeededRandom>(2),
      [&others](io::WebSocketClientSink& sink) { return std::make_unique<FakeSocket>(others, sink); })};
  others.last->sink.socket_opened();
  others.last->sink.socket_received("the server speaks first");
  loop.advance(1min);
  tap = other.broker().tap();
  EXPECT_EQ(said(), "Connected the server speaks fi ");
}

TEST_F(WebSocketClientTest, leaves_its_broker_to_those_who_hold_it) {
  const Broker<WSClientMessage> kept = client.broker();
  open();
  {
    const WebSocketClient gone = std::move(client);
  }
  EXPECT_EQ(sockets.last, nullptr);
  EXPECT_EQ(said(), "");
  EXPECT_TRUE(kept.emit(WSClientMessage(WSClientInput::Any(WSClientInput::Message{"to nobody"}))));
  loop.settle();
}

}  // namespace
}  // namespace flnet
