// SPDX-License-Identifier: MIT OR Apache-2.0
// LinkSimNode: carries out what a Node says and checks it as its user.
#include "sim/protocol/link_sim_actors.hpp"

#include "wire/packet.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <variant>

namespace flnet::protocol::test {

LinkSimNode::LinkSimNode(LinkSimGround& ground, NodeID id, NodeLimits limits)
    : LinkSimActor(ground, id), limits_(limits) {
  start();
}

void LinkSimNode::start() {
  ++life_;
  ++armed_;
  tokens_.clear();
  ours_.clear();
  payloads_.clear();
  node_ = std::make_unique<Node>(id_, limits_, ground_->events.random());
}

/// A new process: nothing is known any more, but the user still wants the same.
void LinkSimNode::restart() {
  ground_->sessions.kill_all(*this);
  start();
  for (auto& [peer, view] : views_) {
    const bool wanted = view.wanted;
    view = View{};
    view.wanted = wanted;
  }
  list_received();
  for (auto& [peer, view] : views_) {
    if (view.wanted) want(peer);
  }
}

void LinkSimNode::list_received() {
  give(NodeInput::ListReceived{ground_->listed});
}

void LinkSimNode::want(const NodeID& peer) {
  View& view = views_[peer];
  view.wanted = true;
  view.awaited = true;
  give(NodeInput::Connect{peer});
}

void LinkSimNode::want_no_more(const NodeID& peer) {
  views_[peer].wanted = false;
  give(NodeInput::Disconnect{peer});
  EXPECT_FALSE(node_->connected(peer));
}

void LinkSimNode::say(const NodeID& peer) {
  View& view = views_[peer];
  const auto kind = ground_->events.chance(0.2) ? MessageKind::binary : MessageKind::text;
  if (const auto allowed = node_->can_send(peer, kind, 60); !allowed) {
    if (allowed.error().code == ErrorCode::unsupported_by_peer) return;
    ASSERT_EQ(allowed.error().code, ErrorCode::queue_full);
    view.waits_for_room = true;
    return;
  }
  Message message = next_message(peer);
  message.kind = kind;
  ++view.accepted;
  if (const auto session = node_->open_session(peer)) {
    ++view.sent;
    send_on(open_token(*session, peer), message);
    return;
  }
  view.awaited = true;
  give(NodeInput::Send{peer, std::move(message)});
  EXPECT_LE(view.accepted - view.sent - view.lost, limits_.queue_messages);
}

Message LinkSimNode::next_message(const NodeID& peer) {
  std::string text =
      id_.short_hex() + "/" + std::to_string(life_) + "#" + std::to_string(++views_[peer].next);
  text.resize(40 + ground_->events.below(20), ' ');
  return Message::from_text(text);
}

void LinkSimNode::setup_received(const PeerInfo& info) {
  give(NodeInput::SetupReceived{info});
}

void LinkSimNode::give(Node::Input input) {
  Node::Outbox out;
  node_->handle(std::move(input), ground_->events.now(), out);
  finish(out);
}

void LinkSimNode::finish(Node::Outbox& out) {
  for (auto& output : out) {
    std::visit([this](auto& value) { carry(value); }, output);
  }
  for (const auto& [peer, view] : views_) check_view(peer);
  EXPECT_EQ(node_->session_count(), ground_->sessions.alive_count(*this));
  arm();
}

void LinkSimNode::arm() {
  const auto due = node_->deadline();
  const std::uint64_t mine = ++armed_;
  if (!due) return;
  ground_->events.at(*due, [this, mine] {
    if (mine != armed_) return;
    Node::Outbox out;
    node_->handle_timeout(ground_->events.now(), out);
    finish(out);
  });
}

void LinkSimNode::check_view(const NodeID& peer) {
  EXPECT_EQ(views_[peer].up, node_->connected(peer));
}

void LinkSimNode::carry(NodeOutput::SendSetup& output) {
  ground_->signal(id_, std::move(output.info));
}

void LinkSimNode::carry(NodeOutput::CreateOffer& output) {
  const Token token = ground_->sessions.create(*this, true);
  EXPECT_TRUE(tokens_.emplace(output.session, token).second);
  ours_[token] = {output.session, output.peer};
  ground_->sessions.create_offer(token);
}

void LinkSimNode::carry(NodeOutput::AcceptOffer& output) {
  const Token token = ground_->sessions.create(*this, true);
  EXPECT_TRUE(tokens_.emplace(output.session, token).second);
  ours_[token] = {output.session, output.peer};
  ground_->sessions.accept_offer(token, output.sdp);
}

void LinkSimNode::carry(NodeOutput::AcceptAnswer& output) {
  ground_->sessions.accept_answer(tokens_.at(output.session), output.sdp);
}

void LinkSimNode::carry(NodeOutput::AddCandidate& output) {
  ground_->sessions.add_candidate(tokens_.at(output.session), output.line);
}

void LinkSimNode::carry(NodeOutput::SessionPayload& output) {
  payloads_[tokens_.at(output.session)] = output.dialect;
}

void LinkSimNode::carry(NodeOutput::SendOn& output) {
  const NodeID peer = ours_.at(tokens_.at(output.session)).second;
  ++views_[peer].sent;
  send_on(open_token(output.session, peer), output.message);
}

void LinkSimNode::send_on(Token token, const Message& message) {
  const auto payload = payloads_.find(token);
  if (payload == payloads_.end() || payload->second != PayloadDialect::packets) {
    ground_->sessions.send(token, message);
    return;
  }
  const auto written = wire::encode_packets(message.text(), id_, [&](std::string_view packet) {
    ground_->sessions.send(token, Message::from_text(packet));
  });
  EXPECT_TRUE(written && message.kind == MessageKind::text);
}

void LinkSimNode::carry(NodeOutput::CloseSession& output) {
  const Token token = tokens_.at(output.session);
  tokens_.erase(output.session);
  ours_.erase(token);
  ground_->sessions.close(token, output.graceful);
}

void LinkSimNode::carry(NodeOutput::Listed&) {}

void LinkSimNode::carry(NodeOutput::Connected& output) {
  View& view = views_[output.peer];
  EXPECT_FALSE(view.up);
  view.up = true;
  view.awaited = false;
  ground_->trace += "+" + id_.short_hex() + output.peer.short_hex();
}

void LinkSimNode::carry(NodeOutput::Disconnected& output) {
  View& view = views_[output.peer];
  EXPECT_TRUE(view.up || view.awaited) << "nobody asked: " << to_string(output.reason);
  view.up = view.awaited = false;
  ground_->trace += "-" + id_.short_hex() + output.peer.short_hex();
  if (!view.wanted) return;
  ground_->events.after(1s, [this, peer = output.peer] {
    if (const View& now = views_[peer]; now.wanted && !now.up && !now.awaited) want(peer);
  });
}

void LinkSimNode::carry(NodeOutput::Lost& output) {
  views_[output.peer].lost += output.count;
}

void LinkSimNode::carry(NodeOutput::Writable& output) {
  views_[output.peer].waits_for_room = false;
  EXPECT_TRUE(node_->can_send(output.peer, MessageKind::text, limits_.max_message_bytes));
}

Token LinkSimNode::open_token(SessionId session, const NodeID& peer) {
  EXPECT_EQ(node_->peer_of(session), peer);
  return tokens_.at(session);
}

Token LinkSimNode::only_session_with(const NodeID& peer) const {
  Token found = 0;
  for (const auto& [token, whose] : ours_) {
    if (whose.second != peer) continue;
    if (found != 0) return 0;
    found = token;
  }
  return found;
}

std::size_t LinkSimNode::delivered_from(const NodeID& peer) const {
  const auto found = views_.find(peer);
  return found == views_.end() ? 0 : found->second.delivered;
}

void LinkSimNode::check_accounts() const {
  for (const auto& [peer, view] : views_) {
    EXPECT_EQ(view.accepted, view.sent + view.lost)
        << "between " << id_.short_hex() << " and " << peer.short_hex();
    EXPECT_FALSE(view.waits_for_room) << "forgotten";
  }
  EXPECT_TRUE(node_->drained());
}

void LinkSimNode::described(Token token, std::string sdp) {
  give(NodeInput::SessionDescribed{ours_.at(token).first, std::move(sdp)});
}

void LinkSimNode::candidate(Token token, std::string line) {
  give(NodeInput::SessionCandidate{ours_.at(token).first, std::move(line)});
}

void LinkSimNode::opened(Token token) {
  give(NodeInput::SessionOpened{ours_.at(token).first});
}

void LinkSimNode::received(Token token, const Message& message) {
  const auto peer = node_->peer_of(ours_.at(token).first);
  ASSERT_TRUE(peer);
  View& view = views_[*peer];
  ++view.delivered;
  const auto payload = payloads_.find(token);
  const bool packets = payload != payloads_.end() && payload->second == PayloadDialect::packets;
  const auto read = wire::PacketReader{}.read(message.text());
  ASSERT_EQ(packets, read.has_value()) << "of a peer that writes it otherwise: " << message.text();
  const std::string text = packets ? **read : std::string(message.text());
  ground_->trace += "." + text.substr(0, 12);
  const auto hash = text.find('#');
  if (hash == std::string::npos) return;  // A Rust node's.
  EXPECT_EQ(text.substr(0, 16), peer->short_hex());
  std::uint64_t& last = view.last_from[text.substr(0, hash)];
  const std::uint64_t number = std::stoull(text.substr(hash + 1));
  EXPECT_GT(number, last) << "twice or out of order: " << text;
  last = number;
}

void LinkSimNode::blocked(Token token) {
  give(NodeInput::SessionBlocked{ours_.at(token).first});
}

void LinkSimNode::writable(Token token) {
  give(NodeInput::SessionWritable{ours_.at(token).first});
}

void LinkSimNode::closed(Token token, Error reason) {
  const SessionId session = ours_.at(token).first;
  ours_.erase(token);
  tokens_.erase(session);
  give(NodeInput::SessionClosed{session, std::move(reason)});
}

}  // namespace flnet::protocol::test
