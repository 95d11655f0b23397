// SPDX-License-Identifier: MIT OR Apache-2.0
// TurnClient: an address of ours on a TURN server (RFC 8656), for all sessions of a node; a pure machine.
#pragma once

#include "base/random.hpp"
#include "rtc/datagram.hpp"
#include "rtc/turn_message.hpp"

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>
#include <flnet/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flnet::rtc {

struct TurnClientConfig {
  SocketAddress server;
  SocketAddress base;  ///< The address of ours that the server is asked from; of its family.
  std::string user, password;
  Duration initial_rto = 500ms;  ///< RFC 8489 §6.2.1; doubled each time,
  int max_transmissions = 7;     ///< Rc there,
  int last_wait = 16;            ///< and Rm: how many times the first timeout the last request waits.
  Duration lifetime = 10min;     ///< Of the allocation, as we ask for it; RFC 8656 §3.2.
  Duration retry_after = 30s;    ///< After a failure a server is left alone for so long.
  /// An allocation that was silent for longer is refreshed when a session starts: NATs forget mappings.
  Duration check_after = 25s;
  std::size_t max_permissions = 64;  ///< Peers' IP addresses; the one unused for longest makes room,
  Duration evict_after = 30s;        ///< when that was so long ago.
  std::size_t max_channels = 64;     ///< Peers beyond get their data by Send indications.
  std::size_t max_waiting = 4;       ///< Datagrams kept for a peer until its permission is installed.
};

/// What the machine tells its owner; called from within its functions, must not call back into it, but for
/// `send` from within `relay_received`.
class TurnClientSink {
 public:
  virtual ~TurnClientSink() = default;
  /// From the base to the server; valid only during the call.
  virtual void send_to_server(const DatagramPath& path, ByteView datagram) = 0;
  virtual void relay_allocated() = 0;
  /// A datagram that `peer` has sent to the relayed address; valid only during the call.
  virtual void relay_received(const SocketAddress& peer, ByteView datagram) = 0;
  /// There is no allocation, or none any more, for the reason that is said. Not after `close`.
  virtual void relay_ended(Error reason) = 0;
};

struct TurnCounters {
  std::uint64_t sent_indications = 0, sent_channel_data = 0, received = 0;
  std::uint64_t dropped_malformed = 0, dropped_unknown = 0, bad_integrity = 0;
  std::uint64_t dropped_send =
      0;  ///< No allocation, another family, a peer that the server refuses, no room.
};

///            start                     success                   lifetime is nearly over, nobody wants it
///   idle ─────────────▶ allocating ─────────────▶ allocated ──────────────────────────────▶ idle
///    ▲                     │ an error, silence        │ refused or unanswered Refresh, 437
///    └─── start, later ── failed ◀────────────────────┘
///
/// Requests are answered with 401 first, which brings realm and nonce (RFC 8489 §9.2); a stale nonce is
/// replaced. A peer's first datagram waits for a permission for its IP address (5 minutes, renewed while it
/// is used). What is not STUN makes the peer worth a channel (10 minutes, the same).
class TurnClient {
 public:
  /// `random` and `sink` must outlive the machine.
  TurnClient(TurnClientConfig config, Random& random, TurnClientSink& sink);

  /// A session starts: allocates, or makes sure of what there is.
  void start(Time now);
  /// Whether anybody needs the relay, asked when it is to be refreshed; if not, it is given back then.
  void set_wanted(bool wanted) { wanted_ = wanted; }
  /// Sends to `peer` from the relayed address.
  void send(const SocketAddress& peer, ByteView datagram, Time now);
  /// A datagram that came from the server to the base.
  void receive(ByteView datagram, Time now);
  void handle_timeout(Time now);
  std::optional<Time> deadline() const { return deadline_; }
  /// Gives the allocation back with one datagram, and tells nothing more.
  void close(Time now);

  bool is_allocating() const { return stage_ == Stage::allocating; }
  const std::optional<SocketAddress>& relayed() const { return relayed_; }
  /// Our address as the server sees it; there when `relayed` is.
  const std::optional<SocketAddress>& mapped() const { return mapped_; }
  const TurnClientConfig& config() const { return config_; }
  const TurnCounters& counters() const { return counters_; }

