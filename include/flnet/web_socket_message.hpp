// SPDX-License-Identifier: MIT OR Apache-2.0
// The messages of brokers that stand for a WebSocket, or for a server of WebSockets.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace flnet {

/// What goes to a WebSocket client.
struct WSClientInput {
  /// A text message to send.
  struct Message {
    std::string text;
    friend bool operator==(const Message&, const Message&) = default;
  };
  /// Closes the socket; nothing is sent after it.
  struct Disconnect {
    friend bool operator==(const Disconnect&, const Disconnect&) = default;
  };
  using Any = std::variant<Message, Disconnect>;
};

/// What comes from a WebSocket client.
struct WSClientOutput {
  /// The socket is open; also after it was lost and has come back.
  struct Connected {
    friend bool operator==(const Connected&, const Connected&) = default;
  };
  struct Message {
    std::string text;
    friend bool operator==(const Message&, const Message&) = default;
  };
  /// The socket has closed.
  struct Disconnected {
    friend bool operator==(const Disconnected&, const Disconnected&) = default;
  };
  /// For people; the socket may still work.
  struct Error {
    std::string detail;
    friend bool operator==(const Error&, const Error&) = default;
  };
  using Any = std::variant<Connected, Message, Disconnected, Error>;
};

using WSClientMessage = std::variant<WSClientInput::Any, WSClientOutput::Any>;

/// A client of a server; never given to another one by the same server.
using WSConnection = std::uint64_t;

/// What goes to a WebSocket server. Connections that don't exist any more are ignored.
struct WSServerInput {
  struct Message {
    WSConnection connection = 0;
    std::string text;
    friend bool operator==(const Message&, const Message&) = default;
  };
  /// Asks for a Pong (RFC 6455 §5.5.2). A server that can't do that may ignore it.
  struct Ping {
    WSConnection connection = 0;
    friend bool operator==(const Ping&, const Ping&) = default;
  };
  struct Close {
    WSConnection connection = 0;
    friend bool operator==(const Close&, const Close&) = default;
  };
  /// Closes all connections; Stopped follows.
  struct Stop {
    friend bool operator==(const Stop&, const Stop&) = default;
  };
  using Any = std::variant<Message, Ping, Close, Stop>;
};

/// What comes from a WebSocket server.
struct WSServerOutput {
  struct NewConnection {
    WSConnection connection = 0;
    friend bool operator==(const NewConnection&, const NewConnection&) = default;
  };
  struct Message {
    WSConnection connection = 0;
    std::string text;
    friend bool operator==(const Message&, const Message&) = default;
  };
  struct Pong {
    WSConnection connection = 0;
    friend bool operator==(const Pong&, const Pong&) = default;
  };
  struct Disconnection {
    WSConnection connection = 0;
    friend bool operator==(const Disconnection&, const Disconnection&) = default;
  };
  /// It takes and sends nothing any more.
  struct Stopped {
    friend bool operator==(const Stopped&, const Stopped&) = default;
  };
  using Any = std::variant<NewConnection, Message, Pong, Disconnection, Stopped>;
};

using WSServerMessage = std::variant<WSServerInput::Any, WSServerOutput::Any>;

}  // namespace flnet
