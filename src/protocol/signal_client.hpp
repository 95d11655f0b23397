// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalClient: a node's side of signalling (connect, announce, list, reconnect); a pure machine.
#pragma once

#include "base/random.hpp"
#include "wire/signal_message.hpp"

#include <flnet/result.hpp>
#include <flnet/ring.hpp>
#include <flnet/time.hpp>

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace flnet::protocol {

struct SignalClientConfig {
  NodeInfo info;
  Duration connect_timeout = 10s;
  /// From the open socket to the first list (a Rust server starts reading 1 s late).
  Duration announce_timeout = 10s;
  Duration list_interval = 45s;     ///< Rust servers forget who is silent for 60 s and more.
  Duration silence_timeout = 120s;  ///< Nothing at all from the server, list replies included: reconnect.
  Duration backoff_first = 500ms;   ///< Full jitter: uniform in [0, min(backoff_max, backoff_first · 2ⁿ)].
  Duration backoff_max = 30s;
  Duration stable_after = 30s;  ///< Announced for so long, the back-off starts anew; before that it goes on.
  std::size_t pending_setups = 64;  ///< PeerSetups kept while not announced; the oldest goes first, counted.
};

struct SignalClientInput {
  struct Start {};
  struct SocketOpened {};
  /// Also for a socket that could not be opened.
  struct SocketClosed {
    Error reason;
  };
  struct Received {
    std::string text;
  };
  /// Answer to the latest output Sign.
  struct Signed {
    Signature signature;
  };
  struct RequestList {};
  struct SendSetup {
    PeerInfo info;
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
  /// No further input of that socket may come: a later SocketClosed is the next socket's.
  struct CloseSocket {
    std::string reason;
  };
  struct SendText {
    std::string text;
  };
  struct Sign {
    U256 challenge;
  };
  /// The first list after an announce came.
  struct Announced {
    wire::Dialect server_dialect;
  };
  struct List {
    std::vector<wire::ListedNode> nodes;
  };
  struct Setup {
    PeerInfo info;
  };
  /// Will come back by itself at `retry_at`.
  struct Lost {
    Error reason;
    std::optional<Time> retry_at;
  };
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

///   stopped ─Start→ connecting ─SocketOpened→ awaiting challenge ─Challenge→ signing ─Signed→ announcing
///                       ↑                                                              │ first list
///                  backing off ←── SocketClosed, deadline or Error, in any state ──── ready
///
/// A challenge of another version leads to `failed`, Stop from everywhere to `stopped`; Start leaves both.
/// Announces go out in both dialects, 0.10 first: a server takes the one that it understands.
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
  bool ready() const { return std::holds_alternative<Ready>(state_); }
  const SignalClientCounters& counters() const { return counters_; }

 private:
  struct Stopped {};
  struct Connecting {
    Time deadline;
  };
  struct AwaitingChallenge {
    Time deadline;
  };
  struct Signing {
    U256 challenge;
    Time deadline;
  };
  struct Announcing {
    wire::Dialect server_dialect = wire::Dialect::v0_7;  ///< Until the server says otherwise.
    Time deadline;
  };
  struct Ready {
    Time since;
    Time next_list;
    Time last_heard;
  };
  struct BackingOff {
    Time retry_at;
  };
  struct Failed {};
  using State =
      std::variant<Stopped, Connecting, AwaitingChallenge, Signing, Announcing, Ready, BackingOff, Failed>;

  void on(SignalClientInput::Start start, Time now, Outbox& out);
  void on(SignalClientInput::SocketOpened opened, Time now, Outbox& out);
  void on(SignalClientInput::SocketClosed closed, Time now, Outbox& out);
  void on(SignalClientInput::Received received, Time now, Outbox& out);
  void on(SignalClientInput::Signed answer, Time now, Outbox& out);
  void on(SignalClientInput::RequestList request, Time now, Outbox& out);
  void on(SignalClientInput::SendSetup setup, Time now, Outbox& out);
  void on(SignalClientInput::SendStats stats, Time now, Outbox& out);
  void on(SignalClientInput::Stop stop, Time now, Outbox& out);

  void read(wire::Challenge challenge, Time now, Outbox& out);
  void read(wire::ListReply reply, Time now, Outbox& out);
  void read(wire::PeerSetup setup, Time now, Outbox& out);
  void read(wire::SystemConfig config, Time now, Outbox& out);
  void read(wire::ServerError error, Time now, Outbox& out);

  bool has_socket() const;
  void connect(Time now, Outbox& out);
  void request_list(Ready& ready, Time now, Outbox& out);
  void become_ready(Time now, Outbox& out);
  /// Closes the socket, if there is one, and waits for the next attempt.
  void lose(Error reason, Time now, Outbox& out);
  void back_off(Error reason, Time now, Outbox& out);
  Duration next_backoff();

  SignalClientConfig config_;
  Random& random_;
  State state_;
  Ring<PeerInfo> pending_;
  int failed_attempts_ = 0;  ///< In a row.
  SignalClientCounters counters_;
};

}  // namespace flnet::protocol
