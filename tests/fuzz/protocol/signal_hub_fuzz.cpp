// SPDX-License-Identifier: MIT OR Apache-2.0
// Any order of inputs into the hub: it never sends to a closed client, and forgets everybody in the end.
#include "protocol/signal_hub.hpp"

#include "support/fuzz_input.hpp"
#include "support/signal_words.hpp"

#include <cstdlib>
#include <map>
#include <set>

namespace {

using namespace flnet;
using In = protocol::SignalHubInput;
using Out = protocol::SignalHubOutput;
using protocol::ClientId;

void require(bool condition) {
  if (!condition) std::abort();
}

class HubDriver {
 public:
  explicit HubDriver(test::FuzzInput input) : input_(input), hub_(config(), random_) {}

  void run() {
    while (!input_.empty()) step();
    for (const ClientId client : std::set(open_)) give(In::ClientClosed{client});
    pass(1h);
    require(hub_.client_count() == 0 && hub_.node_count() == 0 && !hub_.deadline());
  }

 private:
  static protocol::SignalHubConfig config() {
    protocol::SignalHubConfig config;
    config.max_clients = 10;
    config.max_list_nodes = 4;
    config.max_list_bytes = 600;
    config.pending_messages = 3;
    config.max_malformed = 5;
    config.push_bytes = 500;
    return config;
  }

  void step() {
    const ClientId client{input_.below(16)};
    switch (input_.below(8)) {
      case 0:
        if (used_.insert(client).second) {
          open_.insert(client);
          give(In::ClientOpened{client});
        }
        return;
      case 1:
        give(In::ClientClosed{client});
        open_.erase(client);
        return;
      case 2:
        give(In::Verified{client, input_.below(4) != 0});
        return;
      case 3:
        give(In::Pong{client});
        return;
      case 4:
        pass(Duration(1s) * input_.byte());
        return;
      case 5:
        give(In::Received{client, input_.text(2000)});
        return;
      default:
        give(In::Received{client, message(client)});
        return;
    }
  }

  std::string message(ClientId client) {
    const auto dialect = input_.below(2) == 0 ? wire::Dialect::v0_7 : wire::Dialect::v0_10;
    const std::uint64_t node = input_.below(6);
    switch (input_.below(4)) {
      case 0:
        return test::text_of(wire::ListRequest{});
      case 1:
        return test::text_of(
            wire::PeerSetup{{test::node_id(node), test::node_id(input_.below(6)), PeerMessage::Init{}}});
      case 2:
        return test::text_of(wire::NodeStats{{{test::node_id(node), "v", 1, 2}}});
      default:
        return test::text_of(test::announce(node, challenges_[client], dialect));
    }
  }

  void give(In::Any input) {
    protocol::SignalHub::Outbox out;
    hub_.handle(std::move(input), now_, out);
    check(out);
  }

  void pass(Duration time) {
    now_ += time;
    protocol::SignalHub::Outbox out;
    // Each call does all that is due, so that the deadline afterwards lies ahead.
    hub_.handle_timeout(now_, out);
    check(out);
    require(!hub_.deadline() || *hub_.deadline() > now_);
  }

  void check(const protocol::SignalHub::Outbox& out) {
    for (const auto& output : out) {
      if (const auto* send = std::get_if<Out::SendText>(&output)) {
        require(open_.contains(send->client));
        const auto read = wire::decode_server_message(send->text);
        require(read.has_value());
        if (const auto* challenge = std::get_if<wire::Challenge>(&*read)) {
          challenges_[send->client] = challenge->challenge;
        }
      } else if (const auto* close = std::get_if<Out::Close>(&output)) {
        require(open_.erase(close->client) == 1);
      } else if (const auto* ping = std::get_if<Out::Ping>(&output)) {
        require(open_.contains(ping->client));
      } else if (const auto* verify = std::get_if<Out::Verify>(&output)) {
        require(open_.contains(verify->client));
        require(verify->challenge == challenges_[verify->client]);
      } else if (std::holds_alternative<Out::NodeJoined>(output)) {
        ++nodes_;
      } else if (std::holds_alternative<Out::NodeLeft>(output)) {
        --nodes_;
      }
    }
    require(hub_.node_count() == nodes_);
    require(hub_.client_count() <= 10 && hub_.node_count() <= hub_.client_count());
  }

  test::FuzzInput input_;
  SeededRandom random_{1};
  protocol::SignalHub hub_;
  Time now_{};
  std::set<ClientId> used_, open_;
  std::map<ClientId, U256> challenges_;
  std::size_t nodes_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  HubDriver(test::FuzzInput(data, size)).run();
  return 0;
}
