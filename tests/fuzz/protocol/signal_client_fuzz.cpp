// SPDX-License-Identifier: MIT OR Apache-2.0
// Any order of inputs into SignalClient: one socket at most, and silence after Stop.
#include "protocol/signal_client.hpp"

#include "support/fuzz_input.hpp"
#include "support/signal_words.hpp"

#include <cstdlib>

namespace {

using namespace flnet;
using In = protocol::SignalClientInput;
using Out = protocol::SignalClientOutput;

void require(bool condition) {
  if (!condition) std::abort();
}

class ClientDriver {
 public:
  explicit ClientDriver(test::FuzzInput input)
      : input_(input), client_({.info = test::node_info(0)}, random_) {}

  void run() {
    while (!input_.empty()) step();
    give(In::Stop{});
    require(!socket_ && !client_.deadline());
  }

 private:
  void step() {
    switch (input_.below(12)) {
      case 0:
        stopped_ = false;
        give(In::Start{});
        return;
      case 1:
        give(In::SocketOpened{});
        return;
      case 2:
        socket_ = false;
        give(In::SocketClosed{{ErrorCode::closed, "fuzz"}});
        return;
      case 3:
        give(In::Signed{});
        return;
      case 4:
        give(In::RequestList{});
        return;
      case 5:
        give(In::SendSetup{{test::node_id(0), test::node_id(1), PeerMessage::Init{}}});
        return;
      case 6:
        give(In::SendStats{});
        return;
      case 7:
        if (input_.below(4) == 0) stop();
        return;
      case 8:
        pass(Duration(500ms) * input_.byte());
        return;
      case 9:
        give(In::Received{input_.text(2000)});
        return;
      default:
        give(In::Received{wire::encode(message(), wire::Dialect::v0_10)});
        return;
    }
  }

  wire::ServerMessage message() {
    switch (input_.below(6)) {
      case 0:
        return wire::Challenge{input_.below(8) == 0 ? 4U : 3U, test::node_id(7)};
      case 1:
        return wire::ListReply{{{test::node_info(1), wire::Dialect::v0_10}}};
      case 2:
        return wire::PeerSetup{
            {test::node_id(input_.below(3)), test::node_id(input_.below(3)), PeerMessage::Init{}}};
      case 3:
        return wire::SystemConfig{};
      default:
        return input_.below(8) == 0 ? wire::ServerMessage(wire::ServerError{"x"}) : wire::ListReply{};
    }
  }

  void stop() {
    give(In::Stop{});
    stopped_ = true;
  }

  void give(In::Any input) {
    protocol::SignalClient::Outbox out;
    client_.handle(std::move(input), now_, out);
    check(out);
  }

  void pass(Duration time) {
    now_ += time;
    protocol::SignalClient::Outbox out;
    client_.handle_timeout(now_, out);
    check(out);
    require(!client_.deadline() || *client_.deadline() >= now_);
  }

  void check(const protocol::SignalClient::Outbox& out) {
    for (const auto& output : out) {
      require(!stopped_ || std::holds_alternative<Out::CloseSocket>(output));
      if (std::holds_alternative<Out::OpenSocket>(output)) {
        require(!socket_);
        socket_ = true;
      } else if (std::holds_alternative<Out::CloseSocket>(output)) {
        require(socket_);
        socket_ = false;
      } else if (std::holds_alternative<Out::SendText>(output)) {
        require(socket_);
      } else if (const auto* setup = std::get_if<Out::Setup>(&output)) {
        require((setup->info.id_init == test::node_id(0)) != (setup->info.id_follow == test::node_id(0)));
      }
    }
  }

  test::FuzzInput input_;
  SeededRandom random_{1};
  protocol::SignalClient client_;
  Time now_{};
  bool socket_ = false, stopped_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ClientDriver(test::FuzzInput(data, size)).run();
  return 0;
}
