// SPDX-License-Identifier: MIT OR Apache-2.0
// What live tests of the network share: a signalling server on a free port and nodes at it.
#pragma once

#include <flnet/flnet.hpp>
#include <flnet/signal_server.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace flnet::testing {

inline constexpr auto patience = 20s;

/// Listens on a free port of 127.0.0.1, or on `port`.
inline SignalServer start_server(std::uint16_t port = 0) {
  auto server = SignalServer::start({.listen = {SocketAddress{IpAddress::v4({127, 0, 0, 1}), port}}});
  EXPECT_TRUE(server.has_value()) << to_string(server.error());
  return std::move(*server);
}

inline std::string url_of(const SignalServer& server) {
  return "ws://" + server.addresses().front().to_string();
}

inline Task<Network> join(std::string url) {
  const auto config = co_await NodeConfig::generate();
  auto net = co_await network_start(config, url);
  EXPECT_TRUE(net.has_value()) << to_string(net.error());
  co_return std::move(*net);
}

/// The next reply of the wanted kind; others are passed over. Nothing when none comes in time.
template <class Reply>
Task<std::optional<Reply>> next(Network& net) {
  const Time give_up = now() + patience;
  while (now() < give_up) {
    auto reply = co_await within(give_up - now(), net.recv());
    if (!reply || !*reply) co_return std::nullopt;
    if (auto* wanted = std::get_if<Reply>(&**reply)) co_return std::move(*wanted);
  }
  co_return std::nullopt;
}

/// Runs one test's coroutine on a loop of its own, for at most two minutes.
inline void run_test(Task<> test) {
  struct Bounded {
    static Task<bool> finish(Task<> task) {
      co_await std::move(task);
      co_return true;
    }
    static Task<> run(Task<> task) {
      const auto finished = co_await within(120s, finish(std::move(task)));
      EXPECT_TRUE(finished.has_value()) << "the test hangs";
    }
  };
  EXPECT_EQ(flnet::run(Bounded::run(std::move(test))), 0);
}

}  // namespace flnet::testing
