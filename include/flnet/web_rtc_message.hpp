// SPDX-License-Identifier: MIT OR Apache-2.0
// The messages of brokers that stand for one WebRTC connection, or for those to all peers of a node.
#pragma once

#include <flnet/connection_state.hpp>
#include <flnet/message.hpp>
#include <flnet/peer_info.hpp>
#include <flnet/result.hpp>
#include <flnet/u256.hpp>

#include <cstddef>
#include <variant>

namespace flnet {

/// What goes to a single connection.
struct WebRTCInput {
  /// A message to send.
  struct Send {
    Message message;
    friend bool operator==(const Send&, const Send&) = default;
  };
  /// What the other side's signalling has brought; Init asks it to offer.
  struct Setup {
    PeerMessage::Any message;
    friend bool operator==(const Setup&, const Setup&) = default;
  };
  /// Restarts ICE, as PeerConnection::restart; a Setup with the Offer follows.
  struct Restart {
    friend bool operator==(const Restart&, const Restart&) = default;
  };
  /// State follows.
  struct UpdateState {
    friend bool operator==(const UpdateState&, const UpdateState&) = default;
  };
  /// Delivers what was sent, then closes; Disconnected follows.
  struct Disconnect {
    friend bool operator==(const Disconnect&, const Disconnect&) = default;
  };
  using Any = std::variant<Send, Setup, Restart, UpdateState, Disconnect>;
};

/// What comes from a single connection.
struct WebRTCOutput {
  /// Messages flow.
  struct Connected {
    friend bool operator==(const Connected&, const Connected&) = default;
  };
  /// The end.
  struct Disconnected {
    Error reason;
    friend bool operator==(const Disconnected&, const Disconnected&) = default;
  };
  struct Received {
    Message message;
    friend bool operator==(const Received&, const Received&) = default;
  };
  /// To be brought to the other side by signalling.
  struct Setup {
    PeerMessage::Any message;
    friend bool operator==(const Setup&, const Setup&) = default;
  };
  struct State {
    ConnectionStateMap state;
    friend bool operator==(const State&, const State&) = default;
  };
  /// A message was not sent, or a set-up could not be used; the connection goes on.
  struct Failed {
    Error reason;
    friend bool operator==(const Failed&, const Failed&) = default;
  };
  using Any = std::variant<Connected, Disconnected, Received, Setup, State, Failed>;
};

using WebRTCMessage = std::variant<WebRTCInput::Any, WebRTCOutput::Any>;

/// What goes to the connection with one node, which is up to two sessions, one a direction.
struct NCInput {
  /// A message to send. The connection is set up first when there is none.
  struct Send {
    Message message;
    friend bool operator==(const Send&, const Send&) = default;
  };
  /// Ends all sessions after what was sent has left.
  struct Disconnect {
    friend bool operator==(const Disconnect&, const Disconnect&) = default;
  };
  /// A State follows for each session.
  struct GetStates {
    friend bool operator==(const GetStates&, const GetStates&) = default;
  };
  /// What the node's signalling has brought.
  struct Setup {
    Direction direction = Direction::Outgoing;
    PeerMessage::Any message;
    friend bool operator==(const Setup&, const Setup&) = default;
  };
  using Any = std::variant<Send, Disconnect, GetStates, Setup>;
};

/// What comes from the connection with one node.
struct NCOutput {
  /// Messages flow, by at least one session.
  struct Connected {
    friend bool operator==(const Connected&, const Connected&) = default;
  };
  /// No session is open any more, or none could be opened.
  struct Disconnected {
    Error reason;
    friend bool operator==(const Disconnected&, const Disconnected&) = default;
  };
  struct Received {
    Message message;
    friend bool operator==(const Received&, const Received&) = default;
  };
  /// The session of `direction` has changed, or GetStates asked.
  struct State {
    Direction direction = Direction::Outgoing;
    ConnectionStateMap state;
    friend bool operator==(const State&, const State&) = default;
  };
  /// To be brought to the other node by signalling.
  struct Setup {
    Direction direction = Direction::Outgoing;
    PeerMessage::Any message;
    friend bool operator==(const Setup&, const Setup&) = default;
  };
  /// `count` messages will not be sent.
  struct MessagesLost {
    std::size_t count = 0;
    Error reason;
    friend bool operator==(const MessagesLost&, const MessagesLost&) = default;
  };
  using Any = std::variant<Connected, Disconnected, Received, State, Setup, MessagesLost>;
};

/// The messages of WebRTCConn, the connections of one node with all its peers.
struct WebRTCConnMessage {
  struct InputNC {
    NodeID peer;
    NCInput::Any input;
    friend bool operator==(const InputNC&, const InputNC&) = default;
  };
  struct OutputNC {
    NodeID peer;
    NCOutput::Any output;
    friend bool operator==(const OutputNC&, const OutputNC&) = default;
  };
  /// Sets the connection with a peer up.
  struct Connect {
    NodeID peer;
    friend bool operator==(const Connect&, const Connect&) = default;
  };
  using Any = std::variant<InputNC, OutputNC, Connect>;
};

}  // namespace flnet
