// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocket client and server against each other on loopback.
#include "support/web_sockets.hpp"

#include <boost/asio/io_context.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace flnet {
namespace {

using io::WebSocketClient;
using io::WebSocketId;
using io::WebSocketServer;
using test::ClientLog;
using test::dial;
using test::run_until;
using test::serve;
using test::ServerLog;
using test::url_of;

TEST(WebSocket, carries_texts_both_ways_in_order) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog client_log;
  const auto server = serve(loop, server_log);
  server_log.on_received = [&](WebSocketId id, std::string_view text) {
    server->send(id, std::string(text));
  };
  const auto client = dial(loop, client_log, url_of(*server));
  constexpr std::size_t message_count = 5000;
  // Sent before the socket is open: it waits.
  for (std::size_t i = 0; i < message_count; ++i) ASSERT_TRUE(client->send("message " + std::to_string(i)));
  EXPECT_EQ(client_log.opened, 0);
  ASSERT_TRUE(run_until(loop, [&] { return client_log.received.size() == message_count; }));
  for (std::size_t i = 0; i < message_count; ++i)
    EXPECT_EQ(client_log.received[i], "message " + std::to_string(i));
  EXPECT_EQ(client_log.opened, 1);
  EXPECT_EQ(server->counters().accepted, 1U);
  EXPECT_EQ(server_log.sockets.begin()->second.from.ip, IpAddress::v4({127, 0, 0, 1}));
}

TEST(WebSocket, client_closes_with_what_it_had_queued) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog client_log;
  const auto server = serve(loop, server_log);
  const auto client = dial(loop, client_log, url_of(*server));
  ASSERT_TRUE(run_until(loop, [&] { return client_log.opened == 1; }));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(client->send(std::string(1000, 'x')));
  client->close("goodbye");
  EXPECT_EQ(client->send("late").error().code, ErrorCode::closed);
  EXPECT_FALSE(client_log.closed) << "called from within close";
  ASSERT_TRUE(run_until(loop, [&] { return client_log.closed && server_log.open == 0; }));
  EXPECT_EQ(client_log.closed->code, ErrorCode::closed);
  const ServerLog::Socket& socket = server_log.sockets.begin()->second;
  EXPECT_EQ(socket.received.size(), 100U);
  EXPECT_NE(socket.closed->detail.find("goodbye"), std::string::npos) << socket.closed->detail;
}

TEST(WebSocket, server_closes_one_and_keeps_the_other) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog first_log, second_log;
  const auto server = serve(loop, server_log);
  const auto first = dial(loop, first_log, url_of(*server));
  ASSERT_TRUE(run_until(loop, [&] { return server_log.open == 1; }));
  const WebSocketId first_id = server_log.last;
  const auto second = dial(loop, second_log, url_of(*server));
  ASSERT_TRUE(run_until(loop, [&] { return server_log.open == 2; }));
  server->send(first_id, "last words");
  server->close(first_id, "enough");
  ASSERT_TRUE(run_until(loop, [&] { return first_log.closed && server_log.open == 1; }));
  EXPECT_EQ(first_log.received, std::vector<std::string>{"last words"});
  EXPECT_NE(first_log.closed->detail.find("enough"), std::string::npos);
  server->send(first_id, "to nobody");
  server->send(server_log.last, "still here");
  ASSERT_TRUE(run_until(loop, [&] { return second_log.received.size() == 1; }));
  EXPECT_FALSE(second_log.closed);
}

TEST(WebSocket, pings_are_answered) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog client_log;
  const auto server = serve(loop, server_log);
  const auto client = dial(loop, client_log, url_of(*server));
  ASSERT_TRUE(run_until(loop, [&] { return server_log.open == 1; }));
  server->ping(server_log.last);
  EXPECT_TRUE(run_until(loop, [&] { return server_log.sockets.at(server_log.last).pongs == 1; }));
}

TEST(WebSocket, server_closes_on_a_message_above_its_limit) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog client_log;
  const auto server = serve(loop, server_log);
  const auto client = dial(loop, client_log, url_of(*server));
  ASSERT_TRUE(client->send(std::string(64 * 1024, 'a')));
  ASSERT_TRUE(client->send(std::string(64 * 1024 + 1, 'b')));
  ASSERT_TRUE(run_until(loop, [&] { return client_log.closed && server_log.open == 0; }));
  const ServerLog::Socket& socket = server_log.sockets.begin()->second;
  ASSERT_EQ(socket.received.size(), 1U);
  EXPECT_EQ(socket.closed->code, ErrorCode::too_large);
  EXPECT_EQ(server->counters().closed_too_large, 1U);
}

