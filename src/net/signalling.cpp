// SPDX-License-Identifier: MIT OR Apache-2.0
// Signalling: carries out what the SignalClient decides.
#include "net/signalling.hpp"

#include "io/keys.hpp"
#include "io/web_socket_client.hpp"

#include <flnet/log.hpp>

namespace flnet::net {
namespace {

constexpr log::Topic topic{"flnet::signalling"};

}  // namespace

using Input = protocol::SignalClientInput;

/// One WebSocket as an input of the machine, until the machine has left it.
class Signalling::Socket final : private io::WebSocketClientSink {
 public:
  explicit Socket(Signalling& owner) : owner_(&owner), client_(owner.open_web_socket_(*this)) {}

  void send(std::string text) {
    // A socket that takes no more is of no use: the machine hears that it closed, and reconnects.
    if (const auto sent = client_->send(std::move(text)); !sent) client_->close(sent.error().detail);
  }

  void leave(std::string reason) {
    owner_ = nullptr;
    client_->close(std::move(reason));
  }

 private:
  void socket_opened() override {
    if (owner_ != nullptr) owner_->give(Input::SocketOpened{});
  }
  void socket_received(std::string_view text) override {
    if (owner_ == nullptr) return;
    topic.trace("received ", text);
    owner_->give(Input::Received{std::string(text)});
  }
  void socket_closed(Error reason) override {
    if (owner_ != nullptr) owner_->give(Input::SocketClosed{std::move(reason)});
  }

  Signalling* owner_;
  std::unique_ptr<io::WebSocketClient> client_;
};

Signalling::Signalling(Loop& loop, NodeConfig node, OpenWebSocket open_web_socket, Random& random,
                       SignallingSink& sink)
    : node_(std::move(node)),
      open_web_socket_(std::move(open_web_socket)),
      sink_(sink),
      machine_(protocol::SignalClientConfig{.info = node_.info}, random),
      actor_(loop, machine_,
             [this](protocol::SignalClient::Output output) {
               std::visit([this](auto& each) { carry_out(std::move(each)); }, output);
             }),
      jobs_(loop) {}

Signalling::~Signalling() = default;

void Signalling::carry_out(Output::OpenSocket) {
  socket_ = std::make_unique<Socket>(*this);
}

void Signalling::carry_out(Output::CloseSocket output) {
  leaving_ = std::move(socket_);
  leaving_->leave(std::move(output.reason));
}

void Signalling::carry_out(Output::SendText output) {
  topic.trace("sends ", output.text);
  socket_->send(std::move(output.text));
}

void Signalling::carry_out(Output::Sign output) {
  jobs_.add(sign(output.challenge));
}

void Signalling::carry_out(Output::Announced) {
  sink_.signalling_announced();
}

void Signalling::carry_out(Output::List output) {
  sink_.signalling_listed(std::move(output.nodes));
}

void Signalling::carry_out(Output::Setup output) {
  sink_.signalling_setup(std::move(output.info));
}

void Signalling::carry_out(Output::Lost output) {
  sink_.signalling_lost(std::move(output.reason));
}

void Signalling::carry_out(Output::Failed output) {
  sink_.signalling_failed(std::move(output.reason));
}

Task<> Signalling::sign(U256 challenge) {
  const auto signature = co_await io::sign(node_.seed, to_bytes(challenge.bytes()));
  if (signature) {
    give(Input::Signed{*signature});
  } else {
    topic.error("can't sign the signalling server's challenge: ", signature.error());
  }
}

}  // namespace flnet::net
