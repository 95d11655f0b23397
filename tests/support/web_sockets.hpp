// SPDX-License-Identifier: MIT OR Apache-2.0
// Sinks that write down what WebSocket clients and servers say, and a loop that runs until something holds.
#pragma once

#include "io/web_socket_client.hpp"
#include "io/web_socket_server.hpp"

#include <flnet/asio_loop.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet::test {

/// Runs `loop` until `holds`, at most `limit`.
inline bool run_until(AsioLoop& loop, const std::function<bool()>& holds, Duration limit = 10s) {
  const Time end = loop.now() + limit;
  std::function<void()> look;
  Timer timer;
  look = [&] {
    if (holds() || loop.now() >= end) return loop.stop();
    timer = loop.at(loop.now() + 1ms, look);
  };
  timer = loop.at(loop.now(), look);
  loop.run();
  return holds();
}

struct ClientLog final : io::WebSocketClientSink {
  void socket_opened() override { ++opened; }
  void socket_received(std::string_view text) override {
    received.emplace_back(text);
    if (on_received) on_received(text);
  }
  void socket_closed(Error reason) override {
    EXPECT_FALSE(closed) << "closed twice: " << reason.detail;
    closed = std::move(reason);
    if (on_closed) on_closed();
  }

  int opened = 0;
  std::vector<std::string> received;
  std::optional<Error> closed;
  std::function<void(std::string_view)> on_received;
  std::function<void()> on_closed;
};

struct ServerLog final : io::WebSocketServerSink {
  struct Socket {
    SocketAddress from;
    std::vector<std::string> received;
    int pongs = 0;
    std::optional<Error> closed;
  };
  void socket_opened(io::WebSocketId id, const SocketAddress& from) override {
    EXPECT_FALSE(sockets.contains(id));
    sockets[id].from = from;
    last = id;
    ++open;
  }
  void socket_received(io::WebSocketId id, std::string_view text) override {
    sockets.at(id).received.emplace_back(text);
    if (on_received) on_received(id, text);
  }
  void socket_pong(io::WebSocketId id) override { ++sockets.at(id).pongs; }
  void socket_closed(io::WebSocketId id, Error reason) override {
    EXPECT_FALSE(sockets.at(id).closed) << "closed twice";
    sockets.at(id).closed = std::move(reason);
    --open;
  }

  std::map<io::WebSocketId, Socket> sockets;
  io::WebSocketId last{};
  int open = 0;
  std::function<void(io::WebSocketId, std::string_view)> on_received;
};

inline SocketAddress address(std::string_view text) {
  return SocketAddress::parse(text).value();
}

inline std::unique_ptr<io::WebSocketServer> serve(AsioLoop& loop, ServerLog& log,
                                                  io::WebSocketServerConfig config = {}) {
  if (config.listen.empty()) config.listen = {address("127.0.0.1:0")};
  auto server = io::WebSocketServer::listen(loop, std::move(config), log);
  EXPECT_TRUE(server) << server.error().detail;
  return std::move(server).value();
}

inline std::string url_of(const io::WebSocketServer& server, std::string_view host = "127.0.0.1") {
  return "ws://" + std::string(host) + ":" + std::to_string(server.addresses().at(0).port);
}

inline std::unique_ptr<io::WebSocketClient> dial(AsioLoop& loop, ClientLog& log, std::string url,
                                                 io::WebSocketClientConfig config = {}) {
  config.url = std::move(url);
  return io::WebSocketClient::open(loop, std::move(config), log);
}

}  // namespace flnet::test
