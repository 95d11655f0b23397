// SPDX-License-Identifier: MIT OR Apache-2.0
// Network::State: carries out what the Node machine decides and tells it what happens.
#include "net/network_state.hpp"

#include "base/encoding.hpp"

#include <flnet/log.hpp>
#include <flnet/run.hpp>

namespace flnet {

using protocol::SessionId;

Network::State::State(NodeConfig config, net::NetworkParts parts)
    : loop_(parts.loop),
      info_(config.info),
      random_(std::move(parts.random)),
      host_(std::move(parts.host)),
      sessions_(loop_, *host_, *random_, *this),
      node_(info_.id(), protocol::NodeLimits{}, *random_),
      actor_(loop_, node_,
             [this](Output::Any output) {
               std::visit([this](auto& each) { carry_out(std::move(each)); }, output);
             }),
      signalling_(loop_, std::move(config), std::move(parts.open_web_socket), *random_, *this) {}

// Starting and ending.

Task<Result<>> Network::State::start() {
  signalling_.start();
  const Timer timeout = loop_.at(loop_.now() + start_timeout, [this] {
    settle_start(failure(ErrorCode::timed_out, "the signalling server sent no list within 10 seconds"));
  });
  while (!started_) co_await start_settled_.wait();
  co_return *started_;
}

void Network::State::settle_start(Result<> result) {
  if (started_) return;
  started_ = std::move(result);
  start_settled_.notify();
}

Task<Result<>> Network::State::close() {
  const Time give_up = loop_.now() + std::chrono::seconds(NetworkLimits::close_timeout_s);
  // Links that are being set up may still open and take what waits for them.
  while (!node_.drained() && loop_.now() < give_up) co_await sleep(drain_interval);
  lost_in_close_ = 0;
  for (const NodeID& peer : node_.peers()) disconnect(peer);
  while (sessions_.closing() && loop_.now() < give_up) co_await sleep(drain_interval);
  signalling_.stop();
  replies_.close();
  for (const auto& [peer, event] : std::exchange(senders_, {})) event->notify();
  if (lost_in_close_ > 0 || sessions_.closing())
    co_return failure(ErrorCode::timed_out, "closed before everything was delivered");
  co_return Result<>{};
}

// Sending.

Result<> Network::State::try_send(const NodeID& to, MessageView message) {
  if (closed()) return failure(ErrorCode::closed, "the network is closed");
  if (const auto session = node_.open_session(to)) return sessions_.send(*session, message);
  if (auto allowed = node_.can_send(to, message.kind, message.bytes.size()); !allowed) return allowed;
  if (message.kind == MessageKind::text && !is_utf8(message.text()))
    return failure(ErrorCode::invalid_argument, "the text is not UTF-8");
  give(Input::Send{to, Message::copy(message)});
  return {};
}

Task<Result<>> Network::State::send(NodeID to, Message message) {
  while (true) {
    auto sent = try_send(to, message.view());
    if (sent || sent.error().code != ErrorCode::queue_full) co_return sent;
    auto& slot = senders_[to];
    if (!slot) slot = std::make_shared<Event>();
    const auto room = slot;
    co_await room->wait();
  }
}

void Network::State::wake_senders(const NodeID& peer) {
  const auto waiting = senders_.find(peer);
  if (waiting == senders_.end()) return;
  const auto room = waiting->second;
  senders_.erase(waiting);
  room->notify();
}

// Receiving.

std::optional<NetReply::Any> Network::State::try_recv() {
  auto reply = replies_.pop();
  if (!reply) return reply;
  if (const auto* received = std::get_if<NetReply::RcvNodeMessage>(&*reply)) {
    const auto session = receiving_.find(received->from);
    if (session != receiving_.end())
      sessions_.set_held_bytes(session->second, replies_.held_bytes(received->from));
  }
  return reply;
}

void Network::State::session_message(SessionId session, MessageView message) {
  const auto peer = node_.peer_of(session);
  if (!peer) return;
  if (!replies_.push_message(*peer, message)) {
    log::warn("disconnecting ", *peer, ": the application takes messages too slowly");
    give(Input::Disconnect{*peer});
    return;
  }
  receiving_[*peer] = session;
  sessions_.set_held_bytes(session, replies_.held_bytes(*peer));
}

// What sessions and signalling say.

void Network::State::session_input(Input::Any input) {
  give(std::move(input));
}

void Network::State::session_has_room(SessionId session) {
  if (const auto peer = node_.peer_of(session)) wake_senders(*peer);
}

void Network::State::signalling_listed(std::vector<wire::ListedNode> nodes) {
  settle_start({});
  give(Input::ListReceived{std::move(nodes)});
}

void Network::State::signalling_setup(PeerInfo info) {
  give(Input::SetupReceived{std::move(info)});
}

void Network::State::signalling_lost(Error reason) {
  if (started_) log::warn("signalling server lost, trying again: ", reason);
  settle_start(failure(std::move(reason)));
}

void Network::State::signalling_failed(Error reason) {
  log::error("the signalling server can't be used: ", reason);
  settle_start(failure(std::move(reason)));
}

// What the Node machine says.

void Network::State::carry_out(Output::SendSetup output) {
  signalling_.send_setup(std::move(output.info));
}

void Network::State::carry_out(Output::CreateOffer output) {
  sessions_.create_offer(output.session);
}

void Network::State::carry_out(Output::AcceptOffer output) {
  sessions_.accept_offer(output.session, std::move(output.sdp));
}

void Network::State::carry_out(Output::AcceptAnswer output) {
  sessions_.accept_answer(output.session, std::move(output.sdp));
}

void Network::State::carry_out(Output::AddCandidate output) {
  sessions_.add_candidate(output.session, std::move(output.line));
}

void Network::State::carry_out(Output::SessionPayload output) {
  sessions_.set_payload(output.session, output.dialect);
}

void Network::State::carry_out(Output::SendOn output) {
  sessions_.deliver(output.session, std::move(output.message));
}

void Network::State::carry_out(Output::CloseSession output) {
  log::debug("session closed: ", output.reason);
  sessions_.close(output.session, output.graceful);
}

void Network::State::carry_out(Output::Listed output) {
  NetReply::RcvWSUpdateList list;
  for (wire::ListedNode& node : output.nodes) list.nodes.push_back(std::move(node.info));
  replies_.push(std::move(list));
}

void Network::State::carry_out(Output::Connected output) {
  log::info("connected to ", output.peer);
  replies_.push(NetReply::Connected{output.peer});
}

void Network::State::carry_out(Output::Disconnected output) {
  log::info("disconnected from ", output.peer, ": ", output.reason);
  receiving_.erase(output.peer);
  wake_senders(output.peer);
  replies_.push(NetReply::Disconnected{output.peer, std::move(output.reason)});
}

void Network::State::carry_out(Output::Lost output) {
  lost_in_close_ += output.count;
  replies_.push(NetReply::MessagesLost{output.peer, output.count, std::move(output.reason)});
}

void Network::State::carry_out(Output::Writable output) {
  wake_senders(output.peer);
}

}  // namespace flnet
