// SPDX-License-Identifier: MIT OR Apache-2.0
// What live tests of the network share: nodes at a signalling server, and what they hear.
#pragma once

#include "live/ground.hpp"

#include <flnet/flnet.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace flnet::testing {

inline Task<Network> join(std::string url) {
  const auto config = *co_await NodeConfig::generate();
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

}  // namespace flnet::testing
