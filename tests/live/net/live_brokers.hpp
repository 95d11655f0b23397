// SPDX-License-Identifier: MIT OR Apache-2.0
// What live tests of NetworkBroker share: nodes as brokers, what is told there, and calls.
#pragma once

#include "live/net/live_network.hpp"

#include <flnet/network_broker.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace flnet::testing {

using NetworkTap = Tap<NetworkMessage>;

inline Task<NetworkBroker> join_as_broker(std::string url) {
  const auto config = *co_await NodeConfig::generate();
  auto node = co_await network_broker_start(config, url);
  EXPECT_TRUE(node.has_value()) << to_string(node.error());
  co_return std::move(*node);
}

/// The next reply of the wanted kind that `fits`.
template <class Reply>
Task<std::optional<Reply>> next_reply(
    NetworkTap& tap, std::function<bool(const Reply&)> fits = [](const Reply&) { return true; }) {
  const Time give_up = now() + patience;
  while (now() < give_up) {
    const auto message = co_await within(give_up - now(), tap.recv());
    if (!message || !*message) co_return std::nullopt;
    const auto* reply = std::get_if<NetReply::Any>(&**message);
    const auto* wanted = reply ? std::get_if<Reply>(reply) : nullptr;
    if (wanted != nullptr && fits(*wanted)) co_return *wanted;
  }
  co_return std::nullopt;
}

inline Result<> call(const NetworkBroker& node, NetCall::Any what) {
  return node.broker().emit(std::move(what));
}

}  // namespace flnet::testing
