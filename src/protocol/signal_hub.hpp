// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalHub: the signalling server's core: who is there, and passing setups on; a pure machine.
#pragma once

#include "base/random.hpp"
#include "protocol/fifo_deadlines.hpp"
#include "protocol/signal_directory.hpp"
#include "wire/signal_message.hpp"

#include <flnet/time.hpp>

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

namespace flnet::protocol {

struct SignalHubConfig {
  Duration announce_timeout = 30s;  ///< A client that has not announced by then is closed.
  Duration ping_interval = 30s;     ///< After so much silence a WebSocket ping is sent.
  Duration ping_timeout = 60s;      ///< A ping that nothing at all follows for so long: evicted.
  std::size_t max_clients = 100000;
  std::size_t max_list_nodes = 1024;        ///< Entries in one reply (the asking node always among them).
  std::size_t max_list_bytes = 768 * 1024;  ///< Of them all; nodes read at most 1 MiB.
  std::size_t pending_messages = 16;  ///< Of one client while its signature is verified; more are dropped.
  std::size_t pending_bytes = 128 * 1024;  ///< Their text.
  std::size_t max_malformed = 32;  ///< Unreadable messages and bad signatures before a client is closed.
  Duration push_interval = 100ms;  ///< Joins within it cost one list for each 0.10 client,
  std::size_t push_bytes = 1024 * 1024;  ///< and no more than this is pushed in one; the others' turn comes.
  std::optional<U256> realm;             ///< For SystemConfig.
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
  /// Answer to the output Verify.
  struct Verified {
    ClientId client;
    bool good = false;
  };
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
  /// ClientClosed need not follow.
  struct Close {
    ClientId client;
    std::string reason;
  };
  struct Verify {
    ClientId client;
    NodeID key;
    U256 challenge;
    Signature signature;
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
  std::uint64_t dropped_pending = 0, refused = 0;
  std::uint64_t bad_signatures = 0, evicted = 0, replaced = 0, setups_passed = 0, announced = 0;
};

/// One machine for all clients; a message costs the same with ten clients and with ten thousand (less the
/// O(log n) search for a node, and a list's length).
///
///   unannounced ─Announce→ verifying ─good→ announced
///        ↑                     │ bad
///        └─────────────────────┘
///
/// Unannounced and verifying clients are closed after announce_timeout, announced ones when they don't
/// answer pings. The challenge is random for each client; a signature over any other one is bad. A wrong
/// signature is ignored and may be retried; announces after a good one are ignored. The announce of an id
/// that is already there replaces the older client, which is told (0.10's Error) and closed. A 0.10 announce
/// is answered with SystemConfig, and 0.10 clients get the list pushed when a node joins.
class SignalHub {
 public:
  using Input = SignalHubInput::Any;
  using Output = SignalHubOutput::Any;
  using Outbox = std::vector<Output>;

  SignalHub(SignalHubConfig config, Random& random);
  void handle(Input input, Time now, Outbox& out);
  void handle_timeout(Time now, Outbox& out);
  std::optional<Time> deadline() const;
  std::size_t client_count() const { return clients_.size(); }
  std::size_t node_count() const { return directory_.size(); }
  const SignalHubCounters& counters() const { return counters_; }

 private:
  using Deadlines = FifoDeadlines<ClientId>;
  /// A 0.10 client in the queue of those that get lists pushed; who waits longest stands in front.
  struct Reader {
    ClientId client;
    std::uint64_t seen_joins;  ///< `joins_` when it got a list last.
  };
  using Readers = std::list<Reader>;

  struct Unannounced {};
  struct Pending {
    wire::ClientMessage message;
    std::size_t text_bytes;
  };
  struct Verifying {
    wire::Announce announce;
    std::vector<Pending> pending;
    std::size_t pending_bytes = 0;
  };
  struct Announced {
    NodeID id;
    wire::Dialect dialect;
    std::optional<Readers::iterator> reader;  ///< 0.10 only.
  };
  struct Client {
    U256 challenge;
    std::variant<Unannounced, Verifying, Announced> phase;
    std::optional<Deadlines::Handle> announce_deadline;  ///< Until it is announced.
    std::optional<Deadlines::Handle> quiet;              ///< In quiet_, or else
    std::optional<Deadlines::Handle> pinged;             ///< in pinged_.
    std::size_t faults = 0;
  };

  void on(SignalHubInput::ClientOpened opened, Time now, Outbox& out);
  void on(SignalHubInput::ClientClosed closed, Time now, Outbox& out);
  void on(SignalHubInput::Received received, Time now, Outbox& out);
  void on(SignalHubInput::Pong pong, Time now, Outbox& out);
  void on(SignalHubInput::Verified verified, Time now, Outbox& out);

  /// `text_bytes` counts towards pending_bytes when the message has to wait.
  void take(ClientId id, wire::ClientMessage message, std::size_t text_bytes, Outbox& out);
  void read(ClientId id, Client& client, wire::Announce announce, Outbox& out);
  void read(ClientId id, Client& client, wire::ListRequest request, Outbox& out);
  void read(ClientId id, Client& client, wire::PeerSetup setup, Outbox& out);
  void read(ClientId id, Client& client, wire::NodeStats stats, Outbox& out);

  void admit(ClientId id, Client& client, wire::Announce announce, Time now, Outbox& out);
  void replace_older(const NodeID& id, Outbox& out);
  /// Answers how many bytes that were.
  std::size_t send_list(ClientId id, const Announced& node, Outbox& out);
  void heard(Client& client, ClientId id, Time now);
  /// Counts towards max_malformed. The client may be gone afterwards.
  void note_fault(ClientId id, Client& client, Outbox& out);
  void close(ClientId id, std::string reason, Outbox& out);
  void forget(ClientId id, Outbox& out);
  void push_lists(Time now, Outbox& out);

  SignalHubConfig config_;
  Random& random_;
  std::unordered_map<ClientId, Client> clients_;
  SignalDirectory directory_;
  Deadlines announce_deadlines_, quiet_, pinged_;
  Readers readers_;
  std::uint64_t joins_ = 0;
  std::optional<Time> push_at_;
  SignalHubCounters counters_;
};

}  // namespace flnet::protocol
