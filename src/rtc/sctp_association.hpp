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

/// What the association tells its owner; called from within its functions. Of those only `send` may be called
/// back, from sctp_connected and sctp_received.
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
  std::uint64_t dropped_no_room = 0;  ///< Beyond the receive window.
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
  Result<> send(StreamId stream, std::uint32_t ppid, bool unordered, ByteView message, Time now);

  /// Bytes of whole messages that the application has not taken yet: they stay charged to the advertised
  /// window, so a slow reader slows the sender. Growing room again tells the peer at the next flush.
  void set_held_bytes(std::size_t bytes, Time now);

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
  std::optional<Duration> smoothed_round_trip() const;
  const SctpCounters& counters() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace flnet::rtc
