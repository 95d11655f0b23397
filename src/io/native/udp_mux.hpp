// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpMux: tells which session a datagram of the shared port belongs to; pure, without a socket.
#pragma once

#include "rtc/datagram.hpp"
#include "rtc/stun_message.hpp"

#include <flnet/time.hpp>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace flnet::io {

/// What datagrams are routed to; known to the mux by its address in memory.
class UdpMuxSession {
 public:
  virtual void receive(const rtc::DatagramPath& path, ByteView datagram) = 0;

 protected:
  ~UdpMuxSession() = default;
};

struct UdpMuxCounters {
  std::uint64_t routed = 0;
  std::uint64_t dropped_unknown = 0;  ///< A ufrag, transaction or address of no session.
};

/// All peers of a node share one port, and two sessions with the same peer one pair of addresses:
///
/// - STUN requests and indications go by their username, which names the receiver (RFC 8445 §7.2.2).
/// Indications
///   without one (TURN's) go by the remote address.
/// - STUN responses go to the session whose request had their transaction id: requests leave through `sent`.
/// - Everything else goes by the remote address. Its *owner* is the session that chose it as its path last
///   (a check with message integrity succeeded). Its *latest* session is the one that last sent a check to
///   it or was named in one from it; anybody can forge that, so the latest gets only what the owner can't
///   use: everything while there is no owner, and handshake records (epoch 0) of a new DTLS association.
///
///   an address:  unknown ──check seen──▶ seen ──claim──▶ owned ──owner removed──▶ seen ──all removed──▶
///   unknown
class UdpMux {
 public:
  /// Of one session: those in use and those that an ICE restart wants to put in their place.
  static constexpr std::size_t max_ufrags_per_session = 2;
  /// Addresses one session may occupy; the oldest that it doesn't own makes room.
  static constexpr std::size_t max_addresses_per_session = 64;
  /// Outstanding requests of all sessions together; beyond, the oldest is forgotten.
  static constexpr std::size_t max_transactions = 16384;
  /// Longer than any request is retransmitted (RFC 8489 §6.2.1: 39.5 s).
  static constexpr Duration transaction_lifetime = 40s;

  /// `local_ufrag` must be of no other session. The session is removed before it dies.
  void add(UdpMuxSession& session, std::string local_ufrag);
  /// `session` is named by this ufrag, too; it is of no other session. What has been removed learns nothing.
  void add_ufrag(UdpMuxSession& session, std::string ufrag);
  /// Not any more; the session keeps another one.
  void remove_ufrag(UdpMuxSession& session, std::string_view ufrag);
  /// A session without a ufrag, which asks servers: only responses to its requests find it, and what comes
  /// from where it has sent them.
  void add_client(UdpMuxSession& client);
  void remove(UdpMuxSession& session);

  /// Whose `datagram` is; nullptr, counted, when nobody's.
  UdpMuxSession* route(const rtc::DatagramPath& path, ByteView datagram, Time now);
  /// Told of every STUN datagram that `session` sends.
  void sent(UdpMuxSession& session, const rtc::DatagramPath& path, ByteView datagram, Time now);
  /// `session` has chosen `remote` as its path.
  void claim(UdpMuxSession& session, const SocketAddress& remote);

  std::size_t session_count() const { return sessions_.size(); }
  std::size_t ufrag_count() const { return by_ufrag_.size(); }
  std::size_t address_count() const { return addresses_.size(); }
  std::size_t transaction_count() const { return transactions_.size(); }
  const UdpMuxCounters& counters() const { return counters_; }

 private:
  using SessionNumber = std::uint64_t;
  struct Address {
    UdpMuxSession* owner = nullptr;
    std::vector<UdpMuxSession*> seen;  ///< Every session that lists it, the latest last; rarely two.
  };
  struct Session {
    SessionNumber number = 0;
    std::vector<std::string> ufrags;
    std::vector<SocketAddress> addresses;  ///< Those in whose `seen` it is, oldest first.
  };
  struct Transaction {
    rtc::TransactionId id{};
    SessionNumber session = 0;
    Time expires;
  };
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct TransactionHash {
    std::size_t operator()(const rtc::TransactionId& id) const;
  };

  UdpMuxSession* route_stun(const rtc::DatagramPath& path, ByteView datagram, Time now);
  UdpMuxSession* route_by_address(const SocketAddress& remote, ByteView datagram);
  /// Makes `session` the latest of `remote`.
  Address& see(UdpMuxSession& session, const SocketAddress& remote);
  void make_room(UdpMuxSession& self, Session& session);
  void leave(UdpMuxSession& session, const SocketAddress& remote);
  void expire_transactions(Time now);

  std::unordered_map<UdpMuxSession*, Session> sessions_;
  std::unordered_map<std::string, UdpMuxSession*, TextHash, std::equal_to<>> by_ufrag_;
  std::unordered_map<SessionNumber, UdpMuxSession*> by_number_;
  std::unordered_map<SocketAddress, Address> addresses_;
  std::unordered_map<rtc::TransactionId, SessionNumber, TransactionHash> transactions_;
  std::deque<Transaction> transaction_order_;  ///< By `expires`.
  SessionNumber next_number_ = 1;
  /// The entry found last: batches come from one address. Forgotten with every change of addresses_.
  SocketAddress cached_remote_;
  const Address* cached_ = nullptr;
  UdpMuxCounters counters_;
};

}  // namespace flnet::io
