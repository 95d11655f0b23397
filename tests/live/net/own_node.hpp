// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient in live tests: what it tells, and a node that is put together from it and other public
// parts.
#pragma once

#include "live/net/live_network.hpp"

#include <flnet/web_rtc_conn.hpp>
#include <flnet/web_socket.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace flnet::testing {

inline Task<WebSocketClient> connect_to(std::string url) {
  auto client = co_await WebSocketClient::connect(url);
  EXPECT_TRUE(client.has_value()) << to_string(client.error());
  co_return std::move(*client);
}

template <class Output, class Any, class Message>
Task<std::optional<Output>> next_of(Tap<Message>& tap) {
  const Time give_up = now() + patience;
  while (now() < give_up) {
    auto message = co_await within(give_up - now(), tap.recv());
    if (!message || !*message) co_return std::nullopt;
    auto* output = std::get_if<Any>(&**message);
    if (output == nullptr) continue;
    if (auto* wanted = std::get_if<Output>(output)) co_return std::move(*wanted);
  }
  ADD_FAILURE() << "it never comes";
  co_return std::nullopt;
}
template <class Output>
Task<std::optional<Output>> next(Tap<WSClientMessage>& tap) {
  return next_of<Output, WSClientOutput::Any>(tap);
}

inline void give(const WebSocketClient& client, WSClientInput::Any input) {
  EXPECT_TRUE(client.broker().emit_to(Destination::NoTap, WSClientMessage(std::move(input))));
}

/// A node that is put together from public parts.
struct OwnNode {
  static Task<OwnNode> join(std::string url) {
    auto socket = co_await connect_to(url);
    const auto config = *co_await NodeConfig::generate();
    auto peers = WebRTCConn::start(config.info.id(), ConnectionConfig(url));
    EXPECT_TRUE(peers.has_value());
    auto network = co_await network_start(config, socket.broker(), peers->broker());
    EXPECT_TRUE(network.has_value()) << to_string(network.error());
    co_return OwnNode{std::move(socket), std::move(*peers), std::move(*network)};
  }

  WebSocketClient socket;
  WebRTCConn peers;
  Network network;
};

}  // namespace flnet::testing
