// SPDX-License-Identifier: MIT OR Apache-2.0
// PingPong: how the rules, the network and the clock are put together.
#include "handler.hpp"

#include "rules.hpp"

#include <flnet/log.hpp>

#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace ping_pong {
namespace {

using flnet::Broker;
using flnet::Loop;
using flnet::NetCall;
using flnet::NetworkMessage;

class Handler {
 public:
  Handler(Rules rules, Loop& loop) : rules_(std::move(rules)), loop_(loop) {}

  std::vector<PingPongMessage> messages(std::vector<PingPongMessage> given) {
    std::vector<PingPongMessage> answers;
    for (const PingPongMessage& message : given) {
      auto more = rules_.handle(message, loop_.now());
      answers.insert(answers.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
    }
    return answers;
  }

 private:
  Rules rules_;
  Loop& loop_;
};

/// What the network is asked to do for a message; nothing for most.
std::optional<NetCall::Any> call_for(const PingPongMessage& message) {
  if (const auto* send = std::get_if<ToNetwork>(&message))
    return NetCall::SendNodeMessage{send->to, flnet::Message::from_text(to_text(send->word))};
  if (std::holds_alternative<AskList>(message)) return NetCall::SendWSUpdateListRequest{};
  return std::nullopt;
}

void carry_out(const PingPongMessage& message, const Broker<NetworkMessage>& network,
               const Broker<PingPongMessage>& own) {
  auto call = call_for(message);
  if (!call) return;
  const auto emitted = network.emit(std::move(*call));
  const auto* send = std::get_if<ToNetwork>(&message);
  if (emitted || send == nullptr) return;
  const auto told = own.emit(Lost{send->to, 1, emitted.error().detail});
  if (!told) flnet::log::warn("ping-pong: ", told.error());
}

/// By reference: a callback that held its own broker would keep it alive for good.
auto to_network(const Broker<NetworkMessage>& network, const Broker<PingPongMessage>& own) {
  return [network, &own](const PingPongMessage& message) { carry_out(message, network, own); };
}

std::optional<PingPongMessage> from_network(const NetworkMessage& message) {
  const auto* reply = std::get_if<flnet::NetReply::Any>(&message);
  return reply == nullptr ? std::nullopt : heard(*reply);
}

std::optional<PingPongMessage> from_timer(const flnet::TimerMessage& message) {
  if (message != flnet::TimerMessage::Second) return std::nullopt;
  return Tick{};
}

}  // namespace

PingPong::PingPong(const flnet::NodeID& own, const Broker<NetworkMessage>& network, Loop& loop, Limits limits)
    : broker_(loop),
      timer_(loop),
      handler_(broker_.add_handler(Handler(Rules(own, loop.now(), limits), loop))),
      carries_out_(broker_.add_callback(to_network(network, broker_))),
      hears_network_(network.add_translator(broker_, from_network)),
      hears_timer_(timer_.broker().add_translator(broker_, from_timer)) {}

}  // namespace ping_pong
