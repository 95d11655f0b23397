// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInSocket: a node's WebSocket to the stand-in signalling server.
#pragma once

#include "io/web_socket_client.hpp"
#include "net/stand_in_server.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace flnet::net {

///   connecting ──> open ──close──> closing ──> closed
///        └───refused──┴──the server closes──────^
class StandInSocket final : public io::WebSocketClient {
 public:
  /// Accepted and not at the server yet: queue_full.
  static constexpr std::size_t send_queue_bytes = 1024 * 1024;
  /// After `close`, if the server does not answer.
  static constexpr Duration close_timeout = 1s;

  /// `world` is what keeps `server` alive.
  StandInSocket(std::shared_ptr<void> world, Loop& loop, StandInServer& server, const NodeID& node,
                io::WebSocketClientSink& sink);
  ~StandInSocket() override;
  StandInSocket(const StandInSocket&) = delete;
  StandInSocket& operator=(const StandInSocket&) = delete;

  Result<> send(std::string text) override;
  void close(std::string reason) override;

  // Called by the server, from the loop.
  void opened();
  void arrived(std::size_t bytes) { queued_bytes_ -= bytes; }
  void received(std::string_view text);
  void closed(Error reason);

 private:
  enum class Stage : std::uint8_t { connecting, open, closing, closed };

  std::shared_ptr<void> world_;  // Shared with all that is in the world.
  Loop& loop_;
  StandInServer& server_;
  io::WebSocketClientSink& sink_;
  Stage stage_ = Stage::connecting;
  std::size_t queued_bytes_ = 0;
  Timer close_timer_;
  protocol::ClientId id_;
};

}  // namespace flnet::net
