// SPDX-License-Identifier: MIT OR Apache-2.0
// Nodes on loopback: real signalling server, real WebRTC, through the public API alone. On every platform.
#include "live/net/live_network.hpp"

#include <map>
#include <vector>

namespace flnet::testing {
namespace {

using Received = NetReply::RcvNodeMessage;

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 7 + size);
  return bytes;
}

Task<> exchange(Network& from, Network& to) {
  for (const std::size_t size : {0U, 1U, 1000U, 1200U, 16384U, 65536U, 262144U}) {
    const auto binary = Message::from_binary(pattern(size));
    const auto text = Message::from_text(std::string(size, 'x'));
    for (const Message& message : {binary, text}) {
      const auto sent = co_await from.send(to.id(), message);
      EXPECT_TRUE(sent.has_value()) << to_string(sent.error());
      const auto received = co_await next<Received>(to);
      EXPECT_TRUE(received.has_value()) << size;
      if (!received) co_return;
      EXPECT_EQ(received->from, from.id());
      EXPECT_TRUE(received->message == message) << size;
    }
  }
}

Task<> two_nodes() {
  auto server = start_server();
  auto alice = co_await join(url_of(server));
  auto bob = co_await join(url_of(server));
  co_await exchange(alice, bob);
  co_await exchange(bob, alice);
  EXPECT_TRUE(alice.connected(bob.id()));
  EXPECT_TRUE(bob.connected(alice.id()));
}

TEST(Network, two_nodes_exchange_text_and_binary_of_every_size_both_ways) {
  run_test(two_nodes());
}

Task<> meet_everyone(Network& net, const NodeIDs& all) {
  for (const NodeID& peer : all) {
    if (peer == net.id()) continue;
    const auto sent = co_await net.send_msg(peer, "hello");
    EXPECT_TRUE(sent.has_value());
  }
  std::map<NodeID, int> heard;
  while (heard.size() + 1 < all.size()) {
    const auto received = co_await next<Received>(net);
    EXPECT_TRUE(received.has_value()) << "heard of " << heard.size();
    if (!received) co_return;
    EXPECT_EQ(++heard[received->from], 1);
  }
}

Task<> mesh() {
  auto server = start_server();
  std::vector<Network> nodes;
  NodeIDs ids;
  for (int i = 0; i < 8; ++i) {
    nodes.push_back(co_await join(url_of(server)));
    ids.push_back(nodes.back().id());
  }
  JobSet jobs;
  for (Network& node : nodes) jobs.add(meet_everyone(node, ids));
  co_await jobs.empty();
}

TEST(Network, everybody_greets_everybody_at_once_and_is_heard_once) {
  run_test(mesh());
}

Task<> drain(Network& net, std::size_t& messages) {
  while (auto reply = co_await net.recv()) {
    if (std::holds_alternative<Received>(*reply)) ++messages;
    if (std::holds_alternative<NetReply::Disconnected>(*reply)) co_return;
  }
}

Task<> close_after_sending() {
  constexpr std::size_t count = 300;
  auto server = start_server();
  auto alice = co_await join(url_of(server));
  auto bob = co_await join(url_of(server));
  std::size_t messages = 0;
  JobSet jobs;
  jobs.add(drain(bob, messages));
  const Bytes block = pattern(64 * 1024);
  for (std::size_t i = 0; i < count; ++i)
    EXPECT_TRUE((co_await alice.send(bob.id(), Message::from_binary(block))).has_value());
  const auto closed = co_await alice.close();
  EXPECT_TRUE(closed.has_value()) << to_string(closed.error());
  co_await jobs.empty();
  EXPECT_EQ(messages, count);
  EXPECT_EQ(alice.try_send(bob.id(), {}).error().code, ErrorCode::closed);
}

TEST(Network, close_delivers_what_was_accepted) {
  run_test(close_after_sending());
}

Task<> disconnect_and_again() {
  auto server = start_server();
  auto alice = co_await join(url_of(server));
  auto bob = co_await join(url_of(server));
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE((co_await alice.send_msg(bob.id(), "hello")).has_value());
    EXPECT_TRUE((co_await next<Received>(bob)).has_value());
    EXPECT_TRUE(alice.disconnect(bob.id()).has_value());
    EXPECT_TRUE((co_await next<NetReply::Disconnected>(alice)).has_value());
    EXPECT_TRUE((co_await next<NetReply::Disconnected>(bob)).has_value());
    EXPECT_FALSE(alice.connected(bob.id()));
  }
}

TEST(Network, a_link_can_be_ended_and_made_again) {
  run_test(disconnect_and_again());
}

Task<> user_mistakes() {
  const auto config = *co_await NodeConfig::generate();
  EXPECT_EQ((co_await network_start(config, "http://localhost")).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ((co_await network_start(config, "ws://127.0.0.1:1")).error().code, ErrorCode::unreachable);

  auto server = start_server();
  auto alice = co_await join(url_of(server));
  EXPECT_EQ(alice.try_send(alice.id(), {}).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(alice.connect(alice.id()).error().code, ErrorCode::invalid_argument);
  const NodeID stranger = U256::parse("1234").value();
  const Bytes large(NetworkLimits::max_message_bytes + 1);
  EXPECT_EQ(alice.try_send(stranger, {MessageKind::binary, large}).error().code, ErrorCode::too_large);
  EXPECT_EQ(alice.try_send(stranger, {MessageKind::text, as_bytes("\xff")}).error().code,
            ErrorCode::invalid_argument);
}

TEST(Network, a_users_mistakes_have_their_own_errors) {
  run_test(user_mistakes());
}

Task<> servers_that_can_not_be_used() {
  for (const std::string url : {"stun:", "turn:relay.example", "http://127.0.0.1"}) {
    ConnectionConfig connection("ws://localhost:1");
    connection.turn_servers = {url};
    const auto config = *co_await NodeConfig::generate();
    const auto network = co_await network_start(config, connection);
    EXPECT_FALSE(network.has_value()) << url;
    if (network) co_return;
    EXPECT_EQ(network.error().code, ErrorCode::invalid_argument) << url;
    EXPECT_NE(network.error().detail.find(url), std::string::npos) << network.error().detail;
  }
}

TEST(Network, does_not_start_with_servers_that_can_not_be_used) {
  run_test(servers_that_can_not_be_used());
}

}  // namespace
}  // namespace flnet::testing
