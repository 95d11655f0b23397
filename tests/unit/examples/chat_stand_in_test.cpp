// SPDX-License-Identifier: MIT OR Apache-2.0
// The chat's scenes on the stand-in network: in virtual time, over good ways and bad ones.
#include "support/chat_scene.hpp"
#include "support/stand_in_world.hpp"

#include <flnet/stand_in_network.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

struct ChatOnStandIn : testing::TestWithParam<std::uint64_t> {
  VirtualLoop loop;
  test::QuietLog quiet;
  StandInNetwork world{{.seed = GetParam(), .conditions = {.latency = 30ms, .jitter = 60ms, .loss = 0.05}},
                       loop};
  test::StartChatNode start_node = [this](std::string name) {
    return started_broker(world, std::move(name));
  };

  static Task<NetworkBroker> started_broker(StandInNetwork& world, std::string name) {
    auto node = co_await world.start_broker(std::move(name));
    EXPECT_TRUE(node.has_value()) << to_string(node.error());
    co_return std::move(*node);
  }
};

TEST_P(ChatOnStandIn, three_people_talk) {
  test::run_virtually(loop, test::chat_three_people_talk(start_node));
}

TEST_P(ChatOnStandIn, outlives_signalling) {
  const std::function<void()> stop = [this] { world.stop_signalling(); };
  const std::function<void()> start = [this] { world.start_signalling(); };
  test::run_virtually(loop, test::chat_outlives_signalling(start_node, stop, start));
}

TEST_P(ChatOnStandIn, meets_a_stranger) {
  test::run_virtually(loop, test::chat_meets_a_stranger(start_node));
}

INSTANTIATE_TEST_SUITE_P(Worlds, ChatOnStandIn, testing::Range<std::uint64_t>(1, 11));

}  // namespace
}  // namespace flnet
