// SPDX-License-Identifier: MIT OR Apache-2.0
// A user's program: a signalling server of its own and two nodes, one of which greets the other.
#include <flnet/asio_loop.hpp>
#include <flnet/flnet.hpp>
#include <flnet/signal_server.hpp>

#include <chrono>
#include <cstdio>

namespace {

using namespace std::chrono_literals;
using Received = flnet::NetReply::RcvNodeMessage;

flnet::Task<flnet::Result<flnet::Network>> join(const flnet::SignalServer& server) {
  const auto config = co_await flnet::NodeConfig::generate();
  if (!config) co_return flnet::failure(config.error());
  co_return co_await flnet::network_start(*config, "ws://" + server.addresses().front().to_string());
}

flnet::Task<bool> hears(flnet::Network& node, std::string_view text) {
  while (auto reply = co_await node.recv()) {
    if (const auto* received = std::get_if<Received>(&*reply)) co_return received->message.text() == text;
  }
  co_return false;
}

flnet::Task<> greet() {
  const auto address = flnet::SocketAddress::parse("127.0.0.1:0");
  if (!address) co_return flnet::fail(address.error());
  const auto server = flnet::SignalServer::start({.listen = {*address}});
  if (!server) co_return flnet::fail(server.error());
  auto alice = co_await join(*server);
  if (!alice) co_return flnet::fail(alice.error());
  auto bob = co_await join(*server);
  if (!bob) co_return flnet::fail(bob.error());

  const auto sent = co_await alice->send_msg(bob->id(), "hello");
  if (!sent) co_return flnet::fail(sent.error());
  const auto heard = co_await flnet::within(30s, hears(*bob, "hello"));
  if (heard != true) co_return flnet::fail({flnet::ErrorCode::timed_out, "bob heard no hello"});
  std::printf("bob heard hello\n");
}

}  // namespace

int main() {
  return flnet::run(greet());
}
