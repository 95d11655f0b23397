// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInServer and StandInSocket: connecting, the hub's first words, closing from either side, and limits.
#include "net/stand_in_server.hpp"

#include "io/keys.hpp"
#include "net/stand_in_socket.hpp"
#include "wire/signal_message.hpp"

#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet::net {
namespace {

NodeID node(std::uint8_t number) {
  std::array<std::uint8_t, U256::size> bytes{};
  bytes[0] = number;
  return NodeID(bytes);
}

struct Client final : io::WebSocketClientSink {
  std::unique_ptr<io::WebSocketClient> socket;
  bool opened = false;
  std::vector<std::string> received;
  std::optional<Error> closed;

  void socket_opened() override { opened = true; }
  void socket_received(std::string_view text) override { received.emplace_back(text); }
  void socket_closed(Error reason) override {
    EXPECT_FALSE(closed) << "the end comes once";
    closed = std::move(reason);
  }
};

struct ServerTest : ::testing::Test {
  VirtualLoop loop;
  StandInWorld world{loop, {}};
  std::optional<StandInServer> server{world};
  Client client;

  void connect(Client& connecting) {
    connecting.socket =
        std::make_unique<StandInSocket>(std::make_shared<int>(), loop, *server, node(1), connecting);
  }
  void open() {
    connect(client);
    loop.advance(1s);
    ASSERT_TRUE(client.opened);
  }
  void isolate() {
    world.terrain.isolate(node(1));
    world.cuts_changed();
  }
};
using StandInServerTest = ServerTest;

TEST_F(StandInServerTest, connecting_takes_two_round_trips_and_the_server_speaks_first) {
  connect(client);
  loop.advance(39ms);
  EXPECT_FALSE(client.opened);
  loop.advance(1ms);
  EXPECT_TRUE(client.opened);
  ASSERT_EQ(client.received.size(), 1U);
  EXPECT_TRUE(client.received[0].starts_with(R"({"Challenge":[3,)")) << client.received[0];
  EXPECT_EQ(client.socket->send(std::string(1024 * 1024 + 1, 'x')).error().code, ErrorCode::queue_full);
}

TEST_F(StandInServerTest, nothing_can_be_sent_before_the_socket_is_open_or_after_its_end) {
  connect(client);
  EXPECT_EQ(client.socket->send("early").error().code, ErrorCode::closed);
  loop.advance(1s);
  EXPECT_TRUE(client.socket->send("{}").has_value());
  client.socket->close("enough");
  EXPECT_EQ(client.socket->send("late").error().code, ErrorCode::closed);
  EXPECT_FALSE(client.closed) << "never within a call";
  loop.advance(20ms);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->code, ErrorCode::closed);
}

TEST_F(StandInServerTest, a_stopped_server_closes_its_sockets_and_takes_no_new_ones) {
  open();
  server->stop();
  loop.advance(10ms);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->code, ErrorCode::closed);
  Client second;
  connect(second);
  loop.advance(20ms);
  ASSERT_TRUE(second.closed);
  EXPECT_EQ(second.closed->code, ErrorCode::unreachable);
  server->start();
  Client third;
  connect(third);
  loop.advance(40ms);
  EXPECT_TRUE(third.opened);
}

TEST_F(StandInServerTest, a_server_that_stops_while_a_client_connects_refuses_it) {
  connect(client);
  loop.advance(15ms);
  server->stop();
  loop.advance(1s);
  EXPECT_FALSE(client.opened);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->code, ErrorCode::unreachable);
}

TEST_F(StandInServerTest, a_message_that_is_too_large_closes_the_socket) {
  open();
  EXPECT_TRUE(client.socket->send(std::string(64 * 1024, ' ')).has_value());
  loop.advance(1s);
  EXPECT_FALSE(client.closed);
  EXPECT_TRUE(client.socket->send(std::string(64 * 1024 + 1, ' ')).has_value());
  loop.advance(1s);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->code, ErrorCode::too_large);
}

Task<> announce(Client& client) {
  const io::Seed seed{1};
  const auto challenge = wire::decode_server_message(client.received.at(0));
  const U256 text = std::get<wire::Challenge>(*challenge).challenge;
  wire::Announce words{.challenge = text, .info = {.name = "reader", .client = "libc"}};
  words.info.public_key = (co_await io::public_key(seed)).value();
  words.signature = (co_await io::sign(seed, to_bytes(text.bytes()))).value();
  EXPECT_TRUE(client.socket->send(wire::encode(words)).has_value());
}

TEST_F(StandInServerTest, a_client_that_reads_too_slowly_is_closed) {
  open();
  ASSERT_TRUE(loop.run(announce(client)).has_value());
  loop.advance(20ms);
  const std::string request = wire::encode(wire::ListRequest{});
  EXPECT_TRUE(client.socket->send(request).has_value());
  loop.advance(20ms);
  ASSERT_GE(client.received.size(), 2U);
  const std::size_t list_bytes = client.received.back().size();

  const std::size_t before = client.received.size();
  const std::size_t requests = StandInServer::send_queue_bytes / list_bytes + 1;
  for (std::size_t i = 0; i < requests; ++i) EXPECT_TRUE(client.socket->send(request).has_value());
  world.terrain.set_conditions({.latency = 1min});  // For the answers.
  loop.advance(1min);
  EXPECT_EQ(client.received.size(), before);
  loop.advance(1min);
  EXPECT_EQ(client.received.size(), before + requests - 1);
  ASSERT_TRUE(client.closed);
  EXPECT_EQ(client.closed->detail, "the client reads too slowly");
}

TEST_F(StandInServerTest, a_client_that_never_announces_is_closed) {
  open();
  loop.advance(30s);
  EXPECT_TRUE(client.closed);
}

TEST_F(StandInServerTest, a_client_behind_a_cut_closes_without_the_servers_answer) {
  open();
  isolate();
  client.socket->close("enough");
  loop.advance(999ms);
  EXPECT_FALSE(client.closed);
  loop.advance(1ms);
  EXPECT_TRUE(client.closed);
}

TEST_F(StandInServerTest, sockets_may_die_at_any_time_and_leave_nothing_behind) {
  for (const Duration life : {Duration(0ms), Duration(5ms), Duration(15ms), Duration(35ms), Duration(1s)}) {
    Client dying;
    connect(dying);
    loop.advance(life);
    if (dying.opened) {
      EXPECT_TRUE(dying.socket->send("{}").has_value());
    }
    dying.socket.reset();
    loop.advance(1min);
    EXPECT_FALSE(dying.closed);
  }
  // Silent clients would be pinged or timed out: there are none.
  EXPECT_TRUE(loop.idle());
}

}  // namespace
}  // namespace flnet::net
