// SPDX-License-Identifier: MIT OR Apache-2.0
// Signalling: drives a SignalClient with a WebSocket and a key.
#pragma once

#include "async/actor.hpp"
#include "net/network_parts.hpp"
#include "protocol/signal_client.hpp"

#include <flnet/job_set.hpp>
#include <flnet/node_info.hpp>

#include <functional>
#include <memory>

namespace flnet::net {

/// What the signalling server tells this node; called on the loop.
class SignallingSink {
 public:
  virtual ~SignallingSink() = default;
  virtual void signalling_announced() = 0;
  virtual void signalling_listed(std::vector<wire::ListedNode> nodes) = 0;
  virtual void signalling_setup(PeerInfo info) = 0;
  /// It will be tried again.
  virtual void signalling_lost(Error reason) = 0;
  /// It won't.
  virtual void signalling_failed(Error reason) = 0;
};

class Signalling final {
 public:
  /// `loop`, `random` and `sink` must outlive it.
  Signalling(Loop& loop, NodeConfig node, OpenWebSocket open_web_socket, Random& random,
             SignallingSink& sink);
  ~Signalling();

  void start() { give(protocol::SignalClientInput::Start{}); }
  void stop() { give(protocol::SignalClientInput::Stop{}); }
  void request_list() { give(protocol::SignalClientInput::RequestList{}); }
  void send_setup(PeerInfo info) { give(protocol::SignalClientInput::SendSetup{std::move(info)}); }
  void send_stats(wire::NodeStats stats) { give(protocol::SignalClientInput::SendStats{std::move(stats)}); }

 private:
  using Output = protocol::SignalClientOutput;
  class Socket;

  void carry_out(Output::OpenSocket output);
  void carry_out(Output::CloseSocket output);
  void carry_out(Output::SendText output);
  void carry_out(Output::Sign output);
  void carry_out(Output::Announced output);
  void carry_out(Output::List output);
  void carry_out(Output::Setup output);
  void carry_out(Output::Lost output);
  void carry_out(Output::Failed output);
  void give(protocol::SignalClient::Input input) { actor_.give(std::move(input)); }
  Task<> sign(U256 challenge);

  NodeConfig node_;
  OpenWebSocket open_web_socket_;
  SignallingSink& sink_;
  std::unique_ptr<Socket> socket_;
  std::unique_ptr<Socket> leaving_;  ///< Says goodbye; nobody listens to it.
  protocol::SignalClient machine_;
  Actor<protocol::SignalClient, std::function<void(protocol::SignalClient::Output)>> actor_;
  JobSet jobs_;  // Last: its tasks use everything above.
};

}  // namespace flnet::net
