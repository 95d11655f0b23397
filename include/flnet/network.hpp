// SPDX-License-Identifier: MIT OR Apache-2.0
// Network: a node in the network: send to and receive from others by their ids.
#pragma once

#include <flnet/connection_config.hpp>
#include <flnet/loop.hpp>
#include <flnet/message.hpp>
#include <flnet/network_message.hpp>
#include <flnet/node_info.hpp>
#include <flnet/node_stat.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>
#include <flnet/u256.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flnet {

/// Why a network could not be started.
using NetworkSetupError = Error;

/// Limits of one Network. What happens at each of them stands beside it.
struct NetworkLimits {
  static constexpr std::size_t max_message_bytes = 256 * 1024;  ///< too_large
  static constexpr std::size_t receive_bytes =
      8 * 1024 * 1024;  ///< Received and not taken: peers are slowed down, then dropped.
  static constexpr std::size_t close_timeout_s = 10;  ///< `close` gives up delivering.
};

/// A running node. Everything happens on its loop's thread; only one coroutine at a time awaits `recv`.
/// Destroying it closes everything at once; `close` delivers first.
class Network {
 public:
  /// What it is made of; complete inside flnet only. network_start makes it.
  struct State;
  explicit Network(std::unique_ptr<State> state);
  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  ~Network();

  const NodeInfo& info() const;
  NodeID id() const { return info().id(); }

  /// The next reply, or nothing once the network is closed and everything has been taken.
  Task<std::optional<NetReply::Any>> recv();
  /// The next reply if there is one.
  std::optional<NetReply::Any> try_recv();

  /// Completes when the message has been taken into the send window of the link to `to`; the link is set
  /// up when there is none. too_large, invalid_argument (text that is no UTF-8, ourselves), closed,
  /// unsupported_by_peer (binary, which nodes of FLNet in Rust don't take; before it is known what the peer
  /// is, binary is accepted, and MessagesLost follows).
  Task<Result<>> send(NodeID to, Message message);
  /// `send` for text.
  Task<Result<>> send_msg(NodeID to, std::string_view text);
  /// Takes the message at once or says queue_full; otherwise as `send`.
  Result<> try_send(const NodeID& to, MessageView message);

  /// Asks the signalling server who is there; RcvWSUpdateList follows.
  Result<> send_list_request();
  /// Tells the signalling server's operator how other nodes are reached.
  Result<> send_stats(std::vector<NodeStat> stats);
  /// Sets the link to `peer` up without a message; Connected or Disconnected follows.
  Result<> connect(const NodeID& peer);
  /// Ends the link after what was accepted has left.
  Result<> disconnect(const NodeID& peer);
  /// Asks how all links stand: NetReply::ConnectionState follows for each session.
  Result<> tick();
  bool connected(const NodeID& peer) const;

  /// Delivers what `send` accepted, within NetworkLimits::close_timeout_s, then ends all links and leaves
  /// the signalling server. What could not be delivered is the error.
  Task<Result<>> close();

 private:
  std::unique_ptr<State> state_;
};

/// Joins the network: connects to the signalling server, announces, and waits for the first list, at most
/// ten seconds. unreachable, refused, timed_out, untrusted, invalid_argument (a URL), unsupported (natively:
/// a STUN or TURN server that needs TCP or TLS), system. From then on it reconnects by itself. Called on a
/// loop.
Task<Result<Network>> network_start(NodeConfig config, ConnectionConfig connection);

}  // namespace flnet
