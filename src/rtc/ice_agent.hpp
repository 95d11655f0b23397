// SPDX-License-Identifier: MIT OR Apache-2.0
// IceAgent: finds and keeps a working path to one peer (RFC 8445, 8838, 7675); a pure machine.
#pragma once

#include "base/random.hpp"
#include "rtc/datagram.hpp"
#include "rtc/ice_candidate.hpp"
#include "rtc/stun_message.hpp"

#include <flnet/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet::rtc {

enum class IceRole : std::uint8_t { controlling, controlled };

/// checking: no path yet · connected: a path works · failed: no path was found in time, or consent was lost.
enum class IceState : std::uint8_t { waiting, checking, connected, failed, closed };

struct IceCredentials {
  std::string ufrag;     ///< 4 to 256 ice-chars (RFC 8839 §5.4)
  std::string password;  ///< 22 to 256 ice-chars
  friend bool operator==(const IceCredentials&, const IceCredentials&) = default;
};

/// Fresh credentials: 8 and 24 ice-chars from `random`.
IceCredentials make_ice_credentials(Random& random);

/// Limits and timings, all with the RFCs' or our own reasons in ice_agent.cpp.
struct IceConfig {
  IceRole role = IceRole::controlling;
  IceCredentials local;
  Duration pacing = 20ms;  ///< Ta between new checks (libwebrtc's value; RFC 8445 §14.2: 50 ms). The first
                           ///< check is not paced.
  Duration initial_rto = 250ms;    ///< First retransmission of a check, then doubled.
  Duration failure_timeout = 15s;  ///< From the first remote description to `failed` without a path.
  Duration consent_interval = 5s;  ///< RFC 7675 §5.1, randomised ±20 %.
  Duration consent_timeout = 30s;  ///< RFC 7675 §5.1.
  /// Nominate only when the peer has made a check. A controlling agent that answers, as in a restart, may
  /// have a path before its answer has arrived, and not every peer keeps USE-CANDIDATE until then (Firefox).
  bool nominates_when_checked = false;
  std::size_t max_remote_candidates = 64;
  std::size_t max_pairs = 128;
};

/// What the agent tells its owner; called from within the agent's functions, must not call back into it.
class IceSink {
 public:
  virtual ~IceSink() = default;
  virtual void send_ice(const DatagramPath& path, ByteView datagram) = 0;
  virtual void ice_state_changed(IceState state) = 0;
  /// The path for data has changed: first the best pair that works, later the nominated one.
  virtual void ice_path_changed(const DatagramPath& path) = 0;
};

/// By which kinds of candidates the two ends of a path are known.
struct IcePathTypes {
  CandidateType local = CandidateType::host;
  CandidateType remote = CandidateType::host;
  friend bool operator==(const IcePathTypes&, const IcePathTypes&) = default;
};

/// Counts of what came in and was not used, by reason.
struct IceCounters {
  std::uint64_t malformed = 0;      ///< Not STUN, or a broken message.
  std::uint64_t bad_integrity = 0;  ///< MESSAGE-INTEGRITY missing or wrong.
  std::uint64_t wrong_username = 0;
  std::uint64_t unknown_transaction = 0;
  std::uint64_t limit_reached = 0;  ///< Candidates or pairs above the limits.
  std::uint64_t role_conflicts = 0;
};

/// A full ICE agent for one component. Local candidates share the node's sockets.
///
///             set_remote_credentials            a check is answered
///   waiting ────────────────────────▶ checking ────────────────────▶ connected
///      │                                 │ failure_timeout               │ consent_timeout without
///      │ close()                         ▼                               │ an answered check
///      │                              failed ◀──────────────────────────┘
///      ▼
///   closed   (reached from everywhere by close())
///
/// While `waiting` the peer's checks are answered and remembered; its way out is the owner's set-up
/// deadline. In `connected` the best valid pair carries data until one is nominated: the controlling side
/// nominates (RFC 8445 §8.1.1), the controlled side follows USE-CANDIDATE. `failed` and `closed` are silent.
class IceAgent {
 public:
  /// `random` and `sink` must outlive the agent.
  IceAgent(IceConfig config, Random& random, IceSink& sink);
  ~IceAgent();
  IceAgent(const IceAgent&) = delete;
  IceAgent& operator=(const IceAgent&) = delete;

  /// A candidate of ours. A host or relayed candidate's address is what the pair's `DatagramPath::local` will
  /// be. A server-reflexive one is told to the peer by the owner, and not paired: its base is (RFC 8445
  /// §6.1.2.4).
  void add_local_candidate(const IceCandidate& candidate, Time now);
  /// The peer's credentials, from its description; checks start from here on. Comes once: later calls
  /// change nothing.
  void set_remote_credentials(IceCredentials remote, Time now);
  /// May come before the credentials: kept, bounded. Duplicates are ignored, and so are pairs across
  /// families and between loopback and other addresses.
  void add_remote_candidate(const IceCandidate& candidate, Time now);
  /// No more candidates will be signalled. The agent still waits out `failure_timeout`: the peer's checks
  /// may show addresses that nobody signalled (RFC 8863 §4).
  void end_of_remote_candidates(Time now);

  /// A STUN datagram that belongs to this session. Requests that come before the remote credentials are
  /// answered (the local password is enough) and become triggered checks once the credentials are there.
  void receive(const DatagramPath& path, ByteView datagram, Time now);
  /// Whether `datagram` is a request that names our ufrag, or answers one of our checks: during an ICE
  /// restart two agents share a connection.
  bool expects(ByteView datagram) const;
  /// Data came from the peer over an authenticated channel at `now`: the path is alive. Consent is a
  /// different thing, which only answered checks renew (RFC 7675 §5.1).
  void note_data_received(Time now);
  void handle_timeout(Time now);
  std::optional<Time> deadline() const;
  /// Stops everything; no further output.
  void close();

  IceState state() const;
  IceRole role() const;
  const IceCredentials& local_credentials() const;
  /// An authentic check of the peer's has come: it has our description.
  bool was_checked() const;
  std::optional<DatagramPath> path() const;
  /// Of the path in use; the local type is that of the candidate which the peer sees (RFC 8445 §7.2.5.3.1).
  std::optional<IcePathTypes> path_types() const;
  /// The path in use is the nominated one.
  bool is_nominated() const;
  /// Round trip of the last answered check on the path in use.
  std::optional<Duration> round_trip() const;
  const IceCounters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace flnet::rtc
