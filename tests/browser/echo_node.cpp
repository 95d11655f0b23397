// SPDX-License-Identifier: MIT OR Apache-2.0
// A native node that sends every message back as it came: what browser and interop tests talk to.
#include <flnet/job_set.hpp>
#include <flnet/network.hpp>
#include <flnet/run.hpp>

#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace {

using namespace std::chrono_literals;

/// Who begins: others, we by connecting to all, or we by sending something to all.
enum class Role { waits, connects, greets };

flnet::Task<> ask_for_lists(flnet::Network& network) {
  for (;;) {
    if (!network.send_list_request()) co_return;
    co_await flnet::sleep(200ms);
  }
}

class Echo {
 public:
  Echo(flnet::Network& network, Role role) : network_(network), role_(role) {}

  flnet::Task<> run() {
    flnet::JobSet jobs;
    if (role_ != Role::waits) jobs.add(ask_for_lists(network_));
    while (auto reply = co_await network_.recv()) {
      if (auto* received = std::get_if<flnet::NetReply::RcvNodeMessage>(&*reply)) {
        co_await send_back(received->from, std::move(received->message));
      } else if (const auto* list = std::get_if<flnet::NetReply::RcvWSUpdateList>(&*reply)) {
        for (const flnet::NodeInfo& node : list->nodes) meet(node.id());
      } else if (const auto* lost = std::get_if<flnet::NetReply::MessagesLost>(&*reply)) {
        tell(lost->peer, "lost " + std::to_string(lost->count) + ": ", lost->reason);
      } else if (const auto* gone = std::get_if<flnet::NetReply::Disconnected>(&*reply)) {
        std::fprintf(stderr, "disconnected: %s\n", flnet::to_string(gone->reason).c_str());
      }
    }
  }

 private:
  flnet::Task<> send_back(flnet::NodeID to, flnet::Message message) {
    const auto sent = co_await network_.send(to, std::move(message));
    if (!sent) tell(to, "not sent: ", sent.error());
  }

  void meet(const flnet::NodeID& node) {
    if (node == network_.id() || network_.connected(node)) return;
    if (role_ == Role::connects) {
      if (auto started = network_.connect(node); !started) flnet::fail(started.error());
    } else if (role_ == Role::greets && greeted_.insert(node).second) {
      const auto binary = flnet::Message::from_binary({1, 2, 3});
      const auto text = flnet::Message::from_text("greeting");
      for (const auto& message : {binary, text}) {
        if (auto sent = network_.try_send(node, message.view()); !sent) flnet::fail(sent.error());
      }
    }
  }

  /// What went wrong is said to the peer, for it to check.
  void tell(const flnet::NodeID& to, std::string what, const flnet::Error& reason) {
    std::fprintf(stderr, "%s%s\n", what.c_str(), flnet::to_string(reason).c_str());
    what += flnet::to_string(reason.code);
    if (auto sent = network_.try_send(to, flnet::Message::from_text(what).view()); !sent) {
      flnet::fail(sent.error());
    }
  }

  flnet::Network& network_;
  Role role_;
  std::set<flnet::NodeID> greeted_;
};

flnet::Task<> serve(std::string url, Role role) {
  auto network = co_await flnet::network_start(*co_await flnet::NodeConfig::generate(), url);
  if (!network) {
    flnet::fail(network.error());
    co_return;
  }
  std::printf("Our ID is %s\n", network->id().hex().c_str());
  std::fflush(stdout);
  co_await Echo(*network, role).run();
}

Role role_of(std::string_view word) {
  if (word == "connect") return Role::connects;
  return word == "greet" ? Role::greets : Role::waits;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: echo_node SIGNAL-URL [connect | greet]\n");
    return 2;
  }
  return flnet::run(serve(argv[1], role_of(argc > 2 ? argv[2] : "")));
}
