// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection: joins SDP, ICE, DTLS, SCTP and data channels to one connection; a pure machine.
#pragma once

#include "base/random.hpp"
#include "rtc/data_channel.hpp"
#include "rtc/datagram.hpp"
#include "rtc/dtls_session.hpp"
#include "rtc/ice_agent.hpp"
#include "rtc/sctp_association.hpp"
#include "rtc/sdp_description.hpp"
#include "rtc/stun_gatherer.hpp"
#include "rtc/turn_relays.hpp"

#include <flnet/connection_state.hpp>
#include <flnet/message.hpp>
#include <flnet/result.hpp>
#include <flnet/time.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet::rtc {

struct PeerConnectionConfig {
  /// The addresses of the node's sockets, in order of preference.
  std::vector<SocketAddress> local_addresses;
  /// What others are known to see them as; more may be found while `gathering`.
  std::vector<ReflexiveAddress> reflexive_addresses;
  std::vector<RelayedAddress> relayed_addresses;
  bool gathering = false;
  /// Which attempt this is; goes into the o= line and a=flnet-session.
  std::uint64_t session = 0;
  Duration setup_timeout = 30s;  ///< From the first description to an open association.
  /// An ICE restart: from its offer to the answer, and from the answer to the new path.
  Duration restart_timeout = 30s;
  std::size_t early_datagrams = 32;  ///< DTLS kept until ICE and the descriptions are ready.
  SctpConfig sctp;
  IceConfig ice;  ///< Role and credentials are set by the connection.
};

/// What the connection tells its owner; called from within its functions, must not call back into it.
class PeerConnectionSink {
 public:
  virtual ~PeerConnectionSink() = default;
  virtual void send_datagram(const DatagramPath& path, ByteView datagram) = 0;
  /// An ICE restart begins: STUN requests that name `ufrag` are this connection's, too. Comes before the
  /// description that says so.
  virtual void ufrag_added(const std::string& /*ufrag*/) {}
  /// Its time is over: the old one's when a restart has found its path, the new one's when the restart was
  /// given up. What names it is nobody's any more. Doesn't come for those that are left at the end.
  virtual void ufrag_removed(const std::string& /*ufrag*/) {}
  /// ICE, DTLS and SCTP are up.
  virtual void connected() = 0;
  virtual void channel_opened(ChannelId id, const DataChannelOptions& options, bool by_peer) = 0;
  virtual void channel_received(ChannelId id, MessageView message) = 0;
  /// By either side, once; the id is of no channel any more.
  virtual void channel_closed(ChannelId id) = 0;
  /// There is room again after `send` answered queue_full.
  virtual void writable() = 0;
  /// The end; comes once. Nothing follows.
  virtual void closed(Error reason) = 0;
};

struct PeerConnectionStats {
  std::optional<Duration> round_trip;  ///< SCTP's smoothed one, else ICE's.
  std::optional<DatagramPath> path;
  std::optional<IcePathTypes> path_types;
  bool is_restarting = false;
  std::uint64_t restarts = 0;           ///< ICE restarts that found a path.
  std::uint64_t restarts_given_up = 0;  ///< That found none in time, or gave way to another offer.
  IceGatheringState gathering = IceGatheringState::New;
  /// Disconnected only while consent is lost and a restart looks for another path.
  IceConnectionState ice_connection = IceConnectionState::New;
  IceCounters ice;  ///< Since the last restart.
  SctpCounters sctp;
  DataChannelCounters channels;
  std::uint64_t dropped_early = 0, dropped_malformed = 0;
};

/// Offerer: create_offer, accept_answer. Answerer: accept_offer. Then candidates both ways, datagrams in,
/// `flush` after every batch of calls, `handle_timeout` at `deadline`. All calls from one thread.
///
/// ICE restart (RFC 8445 §9): new credentials and new checks for a connection that is there, as after a
/// change of networks. Either side may begin, whichever offered first:
///
///            restart ──▶ offered ── accept_answer ──▶ checking ── a path, and the peer checks us ──▶ done
///      accept_offer ─────────────────────────────────────┘
///
/// The old path carries data until the new one is there, and goes on when there is none in time: a restart
/// that is given up ends the connection only when consent on the old path is lost, too. Of two restarts that
/// meet, that of the side which made the connection's first offer goes on: it refuses the other's offer,
/// and the other side drops its own and answers.
class PeerConnection {
 public:
  /// Server-reflexive addresses beyond are not told to the peer, and so with relayed and added local ones.
  static constexpr std::size_t max_reflexive_addresses = 16, max_relayed_addresses = 8,
                               max_local_addresses = 16;

