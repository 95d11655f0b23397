// SPDX-License-Identifier: MIT OR Apache-2.0
// StunGatherer: asks STUN servers which addresses others see a node at (RFC 8445 §5.1.1.2); a pure machine.
#pragma once

#include "base/random.hpp"
#include "rtc/datagram.hpp"
#include "rtc/stun_message.hpp"

#include <flnet/bytes.hpp>
#include <flnet/socket_address.hpp>
#include <flnet/time.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace flnet::rtc {

/// Others see what `base`, an address of ours, sends as coming from `mapped`.
struct ReflexiveAddress {
  SocketAddress base;
  SocketAddress mapped;
  friend bool operator==(const ReflexiveAddress&, const ReflexiveAddress&) = default;
};

struct StunGathererConfig {
  std::size_t servers = 0;  ///< How many there are; their addresses come later.
  /// How old an answer may be and still do for a new session. NATs forget a mapping that nobody uses after 30
  /// s and more; a session's own checks use it from then on, so that nobody is asked while sessions live.
  Duration fresh_for = 25s;
  Duration resolution_timeout = 5s;       ///< For a name; what comes later is used by the next session.
  Duration resolution_fresh_for = 10min;  ///< A name is looked up again then.
  Duration pacing = 5ms;                  ///< Between new requests; the least that RFC 8445 §14.2 allows.
  Duration initial_rto = 500ms;           ///< RFC 8489 §6.2.1; doubled each time,
  int max_transmissions = 7;              ///< Rc there,
  int last_wait = 16;             ///< and Rm: how many times the first timeout the last request waits.
  std::size_t max_queries = 256;  ///< Pairs of server and base; beyond, they are not asked.
};

/// What the machine tells its owner; called from within its functions, must not call back into it.
class StunGathererSink {
 public:
  virtual ~StunGathererSink() = default;
  virtual void send_stun(const DatagramPath& path, ByteView datagram) = 0;
  /// Look up the addresses of the server of that number; `server_resolved` gives the answer.
  virtual void resolve_server(std::size_t server) = 0;
  /// An address that was not known before; never the base itself.
  virtual void reflexive_address_found(const ReflexiveAddress& address) = 0;
  /// Nothing is being asked any more; comes once for each time that `is_gathering` became true.
  virtual void gathering_finished() = 0;
};

struct StunGathererCounters {
  std::uint64_t asked = 0, answered = 0, refused = 0, timed_out = 0, unresolved = 0;
  std::uint64_t dropped_malformed = 0;  ///< For one of our requests, but no usable answer to it.
  std::uint64_t dropped_stranger = 0;   ///< With the number of one of our requests, from somebody else.
  std::uint64_t limit_reached = 0;
};

/// One for a node; all its sessions share what is known.
///
///   a name:   unknown ──gather──▶ looked up ──server_resolved──▶ resolved ──resolution_fresh_for──▶ unknown
///                                     └──resolution_timeout, or no address──▶ unknown
///   a query:  (server, base) ──gather, unless fresh──▶ asked ──answer──▶ answered (fresh_for)
///                                                        └──an error, or the last timeout──▶ given up
///
/// What was answered stays known, as the best guess, until the next answer to the same query replaces it or
/// the query is given up.
class StunGatherer {
 public:
  /// `random` and `sink` must outlive the machine.
  StunGatherer(StunGathererConfig config, Random& random, StunGathererSink& sink);

  /// A session starts with these addresses of ours: asks what isn't fresh. Those on loopback ask only servers
  /// there.
  void gather(std::span<const SocketAddress> bases, Time now);
  /// Addresses of the server; none when its name leads nowhere. The first of each family is used.
  void server_resolved(std::size_t number, std::span<const SocketAddress> addresses, Time now);
  /// A STUN response that may be ours; what is not is counted, and changes nothing.
  void receive(const DatagramPath& path, ByteView datagram, Time now);
  void handle_timeout(Time now);
  std::optional<Time> deadline() const;

  /// Names are looked up or servers have not answered yet.
  bool is_gathering() const { return gathering_; }
  /// The known addresses of these bases, each once, in the order in which they became known.
  std::vector<ReflexiveAddress> known(std::span<const SocketAddress> bases) const;
  const StunGathererCounters& counters() const { return counters_; }

 private:
  struct Server {
    std::vector<SocketAddress> addresses;
    std::optional<Time> resolving_until;
    std::optional<Time> fresh_until;
  };
  struct Query {
    SocketAddress server;
    SocketAddress base;
    TransactionId transaction{};
    int transmissions = 0;
    std::optional<Time> next;  ///< The next transmission, or the end after the last; nothing when not asking.
    std::optional<Time> answered;
    std::optional<SocketAddress> mapped;
  };

  void resolve_stale(Time now);
  void ask_stale(Time now);
  void ask(const SocketAddress& server, const SocketAddress& base, Time now);
  void transmit(Query& query, Time now);
  void accept(Query& query, const SocketAddress& mapped, Time now);
  void give_up(Query& query);
  Query* find(const SocketAddress& server, const SocketAddress& base);
  bool is_server(const SocketAddress& address) const;
  bool is_known(const ReflexiveAddress& address) const;
  void settle();

  StunGathererConfig config_;
  Random& random_;
  StunGathererSink& sink_;
  std::vector<Server> servers_;
  std::vector<SocketAddress> bases_;  ///< Of the session that started last.
  std::vector<Query> queries_;
  std::optional<Time> next_start_;  ///< When pacing lets the next request begin.
  bool gathering_ = false;
  StunGathererCounters counters_;
};

}  // namespace flnet::rtc
