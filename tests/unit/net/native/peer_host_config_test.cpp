// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of peer_host_config: which servers a node takes. In WASM the platform knows.
#include "net/peer_host_config.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flnet::net {
namespace {

TEST(PeerHostConfig, refuses_servers_it_can_not_use_wherever_the_signalling_server_is) {
  for (const std::string signal : {"ws://localhost:8765", "ws://signal.example"}) {
    ConnectionConfig connection(signal);
    connection.stun_servers = {"stun:good.example", "stun:"};
    EXPECT_EQ(peer_host_config(connection).error().code, ErrorCode::invalid_argument);
    connection.stun_servers = {"stuns:good.example"};
    EXPECT_EQ(peer_host_config(connection).error().code, ErrorCode::unsupported);
    connection.stun_servers = {"turn:good.example"};
    EXPECT_EQ(peer_host_config(connection).error().code, ErrorCode::invalid_argument);
    connection.stun_servers = std::vector<HostLogin>(9, "stun:good.example");
    EXPECT_EQ(peer_host_config(connection).error().code, ErrorCode::invalid_argument);
    connection.stun_servers.clear();
    EXPECT_TRUE(peer_host_config(connection));
  }
}

TEST(PeerHostConfig, takes_relays_with_a_login_only) {
  ConnectionConfig connection("ws://signal.example");
  connection.turn_servers = {HostLogin("turn:relay.example", {"user", "secret"})};
  ASSERT_TRUE(peer_host_config(connection));
  EXPECT_EQ(peer_host_config(connection)->turn_servers, connection.turn_servers);
  for (const HostLogin& bad :
       {HostLogin("turn:relay.example"), HostLogin("turn:relay.example", {"", "secret"}),
        HostLogin("turn:relay.example", {std::string(509, 'u'), "secret"}),
        HostLogin("stun:relay.example", {"user", "secret"})}) {
    connection.turn_servers = {bad};
    EXPECT_EQ(peer_host_config(connection).error().code, ErrorCode::invalid_argument) << bad.url;
  }
  connection.turn_servers = {HostLogin("turns:relay.example", {"user", "secret"})};
  EXPECT_EQ(peer_host_config(connection).error().code, ErrorCode::unsupported);
  connection.turn_servers = std::vector<HostLogin>(5, HostLogin("turn:relay.example", {"user", "secret"}));
  EXPECT_EQ(peer_host_config(connection).error().code, ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace flnet::net
