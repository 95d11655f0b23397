// SPDX-License-Identifier: MIT OR Apache-2.0
// Network::State: joins the Node machine with signalling, sessions and what the application awaits.
#pragma once

#include "async/actor.hpp"
#include "base/random.hpp"
#include "net/network_parts.hpp"
#include "net/reply_queue.hpp"
#include "net/sessions.hpp"
#include "net/signalling.hpp"
#include "protocol/node.hpp"

#include <flnet/event.hpp>
#include <flnet/network.hpp>

#include <functional>
#include <memory>
#include <unordered_map>

namespace flnet {

/// Everything a Network owns. The Node machine decides; the functions named carry_out do what it says.
struct Network::State final : private net::SignallingSink, private net::SessionsSink {
 public:
  State(NodeConfig config, net::NetworkParts parts);

  /// Completes with the first list, the reason why there is none, or timed_out.
  Task<Result<>> start();
  Result<> try_send(const NodeID& to, MessageView message);
  Task<Result<>> send(NodeID to, Message message);
  std::optional<NetReply::Any> try_recv();
  Task<Result<>> close();

  const NodeInfo& info() const { return info_; }
  bool connected(const NodeID& peer) const { return node_.connected(peer); }
  void connect(const NodeID& peer) { give(protocol::NodeInput::Connect{peer}); }
  void disconnect(const NodeID& peer) { give(protocol::NodeInput::Disconnect{peer}); }
  net::Signalling& signalling() { return signalling_; }
  net::ReplyQueue& replies() { return replies_; }
  bool closed() const { return replies_.closed(); }

 private:
  using Input = protocol::NodeInput;
  using Output = protocol::NodeOutput;
  static constexpr Duration start_timeout = 10s;
  static constexpr Duration drain_interval = 5ms;

  void signalling_announced() override {}
  void signalling_listed(std::vector<wire::ListedNode> nodes) override;
  void signalling_setup(PeerInfo info) override;
  void signalling_lost(Error reason) override;
  void signalling_failed(Error reason) override;

  void session_input(Input::Any input) override;
  void session_message(protocol::SessionId session, MessageView message) override;
  void session_has_room(protocol::SessionId session) override;

  void carry_out(Output::SendSetup output);
  void carry_out(Output::CreateOffer output);
  void carry_out(Output::AcceptOffer output);
  void carry_out(Output::AcceptAnswer output);
  void carry_out(Output::AddCandidate output);
  void carry_out(Output::SessionPayload output);
  void carry_out(Output::SendOn output);
  void carry_out(Output::CloseSession output);
  void carry_out(Output::Listed output);
  void carry_out(Output::Connected output);
  void carry_out(Output::Disconnected output);
  void carry_out(Output::Lost output);
  void carry_out(Output::Writable output);

  void give(Input::Any input) { actor_.give(std::move(input)); }
  void settle_start(Result<> result);
  /// Wakes who waits for room towards `peer`.
  void wake_senders(const NodeID& peer);

  Loop& loop_;
  NodeInfo info_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<io::PeerHost> host_;
  net::ReplyQueue replies_;
  std::unordered_map<NodeID, std::shared_ptr<Event>> senders_;  // Shared by the coroutines that wait in it.
  std::unordered_map<NodeID, protocol::SessionId>
      receiving_;  // The session each peer's last message came by.
  std::optional<Result<>> started_;
  Event start_settled_;
  std::size_t lost_in_close_ = 0;
  net::Sessions sessions_;
  protocol::Node node_;
  Actor<protocol::Node, std::function<void(Output::Any)>> actor_;
  net::Signalling signalling_;
};

}  // namespace flnet
