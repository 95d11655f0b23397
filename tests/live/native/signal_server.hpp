// SPDX-License-Identifier: MIT OR Apache-2.0
// A signalling server in the test's process, for tests that count at it, stop it, or start it again.
#pragma once

#include <flnet/signal_server.hpp>

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace flnet::testing {

/// Listens on a free port of 127.0.0.1, or on `port`.
inline SignalServer start_signal_server(std::uint16_t port = 0) {
  auto server = SignalServer::start({.listen = {SocketAddress{IpAddress::v4({127, 0, 0, 1}), port}}});
  EXPECT_TRUE(server.has_value()) << to_string(server.error());
  return std::move(*server);
}

inline std::string url_of(const SignalServer& server) {
  return "ws://" + server.addresses().front().to_string();
}

}  // namespace flnet::testing
