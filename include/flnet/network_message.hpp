// SPDX-License-Identifier: MIT OR Apache-2.0
// NetworkMessage: what goes to and comes from a node, as the messages of a broker.
#pragma once

#include <flnet/connection_state.hpp>
#include <flnet/message.hpp>
#include <flnet/node_info.hpp>
#include <flnet/node_stat.hpp>
#include <flnet/result.hpp>
#include <flnet/u256.hpp>
#include <flnet/web_rtc_message.hpp>
#include <flnet/web_socket_message.hpp>

#include <cstddef>
#include <variant>
#include <vector>

namespace flnet {

/// What a node is asked to do.
struct NetCall {
  /// Sends a message; the link is set up first when there is none. What can't be sent comes back as
  /// NetReply::MessagesLost.
  struct SendNodeMessage {
    NodeID to;
    Message message;
    friend bool operator==(const SendNodeMessage&, const SendNodeMessage&) = default;
  };
  /// Tells the signalling server's operator how other nodes are reached.
  struct SendWSStats {
    std::vector<NodeStat> stats;
    friend bool operator==(const SendWSStats&, const SendWSStats&) = default;
  };
  /// Asks the signalling server who is there; NetReply::RcvWSUpdateList follows.
  struct SendWSUpdateListRequest {
    friend bool operator==(const SendWSUpdateListRequest&, const SendWSUpdateListRequest&) = default;
  };
  /// Sets the link to `peer` up without a message; Connected or Disconnected follows.
  struct Connect {
    NodeID peer;
    friend bool operator==(const Connect&, const Connect&) = default;
  };
  /// Ends the link after what was accepted has left. Fine when there is none.
  struct Disconnect {
    NodeID peer;
    friend bool operator==(const Disconnect&, const Disconnect&) = default;
  };
  /// Asks how all links stand: NetReply::ConnectionState follows for each session. A node keeps time by
  /// itself; nobody needs to send this.
  struct Tick {
    friend bool operator==(const Tick&, const Tick&) = default;
  };
  using Any = std::variant<SendNodeMessage, SendWSStats, SendWSUpdateListRequest, Connect, Disconnect, Tick>;
};

/// How one session of a link stands.
struct NetworkConnectionState {
  NodeID id;  ///< The peer.
  Direction direction = Direction::Outgoing;
  ConnStats stats;
  friend bool operator==(const NetworkConnectionState&, const NetworkConnectionState&) = default;
};

/// What a node's user hears.
struct NetReply {
  /// A message of another node, whole and in the order in which it was sent.
  struct RcvNodeMessage {
    NodeID from;
    Message message;
    friend bool operator==(const RcvNodeMessage&, const RcvNodeMessage&) = default;
  };
  /// Who is announced at the signalling server now, this node among them. An older list that nobody has
  /// taken yet is replaced.
  struct RcvWSUpdateList {
    std::vector<NodeInfo> nodes;
    friend bool operator==(const RcvWSUpdateList&, const RcvWSUpdateList&) = default;
  };
  /// A session has begun, opened or ended, or Tick asked. One that nobody has taken yet is replaced by a
  /// newer one of the same session.
  using ConnectionState = NetworkConnectionState;
  /// A channel to this node is open.
  struct Connected {
    NodeID peer;
    friend bool operator==(const Connected&, const Connected&) = default;
  };
  /// No channel to this node is open any more, or none could be opened.
  struct Disconnected {
    NodeID peer;
    Error reason;
    friend bool operator==(const Disconnected&, const Disconnected&) = default;
  };
  /// `count` messages for this node will not be sent.
  struct MessagesLost {
    NodeID peer;
    std::size_t count = 0;
    Error reason;
    friend bool operator==(const MessagesLost&, const MessagesLost&) = default;
  };
  using Any =
      std::variant<RcvNodeMessage, RcvWSUpdateList, ConnectionState, Connected, Disconnected, MessagesLost>;
};

/// The messages of NetworkBroker. Calls go to the node, replies come from it; the other two belong to the
/// brokers that a user has put in the place of the node's WebSocket and WebRTC.
using NetworkMessage = std::variant<NetCall::Any, NetReply::Any, WSClientMessage, WebRTCConnMessage::Any>;

}  // namespace flnet
