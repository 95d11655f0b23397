// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient and WebSocketServer as brokers, over real sockets on loopback.
#include "live/native/signal_server.hpp"
#include "live/net/native/raw_client.hpp"
#include "live/net/own_node.hpp"

#include <flnet/web_socket_server.hpp>

#include <memory>

namespace flnet::testing {
namespace {

// Beside those for servers.
using testing::give;
using testing::next;
using testing::url_of;

WebSocketServer start_web_socket_server(WebSocketServerConfig config = {}, std::uint16_t port = 0) {
  config.listen = {SocketAddress{IpAddress::v4({127, 0, 0, 1}), port}};
  auto server = WebSocketServer::start(config);
  EXPECT_TRUE(server.has_value()) << to_string(server.error());
  return std::move(*server);
}
std::string url_of(const WebSocketServer& server) {
  return "ws://" + server.addresses().front().to_string();
}

template <class Output>
Task<std::optional<Output>> next(Tap<WSServerMessage>& tap) {
  return next_of<Output, WSServerOutput::Any>(tap);
}

void give(const WebSocketServer& server, WSServerInput::Any input) {
  EXPECT_TRUE(server.broker().emit_to(Destination::NoTap, WSServerMessage(std::move(input))));
}

Task<> two_clients() {
  auto server = start_web_socket_server();
  auto at_server = server.broker().tap();
  const auto client1 = co_await connect_to(url_of(server));
  const auto client2 = co_await connect_to(url_of(server));
  auto at_client1 = client1.broker().tap(), at_client2 = client2.broker().tap();
  EXPECT_TRUE((co_await next<WSClientOutput::Connected>(at_client1)).has_value());
  EXPECT_TRUE((co_await next<WSClientOutput::Connected>(at_client2)).has_value());
  const WSConnection first = (co_await next<WSServerOutput::NewConnection>(at_server))->connection;
  const WSConnection second = (co_await next<WSServerOutput::NewConnection>(at_server))->connection;
  EXPECT_NE(first, second);

  for (int i = 0; i < 2; ++i) {
    give(client1, WSClientInput::Message{"Hello 1"});
    const auto heard = co_await next<WSServerOutput::Message>(at_server);
    EXPECT_EQ(heard, (WSServerOutput::Message{first, "Hello 1"}));
    give(server, WSServerInput::Message{second, "there 2"});
    EXPECT_EQ((co_await next<WSClientOutput::Message>(at_client2))->text, "there 2");
  }
  give(server, WSServerInput::Ping{first});
  EXPECT_EQ((co_await next<WSServerOutput::Pong>(at_server))->connection, first);

  give(client1, WSClientInput::Disconnect{});
  EXPECT_TRUE((co_await next<WSClientOutput::Disconnected>(at_client1)).has_value());
  EXPECT_EQ((co_await next<WSServerOutput::Disconnection>(at_server))->connection, first);
  give(server, WSServerInput::Message{first, "to nobody"});
  give(server, WSServerInput::Close{second});
  EXPECT_EQ((co_await next<WSServerOutput::Disconnection>(at_server))->connection, second);
  EXPECT_TRUE((co_await next<WSClientOutput::Disconnected>(at_client2)).has_value());
}
TEST(WebSocketBrokerLive, serves_two_clients) {
  run_test(two_clients());
}

Task<> stop() {
  auto server = start_web_socket_server();
  auto at_server = server.broker().tap();
  const auto client = co_await connect_to(url_of(server));
  auto at_client = client.broker().tap();
  const WSConnection connection = (co_await next<WSServerOutput::NewConnection>(at_server))->connection;
  give(server, WSServerInput::Message{connection, "the last word"});
  give(server, WSServerInput::Stop{});
  EXPECT_EQ((co_await next<WSClientOutput::Message>(at_client))->text, "the last word");
  EXPECT_TRUE((co_await next<WSClientOutput::Disconnected>(at_client)).has_value());
  EXPECT_EQ((co_await next<WSServerOutput::Disconnection>(at_server))->connection, connection);
  EXPECT_TRUE((co_await next<WSServerOutput::Stopped>(at_server)).has_value());
  EXPECT_TRUE(server.addresses().empty());
  give(server, WSServerInput::Stop{});
  give(server, WSServerInput::Message{connection, "to nobody"});
  co_await server.broker().settle();
  EXPECT_EQ(at_server.size(), 0U);
}
TEST(WebSocketBrokerLive, stops_after_the_last_words_have_left) {
  run_test(stop());
}

Task<> comes_back() {
  std::optional<WebSocketServer> server(start_web_socket_server());
  const std::string url = url_of(*server);
  const std::uint16_t port = server->addresses().front().port;
  const auto client = co_await connect_to(url);
  auto at_client = client.broker().tap();
  EXPECT_TRUE((co_await next<WSClientOutput::Connected>(at_client)).has_value());
  server.reset();
  EXPECT_TRUE((co_await next<WSClientOutput::Disconnected>(at_client)).has_value());
  server.emplace(start_web_socket_server({}, port));
  EXPECT_TRUE((co_await next<WSClientOutput::Connected>(at_client)).has_value());
  auto at_server = server->broker().tap();
  give(client, WSClientInput::Message{"here again"});
  EXPECT_EQ((co_await next<WSServerOutput::Message>(at_server))->text, "here again");
}
TEST(WebSocketBrokerLive, comes_back_to_a_server_that_was_restarted) {
  run_test(comes_back());
}

Task<> bad_urls() {
  EXPECT_EQ((co_await WebSocketClient::connect("http://localhost")).error().code,
            ErrorCode::invalid_argument);
  EXPECT_EQ(WebSocketClient::start("ws://").error().code, ErrorCode::invalid_argument);
  std::string url;
  {
    const auto server = start_web_socket_server();
    url = url_of(server);
  }
  EXPECT_EQ((co_await WebSocketClient::connect(url)).error().code, ErrorCode::unreachable);
  const auto server = start_web_socket_server();
  const auto same = WebSocketServer::start({.listen = server.addresses()});
  EXPECT_EQ(same.error().code, ErrorCode::address_in_use);
  EXPECT_EQ(WebSocketServer::start(WebSocketServerConfig{}).error().code, ErrorCode::invalid_argument);
}
TEST(WebSocketBrokerLive, says_why_it_can_not_connect_or_listen) {
  run_test(bad_urls());
}

Task<> first_words() {
  auto server = start_web_socket_server();
  auto at_server = server.broker().tap();
  const auto client = co_await connect_to(url_of(server));
  const WSConnection connection = (co_await next<WSServerOutput::NewConnection>(at_server))->connection;
  give(server, WSServerInput::Message{connection, "the server speaks first"});
  co_await sleep(50ms);
  auto at_client = client.broker().tap();
  EXPECT_EQ((co_await next<WSClientOutput::Message>(at_client))->text, "the server speaks first");
}
TEST(WebSocketBrokerLive, keeps_the_first_words_for_the_first_reader) {
  run_test(first_words());
}

Task<> slow_application() {
  WebSocketServerConfig config;
  config.receive_bytes = 64 * 1024;
  auto server = start_web_socket_server(config);
  RawClient flood(url_of(server)), quiet(url_of(server));
  auto at_server = server.broker().tap();
  EXPECT_TRUE((co_await next<WSServerOutput::NewConnection>(at_server)).has_value());
  EXPECT_TRUE((co_await next<WSServerOutput::NewConnection>(at_server)).has_value());
  const std::string text(1024, 'x');
  // The broker's share first, then what the server keeps beyond it.
  const Time give_up = now() + patience;
  while (!flood.closed() && now() < give_up) {
    for (int i = 0; i < 20 && flood.try_say(text); ++i) continue;
    co_await sleep(2ms);
  }
  EXPECT_TRUE(flood.closed().has_value()) << "the flood goes on";
  std::size_t messages = 0;
  std::optional<WSConnection> closed;
  while (!closed) {
    const auto message = co_await within(patience, at_server.recv());
    if (!message || !*message) break;
    const auto* output = std::get_if<WSServerOutput::Any>(&**message);
    if (output == nullptr) continue;
    if (std::holds_alternative<WSServerOutput::Message>(*output)) ++messages;
    if (const auto* gone = std::get_if<WSServerOutput::Disconnection>(output)) closed = gone->connection;
  }
  EXPECT_TRUE(closed.has_value()) << "it was never closed";
  EXPECT_LT(messages, config.unread_messages + 100);
  quiet.say("still served");
  EXPECT_EQ((co_await next<WSServerOutput::Message>(at_server))->text, "still served");
}
TEST(WebSocketBrokerLive, closes_a_client_that_floods_an_application_that_does_not_read) {
  run_test(slow_application());
}

Task<> destroyed() {
  for (int i = 0; i < 5; ++i) {
    auto server = std::make_unique<WebSocketServer>(start_web_socket_server());
    auto client = WebSocketClient::start(url_of(*server));
    const auto client_broker = client->broker();
    const auto server_broker = server->broker();
    co_await sleep(i * 1ms);
    {
      const WebSocketClient gone = std::move(*client);
    }
    server.reset();
    EXPECT_TRUE(client_broker.emit(WSClientMessage(WSClientInput::Any(WSClientInput::Message{"to nobody"}))));
    EXPECT_TRUE(server_broker.emit(WSServerMessage(WSServerInput::Any(WSServerInput::Stop{}))));
    co_await client_broker.settle();
  }
}
TEST(WebSocketBrokerLive, may_be_destroyed_at_any_time) {
  run_test(destroyed());
}

Task<> destroyed_by_callbacks() {
  std::optional<WebSocketServer> server(start_web_socket_server());
  std::optional<WebSocketClient> client(co_await connect_to(url_of(*server)));
  const auto client_broker = client->broker();
  const auto server_broker = server->broker();
  const auto at_client = client_broker.add_callback([&client](const WSClientMessage&) { client.reset(); });
  const auto at_server = server_broker.add_callback([&server](const WSServerMessage&) { server.reset(); });
  const Time give_up = now() + patience;
  while ((client || server) && now() < give_up) co_await sleep(1ms);
  EXPECT_FALSE(client.has_value());
  EXPECT_FALSE(server.has_value());
}
TEST(WebSocketBrokerLive, may_be_destroyed_by_callbacks_of_their_brokers) {
  run_test(destroyed_by_callbacks());
}

Task<> any_address() {
  const auto server = WebSocketServer::start(0);
  EXPECT_TRUE(server.has_value());
  const auto port = std::to_string(server->addresses().front().port);
  const auto client = co_await connect_to("ws://127.0.0.1:" + port);
  const auto by_name = co_await connect_to("ws://localhost:" + port);
}
TEST(WebSocketBrokerLive, listens_on_all_addresses_when_given_a_port_alone) {
  run_test(any_address());
}

struct OwnSignalServer {
  explicit OwnSignalServer(std::uint16_t port = 0)
      : sockets(start_web_socket_server({}, port)), server(SignalServer::start(sockets.broker(), 1)) {}

  WebSocketServer sockets;
  SignalServer server;
};

Task<> own_network() {
  std::optional<OwnSignalServer> server(std::in_place);
  const std::string url = url_of(server->sockets);
  const std::uint16_t port = server->sockets.addresses().front().port;
  auto alice = co_await OwnNode::join(url);
  auto bob = co_await OwnNode::join(url);
  EXPECT_TRUE((co_await alice.network.send_msg(bob.network.id(), "over parts of our own")).has_value());
  auto received = co_await testing::next<NetReply::RcvNodeMessage>(bob.network);
  EXPECT_TRUE(received && received->message.text() == "over parts of our own");

  server.reset();
  co_await sleep(100ms);
  server.emplace(port);
  while (server->server.counters().nodes < 2) co_await sleep(10ms);
  const auto carol = co_await OwnNode::join(url);
  EXPECT_EQ(server->server.counters().nodes, 3U);
}
TEST(WebSocketBrokerLive, carries_the_signalling_of_a_network_and_brings_it_back) {
  run_test(own_network());
}

}  // namespace
}  // namespace flnet::testing
