// SPDX-License-Identifier: MIT OR Apache-2.0
// A node for the tests behind NATs: one echoes, the other sends until it hears the echo.
#include <flnet/connection_config.hpp>
#include <flnet/log.hpp>
#include <flnet/network.hpp>
#include <flnet/run.hpp>
#include <flnet/within.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace {

using namespace std::chrono_literals;
using flnet::NetReply;

constexpr auto patience = 20s;

flnet::Task<> echo(flnet::Network& network) {
  while (auto reply = co_await network.recv()) {
    auto* received = std::get_if<NetReply::RcvNodeMessage>(&*reply);
    if (received == nullptr) continue;
    if (auto sent = co_await network.send(received->from, std::move(received->message)); !sent)
      std::fprintf(stderr, "echo: %s\n", flnet::to_string(sent.error()).c_str());
  }
}

/// Says hello to whoever is listed, and ends when it comes back.
flnet::Task<bool> greet(flnet::Network& network) {
  while (auto reply = co_await network.recv()) {
    if (const auto* list = std::get_if<NetReply::RcvWSUpdateList>(&*reply)) {
      for (const auto& node : list->nodes) {
        if (node.id() == network.id()) continue;
        const auto sent = network.try_send(node.id(), {flnet::MessageKind::text, flnet::as_bytes("hello")});
        if (!sent) std::fprintf(stderr, "not sent: %s\n", flnet::to_string(sent.error()).c_str());
      }
    } else if (std::get_if<NetReply::RcvNodeMessage>(&*reply) != nullptr) {
      co_return true;
    }
  }
  co_return false;
}

flnet::Task<> live(flnet::ConnectionConfig connection, bool greets) {
  auto network =
      co_await flnet::network_start(*co_await flnet::NodeConfig::generate(), std::move(connection));
  if (!network) co_return flnet::fail(network.error());
  std::printf("ready\n");
  std::fflush(stdout);
  if (!greets) co_return co_await echo(*network);
  const auto answered = co_await flnet::within(patience, greet(*network));
  if (!answered || !*answered) co_return flnet::fail({flnet::ErrorCode::timed_out, "nobody has answered"});
  std::printf("answered\n");
  static_cast<void>(co_await network->close());
}

}  // namespace

int main(int argc, char** argv) {
  const bool greets = argc > 2 && std::string_view(argv[2]) == "greet";
  if (argc < 4 || (!greets && std::string_view(argv[2]) != "echo")) {
    std::fprintf(stderr, "usage: nat_node SIGNAL-URL greet|echo STUN-URL|- [TURN-URL USER PASSWORD]\n");
    return 2;
  }
  flnet::ConnectionConfig connection(argv[1]);
  connection.stun_servers.clear();
  if (std::string_view(argv[3]) != "-") connection.stun_servers.emplace_back(argv[3]);
  if (argc == 7) connection.turn_servers.emplace_back(argv[4], flnet::Login{argv[5], argv[6]});
  flnet::log::set_level(flnet::log::Level::debug);
  return flnet::run(live(std::move(connection), greets));
}
