// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection: one WebRTC connection to one peer, set up over any signalling; usable without Network.
#pragma once

#include <flnet/connection_config.hpp>
#include <flnet/connection_state.hpp>
#include <flnet/data_channel.hpp>
#include <flnet/loop.hpp>
#include <flnet/message.hpp>
#include <flnet/peer_info.hpp>
#include <flnet/peer_port.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <cstddef>
#include <memory>
#include <optional>

namespace flnet {

/// Limits of one PeerConnection. What happens at each of them stands beside it.
struct PeerConnectionLimits {
  static constexpr std::size_t max_message_bytes = 256 * 1024;  ///< too_large
  /// Received and not taken on all channels, with message_overhead_bytes for each message: the peer is slowed
  /// down by then; one that goes on all the same is cut off (queue_full).
  static constexpr std::size_t receive_bytes = 8 * 1024 * 1024;
  static constexpr std::size_t message_overhead_bytes = 64;
  static constexpr std::size_t early_candidates = 64;  ///< Before the description: queue_full.
  static constexpr std::size_t setup_messages = 256;   ///< Nobody brings them: later ones are dropped.
  static constexpr std::size_t close_timeout_s = 10;   ///< `close` gives up delivering.
  static constexpr std::size_t channels = 64;  ///< Beside the own one: queue_full; the peer's are closed.
  static constexpr std::size_t offered_channels =
      16;  ///< Opened by the peer, not taken: later ones are closed.
};

/// One attempt at a connection with a reliable, ordered channel of its own, and with more of them in any mode
/// once it is open. One side calls `connect`, the other one
/// only `setup`; what `next_setup` gives on one side goes to `setup` on the other, in order.
///
/// ```
///   fresh ── connect, setup(Init) ──▶ offered ─┬─ the channel opens ──▶ open ── close ──▶ closing
///     └────────── setup(Offer) ────▶ answered ─┘                                            │
///                         closed ◀── failure, the peer's close, close: from everywhere ─────┘
/// ```
///
/// An open connection whose machine has changed networks restarts ICE, from either side; messages flow all
/// the while:
///
/// ```
///   open ─┬─ restart ──▶ its Offer waits ── setup(Answer) ──▶ new paths are tried ── one works ──▶ open
///         └─ setup(Offer) ────────────────────────────────────────────┘
///   either without a new path in time: open as before, or closed when the old path is lost as well
/// ```
///
/// The set-up takes 30 seconds at most from the first description. All on the loop's thread, which must
/// outlive the connection and its tasks. Destroying it aborts at once: tasks that wait for it end, with
/// nothing or `closed`, and may outlive it.
class PeerConnection {
 public:
  explicit PeerConnection(const PeerPort& port);
  /// With a port of its own; see PeerPort::open.
  static Result<PeerConnection> open(const ConnectionConfig& config = ConnectionConfig(std::string()),
                                     Loop& loop = Loop::current());
  PeerConnection(PeerConnection&&) noexcept = default;
  PeerConnection& operator=(PeerConnection&& other) noexcept;
  ~PeerConnection();

  /// Makes the offer. invalid_argument when there is a description already, closed.
  Result<> connect();
  /// What the other side's next_setup gave. Init makes the offer, as `connect` does. Nothing that comes here
  /// ends the connection by its form: invalid_message (it can't be read), unsupported, too_large,
  /// invalid_argument (out of turn: an offer again, an answer to none), queue_full (early candidates),
  /// closed. An answer to another offer is dropped: the right one may follow until the channel is open.
  /// Candidates may come before the first description; those of a restart come after its description.
  ///
  /// A later Offer restarts ICE (see `restart`): its ufrag and password are new (RFC 8839 §4.4.1.1.1), the
  /// certificate is the same (else untrusted), and it is not older than what is known (else refused). Of two
  /// restarts that meet, that of the side which had connected goes on: it refuses the other one's Offer
  /// (refused), and the other one drops its own and answers. Nothing of it ends the connection.
  /// One that only the browser refuses is dropped, with a line in the log.
  Result<> setup(PeerMessage::Any message);
  /// Restarts ICE (RFC 8445 §9, W3C's restartIce), as after a change of networks: looks for addresses and
  /// paths anew. Either side may. An Offer and candidates come out of next_setup; the other side's `setup`
  /// takes them, and its Answer comes back. The old path carries messages until the new one is there. Without
  /// an answer or a path the restart is given up, 30 seconds after either description at the latest, and the
  /// connection goes on as it was.
  /// not_connected (not open yet), closed, invalid_argument (a restart is under way), unsupported (a platform
  /// that can't: npm's node-datachannel).
  Result<> restart();
  /// The next message for the other side; nothing once the connection is closed.
  Task<std::optional<PeerMessage::Any>> next_setup();

  /// Completes when messages flow, or with the reason why they never will: unreachable, timed_out,
  /// untrusted, refused, closed.
  Task<Result<>> opened();
  /// Completes at the end, with its reason: `closed` when either side closed.
  Task<Error> closed();

  /// On the connection's own channel: completes when the message has been taken into the send window;
  /// messages leave in the order of the calls. too_large, invalid_argument (text that is no UTF-8),
  /// not_connected (not open yet), closed.
  Task<Result<>> send(Message message);
  /// Takes the message at once, or says queue_full; otherwise as `send`.
  Result<> try_send(MessageView message);
  /// Bytes that `send` accepted and the peer has not confirmed.
  std::size_t buffered_bytes() const;

  /// The next message, or nothing once the connection is closed and all has been taken. Several may wait:
  /// each message goes to one of them.
  Task<std::optional<Message>> recv();
  /// The next message if there is one.
  std::optional<Message> try_recv();

  /// Opens one more channel, on an open connection; `opened` of it tells when the peer knows of it.
  /// not_connected (not open yet), closed, queue_full (PeerConnectionLimits::channels), invalid_argument,
  /// too_large (label, protocol).
  Result<DataChannel> create_channel(DataChannelOptions options);
  /// The next channel that the peer has opened, in its order; nothing once the connection is closed. Those
  /// that nobody takes hold what comes on them.
  Task<std::optional<DataChannel>> next_channel();

  ConnectionStateMap state() const;

  /// Delivers what was accepted, within PeerConnectionLimits::close_timeout_s, then closes. What could not
  /// be delivered is the error. What was received can still be taken. Who connected, and has heard nothing,
  /// closes half a second after opening at the earliest: Chromium loses what comes before it listens.
  Task<Result<>> close();

  /// What it is made of; complete inside flnet only.
  struct State;

 private:
  // Shared with the tasks, which may outlive the connection.
  std::shared_ptr<State> state_;
};

}  // namespace flnet
