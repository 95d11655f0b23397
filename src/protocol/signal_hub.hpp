// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalHub: the signalling server's core: who is there, and passing setups on; a pure machine.
#pragma once

#include "base/random.hpp"
#include "wire/signal_message.hpp"

#include <flnet/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace flnet::protocol {

/// A WebSocket of the server's, never reused.
enum class ClientId : std::uint64_t {};

struct SignalHubConfig {
  Duration announce_timeout = 30s;  ///< A client that has not announced by then is closed.
  Duration ping_interval = 30s;     ///< WebSocket pings; silence is allowed, a missing pong is not.
  Duration ping_timeout = 60s;      ///< Without pong or text since: closed.
  std::size_t max_clients = 100000;
  std::size_t max_list_nodes = 1024;  ///< Entries in one reply (the asking node always among them).
  std::size_t pending_messages = 16;  ///< Of one client while its signature is verified.
  std::size_t max_malformed = 32;     ///< Messages that can't be read before a client is closed.
  std::optional<U256> realm;          ///< For SystemConfig.
};

struct SignalHubInput {
  struct ClientOpened {
    ClientId client;
  };
  struct ClientClosed {
    ClientId client;
  };
  struct Received {
    ClientId client;
    std::string text;
  };
  struct Pong {
    ClientId client;
  };
  struct Verified {
    ClientId client;
    bool good = false;
  };  ///< Answer to the output Verify.
  using Any = std::variant<ClientOpened, ClientClosed, Received, Pong, Verified>;
};

struct SignalHubOutput {
  struct SendText {
    ClientId client;
    std::string text;
  };
  struct Ping {
    ClientId client;
  };
  struct Close {
    ClientId client;
    std::string reason;
  };  ///< ClientClosed need not follow.
  struct Verify {
    ClientId client;
    NodeID key;
    U256 challenge;
    wire::Signature signature;
  };
  struct NodeJoined {
    NodeInfo info;
  };
  struct NodeLeft {
    NodeID id;
  };
  struct Stats {
    NodeID from;
    wire::NodeStats stats;
  };
  using Any = std::variant<SendText, Ping, Close, Verify, NodeJoined, NodeLeft, Stats>;
};

struct SignalHubCounters {
  std::uint64_t dropped_malformed = 0, dropped_unannounced = 0, dropped_foreign = 0, dropped_no_target = 0;
  std::uint64_t bad_signatures = 0, evicted = 0, replaced = 0, setups_passed = 0, announced = 0;
};

/// One machine for all clients; a message costs the same with ten clients and with ten thousand.
/// The challenge is random for each client; a signature over any other one is bad. A wrong signature is
/// ignored and may be retried; the announce of an id that is already there replaces the older client,
/// which is told (0.10's Error) and closed. A 0.10 announce is answered with SystemConfig, and 0.10
/// clients get the list pushed when a node joins.
class SignalHub {
 public:
  using Input = SignalHubInput::Any;
  using Output = SignalHubOutput::Any;
  using Outbox = std::vector<Output>;

  SignalHub(SignalHubConfig config, Random& random);
  void handle(Input input, Time now, Outbox& out);
  void handle_timeout(Time now, Outbox& out);
  std::optional<Time> deadline() const;
  std::size_t client_count() const;
  std::size_t node_count() const;
  const SignalHubCounters& counters() const;
  // Members are the implementer's.
};

}  // namespace flnet::protocol
