// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpAssociation: SCTP (RFC 9260) over DTLS (RFC 8261) for data channels (RFC 8831); a pure machine.
#pragma once

#include "base/random.hpp"

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>
#include <flnet/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace flnet::rtc {

using StreamId = std::uint16_t;

/// Limits and timings; constants of RFC 9260 §16 unless a comment says otherwise.
struct SctpConfig {
  std::uint16_t local_port = 5000;
  std::uint16_t remote_port = 5000;
  std::uint16_t streams = 1024;  ///< Offered in both directions; the peer may have fewer.
  std::size_t max_packet_size =
      1184;  ///< SCTP packet, a multiple of 4: fits 1280-byte IPv6 with UDP and DTLS.
  std::size_t max_message_size = 256 * 1024;        ///< Of what is sent and of what is reassembled.
  std::size_t send_buffer_limit = 4 * 1024 * 1024;  ///< Above it `send` answers queue_full.
  std::size_t buffered_low_threshold = 256 * 1024;  ///< Falling to it after a queue_full calls sctp_writable.
  std::size_t receive_window = 4 * 1024 * 1024;  ///< Reassembly, reordering and what the application holds.
  Duration rto_initial = 500ms;
  Duration rto_min = 200ms;  ///< Far below RFC 9260's 1 s, as every WebRTC stack has it.
  Duration rto_max = 10s;
  Duration sack_delay = 20ms;
  Duration heartbeat_interval = 30s;
  Duration cookie_lifetime = 60s;
  int max_init_retransmissions = 8;
  int max_retransmissions = 10;  ///< Of one association in a row; then it is lost.
};

/// For how long the association tries to deliver a message (RFC 3758, RFC 7496 §4). A message that is given
/// up is skipped by the peer; where the peer can't do that, every message is reliable.
struct SctpDelivery {
  enum class Limit : std::uint8_t { none, retransmissions, lifetime };

  bool unordered = false;
  Limit limit = Limit::none;
  /// Retransmissions of each of its fragments, 0 allowed; or milliseconds since `send` accepted it, of which
  /// the last one is used up whole, so that 0 is one attempt.
  std::uint32_t value = 0;
};

/// What the association tells its owner; called from within its functions. Of those only `send` and
/// `reset_stream` may be called back, from sctp_connected, sctp_received and the two about streams.
class SctpSink {
 public:
  virtual ~SctpSink() = default;
  /// One SCTP packet with its checksum; valid only during the call.
  virtual void send_sctp(ByteView packet) = 0;
  virtual void sctp_connected() = 0;
  /// One whole message, in its stream's order unless it was sent unordered; valid only during the call.
  virtual void sctp_received(StreamId stream, std::uint32_t ppid, ByteView message) = 0;
  /// The peer has ended these streams of its own (RFC 6525 §5.2.2); none named means all of them.
  virtual void sctp_streams_reset(std::span<const StreamId> /*streams*/) {}
  /// What `reset_stream` began is over: the peer expects these streams of ours to begin anew. When it wasn't
  /// `performed`, the peer can't, would not or did not answer: nothing may be sent on them any more.
  virtual void sctp_own_streams_reset(std::span<const StreamId> /*streams*/, bool /*performed*/) {}
  /// The send buffer has room again after a queue_full.
  virtual void sctp_writable() = 0;
  /// The end. `closed` after a shutdown of either side, else the reason of the failure or the abort.
  virtual void sctp_closed(Error reason) = 0;
};

struct SctpCounters {
  std::uint64_t packets_sent = 0, packets_received = 0;
  std::uint64_t bytes_sent = 0, bytes_received = 0;  ///< Of messages.
  std::uint64_t retransmissions = 0, fast_retransmissions = 0, timeouts = 0;
  std::uint64_t dropped_malformed = 0;  ///< Checksum, tag, lengths, unknown states.
  std::uint64_t dropped_duplicates = 0;
  std::uint64_t dropped_no_room = 0;     ///< Beyond the receive window.
  std::uint64_t messages_abandoned = 0;  ///< Given up by us: their retransmissions or their time ran out.
  std::uint64_t chunks_skipped = 0;      ///< Given up by the peer before they came.
};

/// One association. Nothing leaves before `flush`: callers hand over a batch of packets or messages, then
/// flush once, so that chunks share packets and acknowledgements are few. Every call may be followed by a
/// new `deadline`.
class SctpAssociation {
 public:
  SctpAssociation(SctpConfig config, Random& random, SctpSink& sink);
  ~SctpAssociation();
  SctpAssociation(const SctpAssociation&) = delete;
  SctpAssociation& operator=(const SctpAssociation&) = delete;

  /// The peer's port, where its description names another one than the configuration. Before `connect`.
  void set_remote_port(std::uint16_t port);
  /// Sends INIT at the next flush. Both sides may do so at once (RFC 9260 §5.2.1).
  void connect(Time now);
  /// One SCTP packet from the peer.
  void receive(ByteView packet, Time now);

  /// Takes a copy of `message` into the send buffer; allowed before the association is up. An empty
  /// message is not SCTP's to carry (RFC 8831 §6.6): invalid_argument. too_large, queue_full and closed
  /// as the names say. `stream` must be below the negotiated number once that is known.
  Result<> send(StreamId stream, std::uint32_t ppid, const SctpDelivery& delivery, ByteView message,
                Time now);
  Result<> send(StreamId stream, std::uint32_t ppid, bool unordered, ByteView message, Time now) {
    return send(stream, ppid, SctpDelivery{unordered, SctpDelivery::Limit::none, 0}, message, now);
  }

  /// Ends our direction of a stream (RFC 6525): what was accepted on it is delivered or given up first, then
  /// the peer is asked until it answers, for a bounded time; sctp_own_streams_reset tells how that ended.
  /// What is sent on it meanwhile may be held back until then. Asking again while that goes on does nothing.
  void reset_stream(StreamId stream);

  /// Bytes of whole messages that the application has not taken yet: they stay charged to the advertised
  /// window, so a slow reader slows the sender. Growing room again tells the peer at the next flush.
  void set_held_bytes(std::size_t bytes, Time now);

  /// Packets take another path from now on (RFC 8261 §6.1): congestion and round trip of the old one are
  /// forgotten. When that had fallen silent, the next flush repeats at once all that is unanswered, and the
  /// retransmissions are counted anew.
  void path_changed(Time now);

  /// Sends what window and congestion control allow: control chunks, SACKs, data.
  void flush(Time now);
  void handle_timeout(Time now);
  std::optional<Time> deadline() const;

  /// Graceful end (RFC 9260 §9.2): everything accepted is delivered first, then sctp_closed(closed).
  void shutdown(Time now);
  /// ABORT at once, then nothing more; the sink is not told.
  void abort(std::string_view reason, Time now);

  bool connected() const;
  /// Bytes accepted by `send` and not yet acknowledged by the peer.
  std::size_t buffered_bytes() const;
  /// Bytes accepted on this stream of which no chunk was made yet: they have not been sent for the first
  /// time.
  std::size_t unsent_bytes(StreamId stream) const;
  std::optional<Duration> smoothed_round_trip() const;
  const SctpCounters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace flnet::rtc
