// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of peer_host_config: when a node asks servers, and when it asks nobody.
#include "net/peer_host_config.hpp"

#include <gtest/gtest.h>

#include <string>

namespace flnet::net {
namespace {

TEST(PeerHostConfig, passes_servers_on_when_the_signalling_server_is_elsewhere) {
  ConnectionConfig connection("ws://signal.example:8765");
  connection.stun_servers = {"stun:stun.example"};
  connection.udp_port = 4000;
  const auto config = peer_host_config(connection);
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->stun_servers, connection.stun_servers);
  EXPECT_EQ(config->udp_port, 4000);
  EXPECT_FALSE(config->loopback_candidates);
}

TEST(PeerHostConfig, asks_nobody_when_the_signalling_server_is_on_loopback) {
  const auto config = peer_host_config(ConnectionConfig("ws://localhost:8765"));
  ASSERT_TRUE(config);
  EXPECT_TRUE(config->stun_servers.empty());
  EXPECT_TRUE(config->loopback_candidates);
}

}  // namespace
}  // namespace flnet::net
