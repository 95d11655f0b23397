// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerSeams: which message goes over which seam.
#include "net/broker_seams.hpp"

#include <optional>
#include <utility>

namespace flnet::net {
namespace {

// A user's brokers are given inputs and give outputs; anything else on either side stays where it is.

std::optional<WSClientMessage> to_web_socket(const NetworkMessage& message) {
  const auto* socket = std::get_if<WSClientMessage>(&message);
  if (socket == nullptr || !std::holds_alternative<WSClientInput::Any>(*socket)) return std::nullopt;
  return *socket;
}

std::optional<NetworkMessage> from_web_socket(const WSClientMessage& message) {
  if (!std::holds_alternative<WSClientOutput::Any>(message)) return std::nullopt;
  return message;
}

std::optional<WebRTCConnMessage::Any> to_web_rtc(const NetworkMessage& message) {
  const auto* connections = std::get_if<WebRTCConnMessage::Any>(&message);
  if (connections == nullptr || std::holds_alternative<WebRTCConnMessage::OutputNC>(*connections))
    return std::nullopt;
  return *connections;
}

std::optional<NetworkMessage> from_web_rtc(const WebRTCConnMessage::Any& message) {
  if (!std::holds_alternative<WebRTCConnMessage::OutputNC>(message)) return std::nullopt;
  return message;
}

}  // namespace

/// Waits for room, so that messages that nobody takes stay where they come from.
struct BrokerSeams::FromWebRTC {
  BrokerSeams* seams;

  Task<std::vector<NetworkMessage>> messages(std::vector<NetworkMessage> given) {
    for (const NetworkMessage& message : given) {
      const auto* connections = std::get_if<WebRTCConnMessage::Any>(&message);
      if (connections == nullptr) continue;
      const auto* output = std::get_if<WebRTCConnMessage::OutputNC>(connections);
      if (output == nullptr) continue;
      if (std::holds_alternative<NCOutput::Received>(output->output)) co_await seams->traffic_->room();
      seams->links_->take(*output);
    }
    co_return std::vector<NetworkMessage>{};
  }
};

BrokerSeams::BrokerSeams(Loop& loop, Broker<NetworkMessage> broker, const WebSocketBroker& web_socket,
                         const WebRTCBroker& web_rtc)
    : broker_(std::move(broker)),
      outbox_(loop, broker_,
              [this] {
                if (links_ != nullptr) links_->has_room();
              }),
      web_socket_(loop, outbox_) {
  registrations_.push_back(broker_.add_callback([this](const NetworkMessage& message) {
    const auto* socket = std::get_if<WSClientMessage>(&message);
    if (socket == nullptr) return;
    if (const auto* output = std::get_if<WSClientOutput::Any>(socket)) web_socket_.take(*output);
  }));
  registrations_.push_back(broker_.add_handler(FromWebRTC{this}));
  registrations_.push_back(broker_.link(web_socket, to_web_socket, from_web_socket));
  registrations_.push_back(broker_.link(web_rtc, to_web_rtc, from_web_rtc));
}

NetworkParts BrokerSeams::parts(Loop& loop, std::shared_ptr<BrokerSeams> seams) {
  BrokerSeams& ground = *seams;
  return {
      .loop = loop,
      .random = std::make_unique<SystemRandom>(),
      .open_web_socket = [&ground](io::WebSocketClientSink& sink) { return ground.web_socket_.open(sink); },
      .make_links =
          [&ground](Loop&, const NodeID& self, Random&, LinksSink& sink) {
            auto links = std::make_unique<BrokerLinks>(self, ground.outbox_, sink);
            ground.links_ = links.get();
            return links;
          },
      .ground = std::move(seams)};
}

void BrokerSeams::close_web_socket() {
  // Best effort: a broker that takes nothing can't be told.
  [[maybe_unused]] const auto pushed = outbox_.push(WSClientMessage(WSClientInput::Disconnect{}));
}

}  // namespace flnet::net
