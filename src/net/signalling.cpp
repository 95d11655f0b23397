// SPDX-License-Identifier: MIT OR Apache-2.0
// Signalling: carries out what the SignalClient decides.
#include "net/signalling.hpp"

#include "io/keys.hpp"

#include <flnet/log.hpp>

namespace flnet::net {

using Input = protocol::SignalClientInput;

Signalling::Signalling(Loop& loop, NodeConfig node, ConnectionConfig connection, Random& random,
                       SignallingSink& sink)
    : loop_(loop),
      node_(std::move(node)),
      connection_(std::move(connection)),
      sink_(sink),
      machine_(protocol::SignalClientConfig{.info = node_.info}, random),
      actor_(loop, machine_,
             [this](protocol::SignalClient::Output output) {
               std::visit([this](auto& each) { carry_out(std::move(each)); }, output);
             }),
      jobs_(loop) {}

void Signalling::socket_opened() {
  give(Input::SocketOpened{});
}

void Signalling::socket_received(std::string_view text) {
  log::trace("signalling received ", text);
  give(Input::Received{std::string(text)});
}

void Signalling::socket_closed(Error reason) {
  give(Input::SocketClosed{std::move(reason)});
}

void Signalling::carry_out(Output::OpenSocket) {
  socket_ = io::WebSocketClient::open(loop_, {.url = connection_.signal_url, .ca_file = connection_.ca_file},
                                      *this);
}

void Signalling::carry_out(Output::CloseSocket output) {
  if (socket_) socket_->close(std::move(output.reason));
}

void Signalling::carry_out(Output::SendText output) {
  log::trace("signalling sends ", output.text);
  // A socket that takes no more is of no use: the machine reconnects.
  const auto sent = socket_->send(std::move(output.text));
  if (!sent) loop_.defer([this, reason = sent.error()] { socket_->close(reason.detail); });
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
    log::error("can't sign the signalling server's challenge: ", signature.error());
  }
}

}  // namespace flnet::net
