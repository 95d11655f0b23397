// SPDX-License-Identifier: MIT OR Apache-2.0
// TurnRelays: all relayed addresses of a node, one TurnClient a server and base; a pure machine.
#pragma once

#include "base/random.hpp"
#include "rtc/datagram.hpp"
#include "rtc/turn_client.hpp"

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>
#include <flnet/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace flnet::rtc {

/// What is sent to `relayed` comes to `base`, which the server sees as `mapped`.
struct RelayedAddress {
  SocketAddress relayed;
  SocketAddress mapped;
  SocketAddress base;
  friend bool operator==(const RelayedAddress&, const RelayedAddress&) = default;
};

struct TurnRelaysConfig {
  struct Server {
    std::string user, password;
  };
  std::vector<Server> servers;  ///< Their addresses come later.
  Duration resolution_timeout = 5s;
  /// Pairs of server address and base; beyond, no address is asked for.
  std::size_t max_relays = 8;
};

/// What the machine tells its owner; called from within its functions, must not call back into it, but for
/// `send` from within `relay_received`.
class TurnRelaysSink {
 public:
  virtual ~TurnRelaysSink() = default;
  virtual void send_to_server(const DatagramPath& path, ByteView datagram) = 0;
  /// Look up the addresses of the server of that number; `server_resolved` gives the answer.
  virtual void resolve_server(std::size_t server) = 0;
  virtual void relayed_address_found(const RelayedAddress& address) = 0;
  /// The path is as if there were no relay: `local` is the relayed address.
  virtual void relay_received(const DatagramPath& path, ByteView datagram) = 0;
  virtual void relay_ended(const Error& reason) = 0;
  /// Nothing is being asked any more; comes once for each time that `is_gathering` became true.
  virtual void relays_finished() = 0;
  /// Whether a session is being set up or uses a relayed path; relays that nobody needs are not refreshed.
  virtual bool relays_are_needed() = 0;
};

class TurnRelays {
 public:
  /// `random` and `sink` must outlive the machine.
  TurnRelays(TurnRelaysConfig config, Random& random, TurnRelaysSink& sink);
  ~TurnRelays();
  TurnRelays(const TurnRelays&) = delete;
  TurnRelays& operator=(const TurnRelays&) = delete;

  /// A session starts with these addresses of ours. Those on loopback ask only servers there.
  void gather(std::span<const SocketAddress> bases, Time now);
  /// Addresses of the server; none when its name leads nowhere. The first of each family is used.
  void server_resolved(std::size_t number, std::span<const SocketAddress> addresses, Time now);
  /// Sends what leaves from a relayed address; false, and nothing, when `path.local` is none.
  bool send(const DatagramPath& path, ByteView datagram, Time now);
  /// A datagram from a server.
  void receive(const DatagramPath& path, ByteView datagram, Time now);
  void handle_timeout(Time now);
  std::optional<Time> deadline() const;
  /// Gives all addresses back.
  void close(Time now);

  bool is_gathering() const { return gathering_; }
  std::vector<RelayedAddress> known() const;

 private:
  class Relay;
  struct Server {
    std::optional<SocketAddress> v4, v6;
    std::optional<Time> resolving_until;
  };
  void start_relays(std::size_t number, Time now);
  void start_relay(std::size_t number, const SocketAddress& address, const SocketAddress& base, Time now);
  bool is_busy() const;
  void settle();

  TurnRelaysConfig config_;
  Random& random_;
  TurnRelaysSink& sink_;
  std::vector<Server> servers_;
  std::vector<SocketAddress> bases_;  ///< Of the session that started last.
  std::vector<std::unique_ptr<Relay>> relays_;
  bool gathering_ = false;
};

}  // namespace flnet::rtc
