// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerSwitch: WebSocket clients and their server without any socket: brokers that are linked.
#pragma once

#include <flnet/broker.hpp>
#include <flnet/web_socket_message.hpp>

#include <gtest/gtest.h>

#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace flnet::test {

/// The server side is `server`; each `plug` is the client side of a connection of its own.
class BrokerSwitch {
 public:
  explicit BrokerSwitch(Loop& loop, bool answers_pings = true)
      : server(loop), loop_(loop), answers_pings_(answers_pings) {
    pings_ = server.add_callback([this](const WSServerMessage& message) { answer(message); });
  }

  Broker<WSClientMessage> plug() { return plug(next_++); }
  Broker<WSClientMessage> plug(WSConnection number) {
    Broker<WSClientMessage> client(loop_);
    cables_.push_back(client.link(
        server, [number](const WSClientMessage& message) { return to_server(number, message); },
        [number](const WSServerMessage& message) { return to_client(number, message); }));
    EXPECT_TRUE(server.emit(WSServerOutput::Any(WSServerOutput::NewConnection{number})));
    return client;
  }
  void unplug(WSConnection number) {
    EXPECT_TRUE(server.emit(WSServerOutput::Any(WSServerOutput::Disconnection{number})));
  }

  Broker<WSServerMessage> server;
  std::vector<WSConnection> pinged, closed;

 private:
  static std::optional<WSServerMessage> to_server(WSConnection number, const WSClientMessage& message) {
    const auto* input = std::get_if<WSClientInput::Any>(&message);
    if (input == nullptr) return std::nullopt;
    if (const auto* text = std::get_if<WSClientInput::Message>(input))
      return WSServerOutput::Any(WSServerOutput::Message{number, text->text});
    return WSServerOutput::Any(WSServerOutput::Disconnection{number});
  }
  static std::optional<WSClientMessage> to_client(WSConnection number, const WSServerMessage& message) {
    const auto* input = std::get_if<WSServerInput::Any>(&message);
    if (input == nullptr) return std::nullopt;
    if (const auto* text = std::get_if<WSServerInput::Message>(input); text && text->connection == number)
      return WSClientOutput::Any(WSClientOutput::Message{text->text});
    if (const auto* close = std::get_if<WSServerInput::Close>(input); close && close->connection == number)
      return WSClientOutput::Any(WSClientOutput::Disconnected{});
    return std::nullopt;
  }

  void answer(const WSServerMessage& message) {
    const auto* input = std::get_if<WSServerInput::Any>(&message);
    const auto* ping = input ? std::get_if<WSServerInput::Ping>(input) : nullptr;
    if (ping == nullptr) return;
    pinged.push_back(ping->connection);
    if (answers_pings_) {
      EXPECT_TRUE(server.emit(WSServerOutput::Any(WSServerOutput::Pong{ping->connection})));
    }
  }

  Loop& loop_;
  bool answers_pings_;
  WSConnection next_ = 1;
  std::deque<Registration> cables_;
  Registration pings_;
};

}  // namespace flnet::test