TEST(WebSocket, client_closes_on_a_message_above_its_limit) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog client_log;
  const auto server = serve(loop, server_log);
  const auto client =
      dial(loop, client_log, url_of(*server), {.url = "", .ca_file = "", .max_message_bytes = 1000});
  ASSERT_TRUE(run_until(loop, [&] { return server_log.open == 1; }));
  server->send(server_log.last, std::string(1001, 'a'));
  ASSERT_TRUE(run_until(loop, [&] { return client_log.closed && server_log.open == 0; }));
  EXPECT_EQ(client_log.closed->code, ErrorCode::too_large);
}

TEST(WebSocket, client_queue_says_when_it_is_full) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog client_log;
  const auto server = serve(loop, server_log);
  const auto client =
      dial(loop, client_log, url_of(*server), {.url = "", .ca_file = "", .send_queue_bytes = 1000});
  EXPECT_TRUE(client->send(std::string(600, 'a')));
  EXPECT_EQ(client->send(std::string(401, 'a')).error().code, ErrorCode::queue_full);
  EXPECT_TRUE(client->send(std::string(400, 'a')));
  ASSERT_TRUE(run_until(
      loop, [&] { return server_log.open == 1 && server_log.sockets.begin()->second.received.size() == 2; }));
  EXPECT_TRUE(client->send(std::string(1000, 'a')));
}

TEST(WebSocket, an_unreachable_server_is_an_error_that_names_it) {
  AsioLoop loop;
  std::string url;
  {
    ServerLog server_log;
    url = url_of(*serve(loop, server_log), "localhost");
  }
  ClientLog client_log;
  const auto client = dial(loop, client_log, url);
  ASSERT_TRUE(run_until(loop, [&] { return client_log.closed.has_value(); }));
  EXPECT_EQ(client_log.closed->code, ErrorCode::unreachable);
  EXPECT_EQ(client_log.closed->detail, "can't reach " + url + ": connection refused");
  EXPECT_EQ(client_log.opened, 0);
}

TEST(WebSocket, a_bad_url_is_reported_later_not_inside_open) {
  AsioLoop loop;
  ClientLog client_log;
  const auto client = dial(loop, client_log, "http://localhost");
  EXPECT_FALSE(client_log.closed);
  ASSERT_TRUE(run_until(loop, [&] { return client_log.closed.has_value(); }));
  EXPECT_EQ(client_log.closed->code, ErrorCode::invalid_argument);
}

TEST(WebSocket, closing_before_it_is_open_is_reported_later) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog client_log;
  const auto server = serve(loop, server_log);
  const auto client = dial(loop, client_log, url_of(*server));
  client->close("changed my mind");
  EXPECT_FALSE(client_log.closed);
  ASSERT_TRUE(run_until(loop, [&] { return client_log.closed.has_value(); }));
  EXPECT_EQ(client_log.opened, 0);
}

TEST(WebSocket, a_port_in_use_is_an_error_that_names_it) {
  AsioLoop loop;
  ServerLog server_log;
  const auto server = serve(loop, server_log);
  const SocketAddress taken = server->addresses().at(0);
  const auto second = WebSocketServer::listen(loop, {.listen = {taken}}, server_log);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::address_in_use);
  EXPECT_NE(second.error().detail.find(taken.to_string()), std::string::npos);
}

TEST(WebSocket, an_unspecified_ipv6_address_serves_both_families) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog v4_log, v6_log;
  const auto server = serve(loop, server_log, {.listen = {test::address("[::]:0")}});
  const auto v4 = dial(loop, v4_log, url_of(*server, "127.0.0.1"));
  ASSERT_TRUE(run_until(loop, [&] { return v4_log.opened == 1 && server_log.open == 1; }));
  EXPECT_EQ(server_log.sockets.at(server_log.last).from.ip, IpAddress::v4({127, 0, 0, 1}));
  if (server->addresses().at(0).ip.is_v4()) GTEST_SKIP() << "no IPv6 here";
  const auto v6 = dial(loop, v6_log, url_of(*server, "[::1]"));
  EXPECT_TRUE(run_until(loop, [&] { return v6_log.opened == 1 || v6_log.closed; }));
  if (v6_log.closed) GTEST_SKIP() << v6_log.closed->detail;
}

