// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeLinks: the links that this process makes itself: a Node machine with its sessions.
#pragma once

#include "async/actor.hpp"
#include "base/id_map.hpp"
#include "net/links.hpp"
#include "net/sessions.hpp"
#include "protocol/node.hpp"

#include <functional>
#include <memory>

namespace flnet::net {

/// The Node machine decides; the functions named carry_out do what it says.
class NodeLinks final : public Links, private SessionsSink {
 public:
  /// `host` is shared with whoever else makes sessions over the same port.
  NodeLinks(Loop& loop, const NodeID& self, std::shared_ptr<io::PeerHost> host, Random& random,
            LinksSink& sink);

  void listed(std::vector<wire::ListedNode> nodes) override { give(Input::ListReceived{std::move(nodes)}); }
  void setup(PeerInfo info) override { give(Input::SetupReceived{std::move(info)}); }
  void connect(const NodeID& peer) override { give(Input::Connect{peer}); }
  void disconnect(const NodeID& peer) override { give(Input::Disconnect{peer}); }
  Result<> try_send(const NodeID& to, MessageView message) override;
  void set_held_bytes(const NodeID& peer, std::size_t bytes) override;
  void report_states(const std::optional<NodeID>& peer) override;

  bool connected(const NodeID& peer) const override { return node_.connected(peer); }
  NodeIDs peers() const override { return node_.peers(); }
  bool drained() const override { return node_.drained(); }
  bool closing() const override { return sessions_.closing(); }

 private:
  using Input = protocol::NodeInput;
  using Output = protocol::NodeOutput;
  /// Whose session it is, for reports.
  struct Side {
    NodeID peer;
    Direction direction = Direction::Outgoing;
  };

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
  void report_state(protocol::SessionId session);

  LinksSink& sink_;
  std::shared_ptr<io::PeerHost> host_;
  IdMap<protocol::SessionId, Side> sides_;
  IdMap<NodeID, protocol::SessionId> receiving_;  ///< The session each peer's last message came by.
  Sessions sessions_;
  protocol::Node node_;
  Actor<protocol::Node, std::function<void(Output::Any)>> actor_;
};

/// Links over `host`.
MakeLinks links_over(std::unique_ptr<io::PeerHost> host);

}  // namespace flnet::net
