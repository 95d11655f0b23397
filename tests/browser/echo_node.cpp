// SPDX-License-Identifier: MIT OR Apache-2.0
// A native node that sends every message back as it came: what browser and interop tests talk to.
#include <flnet/job_set.hpp>
#include <flnet/network.hpp>
#include <flnet/run.hpp>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

using namespace std::chrono_literals;

/// With `connect` on the command line the node starts the sessions; otherwise it waits for others to.
flnet::Task<> ask_for_lists(flnet::Network& network) {
  for (;;) {
    if (!network.send_list_request()) co_return;
    co_await flnet::sleep(200ms);
  }
}

void connect_to_all(flnet::Network& network, const std::vector<flnet::NodeInfo>& nodes) {
  for (const flnet::NodeInfo& node : nodes) {
    if (node.id() == network.id() || network.connected(node.id())) continue;
    if (auto started = network.connect(node.id()); !started) flnet::fail(started.error());
  }
}

flnet::Task<> echo(flnet::Network& network, bool connects) {
  while (auto reply = co_await network.recv()) {
    if (auto* received = std::get_if<flnet::NetReply::RcvNodeMessage>(&*reply)) {
      auto sent = co_await network.send(received->from, std::move(received->message));
      if (!sent) std::fprintf(stderr, "echo: %s\n", flnet::to_string(sent.error()).c_str());
    } else if (auto* list = std::get_if<flnet::NetReply::RcvWSUpdateList>(&*reply)) {
      if (connects) connect_to_all(network, list->nodes);
    } else if (auto* gone = std::get_if<flnet::NetReply::Disconnected>(&*reply)) {
      std::fprintf(stderr, "disconnected: %s\n", flnet::to_string(gone->reason).c_str());
    }
  }
}

flnet::Task<> serve(std::string url, bool connects) {
  auto network = co_await flnet::network_start(co_await flnet::NodeConfig::generate(), url);
  if (!network) {
    flnet::fail(network.error());
    co_return;
  }
  std::printf("Our ID is %s\n", network->id().hex().c_str());
  std::fflush(stdout);
  flnet::JobSet jobs;
  if (connects) jobs.add(ask_for_lists(*network));
  co_await echo(*network, connects);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: echo_node SIGNAL-URL [connect]\n");
    return 2;
  }
  return flnet::run(serve(argv[1], argc > 2 && std::string_view(argv[2]) == "connect"));
}
