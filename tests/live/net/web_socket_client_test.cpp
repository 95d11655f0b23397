// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient as a broker, at a signalling server. On every platform.
#include "live/net/own_node.hpp"

namespace flnet::testing {
namespace {

Task<> hears_and_leaves() {
  const auto server = start_server();
  const auto client = co_await connect_to(url_of(server));
  auto tap = client.broker().tap();
  EXPECT_TRUE((co_await next<WSClientOutput::Connected>(tap)).has_value());
  const auto challenge = co_await next<WSClientOutput::Message>(tap);
  EXPECT_TRUE(challenge && challenge->text.starts_with("{\"Challenge\":[3,"));
  give(client, WSClientInput::Disconnect{});
  EXPECT_TRUE((co_await next<WSClientOutput::Disconnected>(tap)).has_value());
  give(client, WSClientInput::Message{"too late"});
  EXPECT_TRUE((co_await next<WSClientOutput::Error>(tap)).has_value());
}
TEST(WebSocketClientLive, hears_the_server_and_leaves_for_good) {
  run_test(hears_and_leaves());
}

Task<> first_words() {
  const auto server = start_server();
  const auto client = co_await connect_to(url_of(server));
  co_await sleep(50ms);
  auto tap = client.broker().tap();
  EXPECT_TRUE((co_await next<WSClientOutput::Message>(tap)).has_value()) << "the challenge came before";
}
TEST(WebSocketClientLive, keeps_the_first_words_for_the_first_reader) {
  run_test(first_words());
}

Task<> bad_urls() {
  EXPECT_EQ((co_await WebSocketClient::connect("http://localhost")).error().code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(WebSocketClient::start("ws://").error().code, ErrorCode::invalid_argument);
  EXPECT_EQ((co_await WebSocketClient::connect("ws://127.0.0.1:1")).error().code, ErrorCode::unreachable);
}
TEST(WebSocketClientLive, says_why_it_can_not_connect) {
  run_test(bad_urls());
}

Task<> destroyed() {
  const auto server = start_server();
  for (int i = 0; i < 5; ++i) {
    auto client = WebSocketClient::start(url_of(server));
    const auto broker = client->broker();
    co_await sleep(i * 1ms);
    {
      const WebSocketClient gone = std::move(*client);
    }
    EXPECT_TRUE(broker.emit(WSClientMessage(WSClientInput::Any(WSClientInput::Message{"to nobody"}))));
    co_await broker.settle();
  }
}
TEST(WebSocketClientLive, may_be_destroyed_at_any_time) {
  run_test(destroyed());
}

Task<> destroyed_by_callback() {
  const auto server = start_server();
  std::optional<WebSocketClient> client(co_await connect_to(url_of(server)));
  const auto broker = client->broker();
  const auto gone = broker.add_callback([&client](const WSClientMessage&) { client.reset(); });
  const Time give_up = now() + patience;
  while (client && now() < give_up) co_await sleep(1ms);
  EXPECT_FALSE(client.has_value());
}
TEST(WebSocketClientLive, may_be_destroyed_by_a_callback_of_its_broker) {
  run_test(destroyed_by_callback());
}

Task<> own_network() {
  const auto server = start_server();
  auto alice = co_await OwnNode::join(url_of(server));
  auto bob = co_await OwnNode::join(url_of(server));
  EXPECT_TRUE((co_await alice.network.send_msg(bob.network.id(), "over parts of our own")).has_value());
  const auto received = co_await next<NetReply::RcvNodeMessage>(bob.network);
  EXPECT_TRUE(received && received->message.text() == "over parts of our own");
}
TEST(WebSocketClientLive, carries_the_signalling_of_a_network) {
  run_test(own_network());
}

}  // namespace
}  // namespace flnet::testing
