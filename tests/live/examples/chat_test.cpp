// SPDX-License-Identifier: MIT OR Apache-2.0
// The chat's module over real nodes on loopback.
#include "live/native/signal_server.hpp"
#include "live/net/live_network.hpp"
#include "support/chat_scene.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace flnet::testing {
namespace {

Task<NetworkBroker> join_as(std::string name, std::string url) {
  auto config = *co_await NodeConfig::generate();
  config.info.name = std::move(name);
  auto node = co_await network_broker_start(config, url);
  EXPECT_TRUE(node.has_value()) << to_string(node.error());
  co_return std::move(*node);
}

/// A signalling server that goes and comes back.
struct Place {
  std::optional<SignalServer> server{start_signal_server()};
  std::string url = url_of(*server);
  std::uint16_t port = server->addresses().front().port;
  test::StartChatNode start_node = [this](std::string name) { return join_as(std::move(name), url); };
};

TEST(ChatLive, three_people_talk) {
  struct Case {
    static Task<> run() {
      const Place place;
      co_await test::chat_three_people_talk(place.start_node);
    }
  };
  run_test(Case::run());
}

TEST(ChatLive, outlives_signalling) {
  struct Case {
    static Task<> run() {
      Place place;
      const auto stop = [&place] { place.server.reset(); };
      const auto start = [&place] { place.server = start_signal_server(place.port); };
      co_await test::chat_outlives_signalling(place.start_node, stop, start);
    }
  };
  run_test(Case::run());
}

TEST(ChatLive, meets_a_stranger) {
  struct Case {
    static Task<> run() {
      const Place place;
      co_await test::chat_meets_a_stranger(place.start_node);
    }
  };
  run_test(Case::run());
}

}  // namespace
}  // namespace flnet::testing
