// SPDX-License-Identifier: MIT OR Apache-2.0
// Nodes on loopback where only native ones do so: a server that goes and comes back, a reader who slows the
// sender down.
#include "live/native/signal_server.hpp"
#include "live/net/live_network.hpp"

#include <optional>
#include <vector>

namespace flnet::testing {
namespace {

using Received = NetReply::RcvNodeMessage;

Task<> slow_reader() {
  auto server = start_server();
  auto alice = co_await join(url_of(server));
  auto bob = co_await join(url_of(server));
  alice.connect(bob.id()).value();
  EXPECT_TRUE((co_await next<NetReply::Connected>(alice)).has_value());
  const Bytes block = Bytes(256 * 1024, 7);
  const MessageView message{MessageKind::binary, block};
  // Bob takes nothing: the windows fill, then try_send says so, for good.
  std::size_t accepted = 0;
  for (int idle_rounds = 0; idle_rounds < 20;) {
    if (alice.try_send(bob.id(), message)) {
      ++accepted;
      idle_rounds = 0;
    } else {
      ++idle_rounds;
      co_await sleep(20ms);
    }
  }
  EXPECT_LT(accepted * block.size(), 32U * 1024 * 1024);
  for (std::size_t i = 0; i < accepted; ++i) {
    const auto received = co_await next<Received>(bob);
    EXPECT_TRUE(received && received->message.bytes == block) << i;
    if (!received) co_return;
  }
}

TEST(Network, a_slow_reader_slows_the_sender_down_and_loses_nothing) {
  run_test(slow_reader());
}

Task<> server_restarts() {
  auto server = std::optional(start_signal_server());
  const auto address = server->addresses().front();
  auto alice = co_await join(url_of(*server));
  auto bob = co_await join(url_of(*server));
  server.reset();
  co_await sleep(50ms);
  server = start_signal_server(address.port);
  const Time give_up = now() + patience;
  while (server->counters().nodes < 2 && now() < give_up) co_await sleep(50ms);
  EXPECT_EQ(server->counters().nodes, 2U);
  EXPECT_TRUE((co_await alice.send_msg(bob.id(), "still here")).has_value());
  EXPECT_TRUE((co_await next<Received>(bob)).has_value());
}

TEST(Network, nodes_announce_themselves_again_to_a_restarted_server) {
  run_test(server_restarts());
}

Task<> all_are_counted() {
  auto server = start_signal_server();
  std::vector<Network> nodes;
  for (int i = 0; i < 8; ++i) nodes.push_back(co_await join(url_of(server)));
  EXPECT_EQ(server.counters().nodes, 8U);
}

TEST(Network, every_node_is_counted_at_the_server) {
  run_test(all_are_counted());
}

Task<> address_in_use() {
  auto server = start_signal_server();
  const auto taken = SignalServer::start({.listen = server.addresses()});
  EXPECT_EQ(taken.error().code, ErrorCode::address_in_use);
  co_return;
}

TEST(Network, two_servers_do_not_share_an_address) {
  run_test(address_in_use());
}

}  // namespace
}  // namespace flnet::testing