TEST(WebSocket, limits_connections_in_all_and_of_one_address) {
  for (const bool per_address : {false, true}) {
    AsioLoop loop;
    ServerLog server_log;
    std::vector<ClientLog> logs(3);
    io::WebSocketServerConfig config;
    (per_address ? config.max_connections_per_address : config.max_connections) = 2;
    const auto server = serve(loop, server_log, config);
    std::vector<std::unique_ptr<WebSocketClient>> clients;
    for (ClientLog& log : logs) clients.push_back(dial(loop, log, url_of(*server)));
    ASSERT_TRUE(
        run_until(loop, [&] { return server_log.open == 2 && server->counters().refused_limit == 1; }));
    clients.clear();
    ASSERT_TRUE(run_until(loop, [&] { return server_log.open == 0; }));
    ClientLog again_log;
    const auto again = dial(loop, again_log, url_of(*server));
    EXPECT_TRUE(run_until(loop, [&] { return again_log.opened == 1; }));
  }
}

TEST(WebSocket, a_dead_client_is_noticed_by_the_server_and_the_other_way_round) {
  AsioLoop loop;
  ServerLog server_log;
  ClientLog client_log, other_log;
  auto server = serve(loop, server_log);
  auto client = dial(loop, client_log, url_of(*server));
  const auto other = dial(loop, other_log, url_of(*server));
  ASSERT_TRUE(run_until(loop, [&] { return server_log.open == 2; }));
  client.reset();
  ASSERT_TRUE(run_until(loop, [&] { return server_log.open == 1; }));
  EXPECT_FALSE(client_log.closed) << "called after its end";
  server.reset();
  ASSERT_TRUE(run_until(loop, [&] { return other_log.closed.has_value(); }));
  EXPECT_EQ(other_log.closed->code, ErrorCode::closed);
  EXPECT_EQ(server_log.open, 1) << "the server's sink was called after its end";
}

TEST(WebSocket, server_and_clients_die_in_the_middle_of_traffic) {
  for (int round = 0; round < 20; ++round) {
    AsioLoop loop;
    ServerLog server_log;
    std::vector<std::unique_ptr<ClientLog>> logs;
    std::vector<std::unique_ptr<WebSocketClient>> clients;
    auto server = serve(loop, server_log);
    int echoes = 0;
    server_log.on_received = [&](WebSocketId id, std::string_view text) {
      server->send(id, std::string(text));
      // Inside a callback of one of its own sockets.
      if (++echoes == 50 + round * 37 && round % 2 == 0) server.reset();
    };
    for (std::size_t i = 0; i < 20; ++i) {
      logs.push_back(std::make_unique<ClientLog>());
      clients.push_back(dial(loop, *logs.back(), url_of(*server)));
      logs.back()->on_received = [&, i](std::string_view text) {
        if (text.size() > 20) return clients[i].reset();
        (void)clients[i]->send(std::string(text) + "x");
        (void)clients[i]->send(std::string(text));
      };
      ASSERT_TRUE(clients.back()->send("x"));
    }
    run_until(loop, [&] { return echoes >= 50 + round * 37; });
    if (round % 4 == 1) server.reset();
    if (round % 4 == 3) clients.clear();
    run_until(loop, [] { return false; }, 2ms);
  }
}

TEST(WebSocket, runs_on_the_applications_context) {
  boost::asio::io_context context;
  {
    AsioLoop loop(context);
    ServerLog server_log;
    ClientLog client_log;
    auto server = serve(loop, server_log);
    const auto client = dial(loop, client_log, url_of(*server));
    client_log.on_closed = [&] { server.reset(); };
    server_log.on_received = [&](WebSocketId id, std::string_view) { server->close(id, "done"); };
    ASSERT_TRUE(client->send("hello"));
    // Ends by itself: nothing is left to do.
    context.run_for(std::chrono::seconds(10));
    EXPECT_TRUE(client_log.closed);
  }
  context.restart();
  context.run();
}

}  // namespace
}  // namespace flnet
