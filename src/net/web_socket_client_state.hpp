// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient::State: one socket after the other, and the broker that stands for them.
#pragma once

#include "base/random.hpp"
#include "io/web_socket_client.hpp"
#include "net/back_off.hpp"
#include "net/broker_feed.hpp"
#include "net/network_parts.hpp"

#include <flnet/event.hpp>
#include <flnet/web_socket.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet {

class WebSocketClient::State final : private io::WebSocketClientSink {
 public:
  /// Begins to connect. `loop` must outlive it.
  State(Loop& loop, std::unique_ptr<Random> random, net::OpenWebSocket open_web_socket);

  /// What came of the first attempt.
  Task<Result<>> first_attempt();
  /// From the first call on, outputs are emitted.
  const Broker<WSClientMessage>& broker();
  /// The broker's handler.
  std::vector<WSClientMessage> messages(std::vector<WSClientMessage> given);

 private:
  using Output = WSClientOutput;
  enum class Stage : std::uint8_t { connecting, open, waiting, closing, closed };

  void socket_opened() override;
  void socket_received(std::string_view text) override;
  void socket_closed(Error reason) override;

  void connect();
  void try_again_in(Duration pause);
  void disconnect();
  Result<> send(std::string text);
  void settle_first_attempt(Result<> result);
  void tell(Output::Any output) { feed_.push_always(WSClientMessage(std::move(output))); }

  Loop& loop_;
  std::unique_ptr<Random> random_;
  net::OpenWebSocket open_web_socket_;
  Stage stage_ = Stage::connecting;
  Time opened_at_;
  net::BackOff back_off_;
  std::optional<Result<>> first_result_;
  Event first_settled_;
  Broker<WSClientMessage> broker_;
  net::BrokerFeed<WSClientMessage> feed_;
  Timer retry_;
  std::unique_ptr<io::WebSocketClient> socket_;
  Registration handler_;  // Last: it uses everything above.
};

}  // namespace flnet