  /// `dtls`, `random` and `sink` must outlive the connection.
  PeerConnection(PeerConnectionConfig config, DtlsContext& dtls, Random& random, PeerConnectionSink& sink);
  ~PeerConnection();
  PeerConnection(const PeerConnection&) = delete;
  PeerConnection& operator=(const PeerConnection&) = delete;

  /// The offer with all candidates known so far, and the end of them unless the config says `gathering`. Only
  /// on a new connection.
  Result<std::string> create_offer(Time now);
  /// The answer to `sdp`: on a new connection, or later, when both descriptions are known. A later offer
  /// with new credentials restarts ICE, one with the present ones is answered with ours. It must be of the
  /// same certificate (`untrusted`), the same session and not older than what is known (`refused`), and may
  /// not ask for another association (`unsupported`); `refused`, too, while our own restart goes first.
  /// One that doesn't fit leaves the connection as it was.
  Result<std::string> accept_offer(std::string_view sdp, Time now);
  /// Only after create_offer or `restart`. An answer that doesn't fit leaves the connection as it was; to a
  /// restart's the same rules apply as to a later offer, and it must have new credentials.
  Result<> accept_answer(std::string_view sdp, Time now);
  /// Restarts ICE: the offer, with all candidates known so far. `invalid_argument` before both descriptions
  /// are known and while a restart is under way.
  Result<std::string> restart(Time now);
  /// What `restart` would say.
  Result<> can_restart() const;
  /// Whether `sdp` is an offer that accept_offer would take and that restarts ICE; else its error, or
  /// `invalid_argument` when the first descriptions are still to come or it has the credentials of the peer's
  /// last one.
  Result<> can_take_restart(std::string_view sdp) const;
  /// The peer's first description is known: an offer would be a later one.
  bool is_described() const;
  /// After `restart`, until the answer has come, the restart was given up, or it gave way.
  bool awaits_restart_answer() const;
  /// A trickled candidate line of the peer; allowed before its description (kept by the ICE agent). The
  /// empty line means the end. During a restart the ufrag tells whether a candidate is of the old or the new
  /// description; lines with another session's ufrag are `refused`.
  Result<> add_remote_candidate(std::string_view line, Time now);
  /// The node has this address now. Answers as add_reflexive_address does.
  std::optional<std::string> add_local_address(const SocketAddress& address, Time now);
  /// A STUN server has told of it. Goes into a description still to be made; after that the answer is the
  /// line to trickle. Nothing when it is known, redundant (RFC 8445 §5.1.3), above the limit, or of no
  /// address of ours.
  std::optional<std::string> add_reflexive_address(const ReflexiveAddress& address, Time now);
  /// The same for an address on a TURN server: datagrams whose path begins there must go through it.
  std::optional<std::string> add_relayed_address(const RelayedAddress& address, Time now);
  /// More addresses may be found, as in the config: before `restart` or a later offer.
  void resume_gathering();
  /// No more addresses will be found. True when the peer has to be told by an empty line, since the
  /// description could not say so.
  bool finish_gathering();
  /// The local candidates as lines, for peers that want them trickled as well.
  std::vector<std::string> local_candidate_lines() const;

  Result<ChannelId> open_channel(const DataChannelOptions& options, Time now);
  /// Text must be UTF-8 (invalid_argument); the other errors are SctpAssociation::send's, and too_large also
  /// above the peer's a=max-message-size.
  Result<> send(ChannelId id, MessageView message, Time now);
  void set_held_bytes(std::size_t bytes, Time now);
  /// As DataChannels::close: what `send` accepted is delivered first, then channel_closed.
  void close_channel(ChannelId id, Time now);
  /// Bytes that the peer has not acknowledged yet, of all channels.
  std::size_t buffered_bytes() const;
  /// Bytes accepted on this channel that no packet has carried yet (DataChannels::buffered_bytes).
  std::size_t buffered_bytes(ChannelId id) const;

  void receive(const DatagramPath& path, ByteView datagram, Time now);
  void handle_timeout(Time now);
  void flush(Time now);
  std::optional<Time> deadline() const;

  /// Graceful: what `send` accepted is delivered, then the association is shut down and `closed` comes. When
  /// something was sent, not before DataChannels::listening_grace is over.
  void shutdown(Time now);
  /// At once: abort and close_notify leave, `closed` is not called.
  void abort(std::string_view reason, Time now);

  /// The ufrag by which the peer's STUN requests name this connection. During a restart there is another
  /// one, of which `ufrag_added` tells; when the restart has found its path it is this one.
  const std::string& local_ufrag() const;
  /// The path in use, none when consent is lost during a restart; data datagrams with this remote address are
  /// this connection's.
  std::optional<DatagramPath> path() const;
  bool is_connected() const;
  PeerConnectionStats stats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace flnet::rtc
