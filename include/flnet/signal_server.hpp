// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalServer: a signalling server inside a program of your own. Native builds only.
#pragma once

#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace flnet {

struct SignalServerConfig {
  /// Where to listen; an unspecified IPv6 address means both families.
  std::vector<SocketAddress> listen;
  std::size_t max_clients = 100000;
};

struct SignalServerCounters {
  std::uint64_t clients = 0, nodes = 0;            ///< now
  std::uint64_t announced = 0, setups_passed = 0;  ///< since the start
  std::uint64_t bad_signatures = 0, evicted = 0, dropped = 0;
};

/// Serves nodes of both dialects from construction until destruction, on `loop`'s thread.
class SignalServer {
 public:
  /// address_in_use, invalid_argument or system; the detail names the address.
  static Result<SignalServer> start(SignalServerConfig config, Loop& loop = Loop::current());
  SignalServer(SignalServer&&) noexcept;
  SignalServer& operator=(SignalServer&&) noexcept;
  ~SignalServer();

  /// The addresses it really listens on.
  std::vector<SocketAddress> addresses() const;
  SignalServerCounters counters() const;

 private:
  struct State;
  explicit SignalServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace flnet
