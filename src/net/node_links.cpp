// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeLinks: carries out what the Node machine decides and tells it what happens.
#include "net/node_links.hpp"

#include "base/encoding.hpp"

#include <flnet/log.hpp>

namespace flnet::net {
namespace {

constexpr log::Topic topic{"flnet::links"};

}  // namespace

using protocol::SessionId;

NodeLinks::NodeLinks(Loop& loop, const NodeID& self, std::shared_ptr<io::PeerHost> host, Random& random,
                     LinksSink& sink)
    : sink_(sink),
      host_(std::move(host)),
      sessions_(loop, *host_, random, *this),
      node_(self, protocol::NodeLimits{}, random),
      actor_(loop, node_, [this](Output::Any output) {
        std::visit([this](auto& each) { carry_out(std::move(each)); }, output);
      }) {}

MakeLinks links_over(std::unique_ptr<io::PeerHost> host) {
  return [host = std::shared_ptr<io::PeerHost>(std::move(host))](Loop& loop, const NodeID& self,
                                                                 Random& random, LinksSink& sink) {
    return std::make_unique<NodeLinks>(loop, self, host, random, sink);
  };
}

// Messages.

Result<> NodeLinks::try_send(const NodeID& to, MessageView message) {
  if (const auto session = node_.open_session(to)) return sessions_.send(*session, message);
  if (auto allowed = node_.can_send(to, message.kind, message.bytes.size()); !allowed) return allowed;
  if (message.kind == MessageKind::text && !is_utf8(message.text()))
    return failure(ErrorCode::invalid_argument, "the text is not UTF-8");
  give(Input::Send{to, Message::copy(message)});
  return {};
}

void NodeLinks::set_held_bytes(const NodeID& peer, std::size_t bytes) {
  const SessionId* const session = receiving_.find(peer);
  if (session != nullptr) sessions_.set_held_bytes(*session, bytes);
}

void NodeLinks::session_message(SessionId session, MessageView message) {
  const auto peer = node_.peer_of(session);
  if (!peer) return;
  receiving_[*peer] = session;
  sink_.link_received(*peer, message);
}

// What sessions say.

void NodeLinks::session_input(Input::Any input) {
  const auto* opened = std::get_if<Input::SessionOpened>(&input);
  const auto session = opened ? std::optional(opened->session) : std::nullopt;
  give(std::move(input));
  if (session) report_state(*session);
}

void NodeLinks::session_has_room(SessionId session) {
  if (const auto peer = node_.peer_of(session)) sink_.link_writable(*peer);
}

void NodeLinks::report_states(const std::optional<NodeID>& peer) {
  for (const auto [session, side] : sides_)
    if (!peer || *peer == side.peer) report_state(session);
}

void NodeLinks::report_state(SessionId session) {
  const Side* const side = sides_.find(session);
  if (side == nullptr) return;
  sink_.link_reply(NetReply::ConnectionState{side->peer, side->direction, sessions_.state(session)});
}

// What the Node machine says.

void NodeLinks::carry_out(Output::SendSetup output) {
  sink_.link_setup(std::move(output.info));
}

void NodeLinks::carry_out(Output::CreateOffer output) {
  sides_[output.session] = {output.peer, output.direction};
  sessions_.create_offer(output.session);
  report_state(output.session);
}

void NodeLinks::carry_out(Output::AcceptOffer output) {
  sides_[output.session] = {output.peer, output.direction};
  sessions_.accept_offer(output.session, std::move(output.sdp));
  report_state(output.session);
}

void NodeLinks::carry_out(Output::AcceptAnswer output) {
  sessions_.accept_answer(output.session, std::move(output.sdp));
}

void NodeLinks::carry_out(Output::AddCandidate output) {
  sessions_.add_candidate(output.session, std::move(output.line));
}

void NodeLinks::carry_out(Output::SessionPayload output) {
  sessions_.set_payload(output.session, output.dialect);
}

void NodeLinks::carry_out(Output::SendOn output) {
  sessions_.deliver(output.session, std::move(output.message));
}

void NodeLinks::carry_out(Output::CloseSession output) {
  topic.debug("session closed: ", output.reason);
  const Side side = *sides_.find(output.session);
  NetReply::ConnectionState last{side.peer, side.direction, sessions_.state(output.session)};
  last.stats.signaling = SignalingState::Closed;
  sides_.erase(output.session);
  sessions_.close(output.session, output.graceful);
  sink_.link_reply(std::move(last));
}

void NodeLinks::carry_out(Output::Listed output) {
  NetReply::RcvWSUpdateList list;
  for (wire::ListedNode& node : output.nodes) list.nodes.push_back(std::move(node.info));
  sink_.link_reply(std::move(list));
}

void NodeLinks::carry_out(Output::Connected output) {
  topic.info("connected to ", output.peer);
  sink_.link_reply(NetReply::Connected{output.peer});
}

void NodeLinks::carry_out(Output::Disconnected output) {
  topic.info("disconnected from ", output.peer, ": ", output.reason);
  receiving_.erase(output.peer);
  sink_.link_writable(output.peer);
  sink_.link_reply(NetReply::Disconnected{output.peer, std::move(output.reason)});
}

void NodeLinks::carry_out(Output::Lost output) {
  sink_.link_reply(NetReply::MessagesLost{output.peer, output.count, std::move(output.reason)});
}

void NodeLinks::carry_out(Output::Writable output) {
  sink_.link_writable(output.peer);
}

}  // namespace flnet::net
