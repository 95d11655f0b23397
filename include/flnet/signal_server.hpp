// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalServer: a signalling server inside a program of your own. Native builds only.
#pragma once

#ifdef __EMSCRIPTEN__
#error "SignalServer is not in WASM builds: a page can not listen. See docs/wasm.md."
#endif

#include <flnet/broker.hpp>
#include <flnet/loop.hpp>
#include <flnet/node_info.hpp>
#include <flnet/node_stat.hpp>
#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>
#include <flnet/u256.hpp>
#include <flnet/web_socket_message.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <variant>
#include <vector>

namespace flnet {

struct SignalServerConfig {
  /// Where to listen; an unspecified IPv6 address means both families.
  std::vector<SocketAddress> listen;
  std::size_t max_clients = 100000;
  /// How long a node stays listed that doesn't answer to WebSocket pings and says nothing else. At least 1.
  unsigned ttl_minutes = 1;
};

struct SignalServerCounters {
  std::uint64_t clients = 0, nodes = 0;            ///< now
  std::uint64_t announced = 0, setups_passed = 0;  ///< since the start
  std::uint64_t bad_signatures = 0, evicted = 0, dropped = 0;
  std::uint64_t unheard = 0;  ///< Outputs that the broker had no room for.
};

/// What a signalling server tells.
struct SignalOutput {
  /// A node's view of others, as it sent it.
  struct NodeStats {
    NodeID from;
    std::vector<NodeStat> stats;
    friend bool operator==(const NodeStats&, const NodeStats&) = default;
  };
  /// A node has announced itself.
  struct NewNode {
    NodeInfo info;
    friend bool operator==(const NewNode&, const NewNode&) = default;
  };
  /// It is not listed any more.
  struct NodeLeft {
    NodeID id;
    friend bool operator==(const NodeLeft&, const NodeLeft&) = default;
  };
  /// The WebSocket server behind it has stopped.
  struct Stopped {
    friend bool operator==(const Stopped&, const Stopped&) = default;
  };
  using Any = std::variant<NodeStats, NewNode, NodeLeft, Stopped>;
};

/// Serves nodes of both dialects from construction until destruction, on `loop`'s thread.
class SignalServer {
 public:
  /// Listens by itself. address_in_use, invalid_argument or system; the detail names the address.
  static Result<SignalServer> start(SignalServerConfig config, Loop& loop = Loop::current());
  /// Serves whoever comes by `sockets`, a WebSocket server of the user's own: hears its WSServerOutput, and
  /// emits WSServerInput there. Where the sockets don't answer Ping, a node is heard only by what it sends:
  /// choose `ttl_minutes` longer than nodes are silent (Rust nodes of 0.10 ask for the list every minute).
  static SignalServer start(const Broker<WSServerMessage>& sockets, unsigned ttl_minutes,
                            Loop& loop = Loop::current());
  SignalServer(SignalServer&&) noexcept;
  SignalServer& operator=(SignalServer&&) noexcept;
  ~SignalServer();

  /// Tells what happens. Nobody has to listen; what a full tap does not take is counted as `unheard`.
  const Broker<SignalOutput::Any>& broker() const;
  /// The addresses it really listens on; none over a user's sockets.
  std::vector<SocketAddress> addresses() const;
  SignalServerCounters counters() const;

 private:
  struct State;
  explicit SignalServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace flnet
