// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInServer: a signalling server without sockets; the hub and its signatures are the real ones.
#pragma once

#include "io/web_socket_client.hpp"
#include "net/stand_in_world.hpp"
#include "protocol/signal_hub.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace flnet::net {

class StandInSocket;

/// Connecting takes the two round trips of TCP and the WebSocket's upgrade. What a client can't hear for a
/// cut waits for it, as TCP does it.
class StandInServer {
 public:
  /// Larger messages of clients close their WebSocket.
  static constexpr std::size_t max_client_message_bytes = 64 * 1024;
  /// Said to a client and not arrived: a slower one is closed.
  static constexpr std::size_t send_queue_bytes = 4 * 1024 * 1024;

  /// `world` must outlive it.
  explicit StandInServer(StandInWorld& world);
  ~StandInServer();
  StandInServer(const StandInServer&) = delete;
  StandInServer& operator=(const StandInServer&) = delete;

  void start();
  void stop();
  /// The counters of the hub that runs now, if any.
  void count_in(StandInCounters& counters) const;

  // For StandInSocket.
  protocol::ClientId connect(const NodeID& from, StandInSocket& socket);
  void client_says(protocol::ClientId id, std::string text);
  void client_closes(protocol::ClientId id);
  /// The socket's object dies.
  void client_gone(protocol::ClientId id);

 private:
  using ClientId = protocol::ClientId;
  class Hub;
  /// One WebSocket, from the first attempt on. It is forgotten when neither side knows it any more.
  struct Line {
    StandInPathId up, down;
    StandInSocket* socket = nullptr;  ///< Until it has closed, or is gone.
    bool accepted = false;            ///< The hub knows it.
    std::size_t queued_bytes = 0;     ///< Of `down`.
  };

  Line* line(ClientId id);
  /// Makes `call(line)` when it arrives, if the line is still there.
  template <class Call>
  void send(StandInPathId path, ClientId id, Call call);
  void take_connect(ClientId id);
  void take_upgrade(ClientId id);
  void take_text(ClientId id, std::string text);
  void take_close(ClientId id);

  // What the hub says.
  void tell(ClientId id, std::string text);
  void ping(ClientId id);
  void close(ClientId id, Error reason);
  void forget(ClientId id);

  StandInWorld& world_;
  std::uint64_t next_client_ = 1;
  std::uint64_t starts_ = 0;
  std::map<ClientId, Line> lines_;
  std::unique_ptr<Hub> hub_;  ///< While the server runs.
};

}  // namespace flnet::net
