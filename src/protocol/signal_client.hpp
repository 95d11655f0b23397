// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalClient: a node's side of the signalling WebSocket: connect, announce, list, reconnect; a pure
// machine.
#pragma once

#include "base/random.hpp"
#include "wire/signal_message.hpp"

#include <flnet/result.hpp>
#include <flnet/time.hpp>

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace flnet::protocol {

struct SignalClientConfig {
  NodeInfo info;
  Duration connect_timeout = 10s;
  Duration announce_timeout =
      10s;  ///< From the open socket to the first list (a Rust server starts reading 1 s late).
  Duration list_interval = 45s;     ///< Rust servers forget who is silent for 60 s and more.
  Duration silence_timeout = 120s;  ///< Nothing at all from the server, list replies included: reconnect.
  Duration backoff_first = 500ms;   ///< Full jitter: uniform in [0, min(backoff_max, backoff_first · 2ⁿ)].
  Duration backoff_max = 30s;
  std::size_t pending_setups = 64;  ///< PeerSetups kept while not announced; the oldest goes first, counted.
};

struct SignalClientInput {
  struct Start {};
  struct SocketOpened {};
  struct SocketClosed {
    Error reason;
  };  ///< Also for a socket that could not be opened.
  struct Received {
    std::string text;
  };
  struct Signed {
    wire::Signature signature;
  };  ///< Answer to the latest output Sign.
  struct RequestList {};
  struct SendSetup {
    wire::PeerInfo info;
  };
  struct SendStats {
    wire::NodeStats stats;
  };
  struct Stop {};
  using Any = std::variant<Start, SocketOpened, SocketClosed, Received, Signed, RequestList, SendSetup,
                           SendStats, Stop>;
};

struct SignalClientOutput {
  struct OpenSocket {};
  struct CloseSocket {
    std::string reason;
  };
  struct SendText {
    std::string text;
  };
  struct Sign {
    U256 challenge;
  };
  struct Announced {
    wire::Dialect server_dialect;
  };  ///< The first list after an announce came.
  struct List {
    std::vector<wire::ListedNode> nodes;
  };
  struct Setup {
    wire::PeerInfo info;
  };
  struct Lost {
    Error reason;
    std::optional<Time> retry_at;
  };  ///< Will come back by itself at `retry_at`.
  /// The server can't be used at all (another version): no further attempts.
  struct Failed {
    Error reason;
  };
  using Any = std::variant<OpenSocket, CloseSocket, SendText, Sign, Announced, List, Setup, Lost, Failed>;
};

struct SignalClientCounters {
  std::uint64_t dropped_malformed = 0, dropped_unexpected = 0, dropped_foreign = 0, dropped_pending = 0;
  std::uint64_t connects = 0;
};

/// Drawn in signal_client.cpp: stopped → connecting → awaiting challenge → signing → announcing → ready,
/// and from each of them → backing off → connecting. Announces in both dialects, 0.10 first.
class SignalClient {
 public:
  using Input = SignalClientInput::Any;
  using Output = SignalClientOutput::Any;
  using Outbox = std::vector<Output>;

  SignalClient(SignalClientConfig config, Random& random);
  void handle(Input input, Time now, Outbox& out);
  /// Called at or after `deadline`.
  void handle_timeout(Time now, Outbox& out);
  std::optional<Time> deadline() const;
  bool ready() const;
  const SignalClientCounters& counters() const;
  // Members are the implementer's.
};

}  // namespace flnet::protocol