 private:
  /// Permissions (5 minutes, RFC 8656 §9) and channels (10, §12) that were unused for so long are not
  /// renewed.
  static constexpr Duration idle_limit = 5min;
  enum class Stage : std::uint8_t { idle, allocating, allocated, failed };
  enum class Purpose : std::uint8_t { allocate, clear_way, refresh, release, permit, bind };
  struct Request {
    Purpose purpose = Purpose::allocate;
    SocketAddress peer;  ///< Of permit and bind.
    TransactionId id{};
    Bytes datagram;
    TurnKey key;
    std::optional<std::string> realm;  ///< What it was authenticated for.
    int transmissions = 0;
    int stale_nonces = 0;
    Time next;
  };
  struct Permission {
    IpAddress ip;
    bool installed = false;
    Time used;
    std::optional<Time> renew_at, refused_until;
    std::vector<std::pair<SocketAddress, Bytes>> waiting;
  };
  struct Channel {
    SocketAddress peer;
    std::uint16_t number = 0;
    bool bound = false;
    Time used;
    std::optional<Time> renew_at, refused_until;
  };

  // turn_requests.cpp: requests, credentials and what answers mean
  void ask(Purpose purpose, const SocketAddress& peer, Time now, int stale_nonces = 0);
  TurnMessage make_request(const Request& request) const;
  void add_credentials(TurnMessage& message) const;
  void transmit(Request& request, Time now);
  void receive_response(const TurnMessage& message, ByteView datagram, Time now);
  /// 401 and 438: takes the server's realm and nonce and asks again, or says why not.
  void challenged(const Request& request, const TurnMessage& message, Time now);
  Result<> take_challenge(const TurnMessage& message);
  void granted(const Request& request, const TurnMessage& message, Time now);
  void refused(const Request& request, Error reason, std::uint16_t code, Time now);
  void unanswered(const Request& request, Time now);
  void permit_unanswered(const SocketAddress& peer, Time now);
  void allocation_granted(const TurnMessage& message, Time now);
  void schedule_refresh(std::uint32_t lifetime_seconds, Time now);
  Error describe(std::uint16_t code, const std::string& reason) const;

  // turn_client.cpp: the allocation, its peers and their data
  void forget();
  void fail(Error reason, Time now);
  void release(Time now);
  Permission* permit(const IpAddress& ip, Time now);
  void note_channel_use();
  bool make_room(Time now);
  Permission* find_permission(const IpAddress& ip);
  Channel* find_channel(const SocketAddress& peer);
  void pass(const SocketAddress& peer, ByteView datagram, Time now);
  void bind(const SocketAddress& peer, Time now);
  void receive_channel_data(ByteView datagram);
  void renew_due(Time now);
  void settle();
  DatagramPath path() const { return {.local = config_.base, .remote = config_.server}; }

  TurnClientConfig config_;
  Random& random_;
  TurnClientSink& sink_;

  Stage stage_ = Stage::idle;
  bool wanted_ = false;
  bool way_was_cleared_ = false;  ///< An allocation of an earlier life of ours has been given back.
  bool was_unauthentic_ = false;  ///< Some answer could not be believed.
  std::optional<SocketAddress> relayed_, mapped_;
  std::optional<Time> refresh_at_, last_heard_, retry_at_;

  std::optional<std::string> realm_, nonce_;
  std::optional<Bytes> algorithms_;
  std::optional<StunPasswordAlgorithm> algorithm_;
  bool hides_user_ = false;  ///< The server wants USERHASH.
  TurnKey key_;

  std::vector<Request>
      requests_;  ///< One a purpose and peer: as many as there may be permissions and channels.
  std::vector<Permission> permissions_;
  std::vector<Channel> channels_;
  std::uint16_t next_channel_;
  std::size_t last_channel_ = 0;  ///< Index of the channel used last.
  Bytes frame_;                   ///< A ChannelData message; a member to keep its memory.
  std::optional<Time> deadline_;
  TurnCounters counters_;
};

}  // namespace flnet::rtc
