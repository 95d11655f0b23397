// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerLinks: words of the broker on one side, Links on the other.
#include "net/broker_links.hpp"

#include <flnet/log.hpp>

#include <utility>

namespace flnet::net {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};

}  // namespace

// What the node asks for.

void BrokerLinks::listed(std::vector<wire::ListedNode> nodes) {
  NetReply::RcvWSUpdateList list;
  for (wire::ListedNode& node : nodes) list.nodes.push_back(std::move(node.info));
  sink_.link_reply(std::move(list));
}

void BrokerLinks::setup(PeerInfo info) {
  const auto peer = info.remote(self_);
  if (peer && *peer != self_) push(*peer, NCInput::Setup{info.direction(self_), std::move(info.message)});
}

void BrokerLinks::connect(const NodeID& peer) {
  known_.insert(peer);
  const auto pushed = outbox_.push(WebRTCConnMessage::Any(WebRTCConnMessage::Connect{peer}));
  if (!pushed) sink_.link_reply(NetReply::Disconnected{peer, pushed.error()});
}

void BrokerLinks::disconnect(const NodeID& peer) {
  push(peer, NCInput::Disconnect{});
}

Result<> BrokerLinks::try_send(const NodeID& to, MessageView message) {
  if (to == self_) return failure(ErrorCode::invalid_argument, "a node can't send to itself");
  if (message.bytes.size() > NetworkLimits::max_message_bytes)
    return failure(ErrorCode::too_large, "messages have at most 256 KiB");
  auto pushed = outbox_.push(
      WebRTCConnMessage::Any(WebRTCConnMessage::InputNC{to, NCInput::Send{Message::copy(message)}}));
  if (pushed) {
    known_.insert(to);
  } else {
    blocked_.insert(to);
  }
  return pushed;
}

void BrokerLinks::has_room() {
  for (const NodeID& peer : std::exchange(blocked_, {})) sink_.link_writable(peer);
}

void BrokerLinks::report_states(const std::optional<NodeID>& peer) {
  for (const NodeID& known : known_)
    if (!peer || *peer == known) push(known, NCInput::GetStates{});
}

void BrokerLinks::push(const NodeID& peer, NCInput::Any input) {
  known_.insert(peer);
  const auto pushed =
      outbox_.push(WebRTCConnMessage::Any(WebRTCConnMessage::InputNC{peer, std::move(input)}));
  if (!pushed) topic.warn("the WebRTC broker takes nothing: ", pushed.error());
}

// What the broker says.

void BrokerLinks::take(const WebRTCConnMessage::OutputNC& output) {
  std::visit([this, &output](const auto& each) { hear(output.peer, each); }, output.output);
}

void BrokerLinks::hear(const NodeID& peer, const NCOutput::Connected&) {
  known_.insert(peer);
  connected_.insert(peer);
  sink_.link_reply(NetReply::Connected{peer});
}

void BrokerLinks::hear(const NodeID& peer, const NCOutput::Disconnected& output) {
  known_.erase(peer);
  connected_.erase(peer);
  sink_.link_reply(NetReply::Disconnected{peer, output.reason});
}

void BrokerLinks::hear(const NodeID& peer, const NCOutput::Received& output) {
  sink_.link_received(peer, output.message.view());
}

void BrokerLinks::hear(const NodeID& peer, const NCOutput::State& output) {
  sink_.link_reply(NetReply::ConnectionState{peer, output.direction, output.state});
}

void BrokerLinks::hear(const NodeID& peer, const NCOutput::Setup& output) {
  const bool ours = output.direction == Direction::Outgoing;
  sink_.link_setup({ours ? self_ : peer, ours ? peer : self_, output.message});
}

void BrokerLinks::hear(const NodeID& peer, const NCOutput::MessagesLost& output) {
  sink_.link_reply(NetReply::MessagesLost{peer, output.count, output.reason});
}

}  // namespace flnet::net
