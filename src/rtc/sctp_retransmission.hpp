// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpRetransmission: what was sent and not yet acknowledged; finds out what was lost (RFC 9260 §6.3, §7.2.4,
// with the time-ordered loss detection of RFC 8985).
#pragma once

#include "rtc/sctp_chunk.hpp"
#include "rtc/sctp_congestion.hpp"
#include "rtc/sctp_round_trip.hpp"
#include "rtc/sctp_send_queue.hpp"

#include <flnet/ring.hpp>

#include <optional>
#include <span>
#include <utility>

namespace flnet::rtc {

/// One record per TSN, found by its distance to the cumulative acknowledgement:
///
///   in_flight --acknowledged in a gap block--> delivered --cumulative--> gone
///       |  ^                                       ^
///   lost|  |sent again                             |the first copy did arrive
///       v  |                                       |
///      lost ---------------------------------------+
///
/// A lost chunk whose message may not be sent again is abandoned, and all of the message with it (RFC 3758
/// §3.5): such records keep their number and stream only, until the peer has followed a FORWARD TSN.
class SctpRetransmission {
 public:
  static constexpr Duration min_probe_timeout = 10ms;  ///< Of a tail loss probe (RFC 8985 §7.2).
  static constexpr int reordering_packets = 3;         ///< As many packets later: lost (RFC 9260 §7.2.4).
  static constexpr int max_reordering_quarters = 16;   ///< Of a round trip, that late packets are waited for.

  struct Limits {
    std::size_t segment;
    Duration peer_sack_delay;
  };
  enum class SackVerdict : std::uint8_t { taken, stale, malformed };

  SctpRetransmission(Limits limits, PayloadArena& arena, SctpCongestion& congestion,
                     SctpRoundTrip& round_trip, SctpCounters& counters);

  void start(Tsn first) {
    next_tsn_ = first_tsn_ = recovery_end_ = rack_tsn_ = first;
    advanced_ = told_ = first;
  }

  /// `fragment` goes out now as the returned TSN.
  Tsn sent(const SctpFragment& fragment, Time now);
  SackVerdict take_sack(const SackChunk& sack, Time now);
  /// A SHUTDOWN's cumulative acknowledgement counts like a SACK's but says nothing of gaps or the window.
  bool take_cumulative(Tsn cumulative, Time now);

  /// The first chunk that must be sent again, if any; `resent` says that it was.
  struct Lost {
    Tsn tsn;
    const SctpFragment* fragment;
  };
  std::optional<Lost> next_lost() const;
  void resent(Tsn tsn, Time now);
  /// True once after losses were found: one packet may leave whatever the window says (RFC 9260 §7.2.4).
  bool take_fast_retransmit_allowance() { return std::exchange(fast_retransmit_, false); }

  enum class Timeout : std::uint8_t { none, loss_found, probe, retransmission, forward };
  Timeout handle_timeout(Time now);
  std::optional<Time> deadline() const;
  /// The last chunk in flight that may be sent again counts as lost, so that it leaves as a probe.
  void probe_with_last(Time now);
  /// The peer threw everything away while its window was closed.
  void forget_flight();
  /// What is sent from now on takes another path. One that `was_silent` has swallowed the whole flight.
  void path_changed(bool was_silent);

  // Giving up (sctp_abandonment.cpp).
  struct Abandoned {
    std::size_t messages = 0;
    bool begun = false;  ///< The last one of them is still being cut: `abandon_begun` must follow.
  };
  /// Messages that lost a chunk and may not send it again.
  Abandoned abandon_overdue(Time now);
  /// The rest of the message that was sent last will not follow. It ends with a number of its own that is
  /// never sent: the peer may have had all others, and has to learn that there are no more.
  void abandon_begun(const SctpSendQueue::Begun& message);
  /// A FORWARD TSN should leave.
  bool forward_due() const { return forward_due_ && forward_pending(); }
  /// Streams that begin anew once the peer has everything up to `last`.
  struct Reset {
    std::span<const StreamId> streams;
    Tsn last;
  };
  /// Its body, at most `max_size`, valid until the next call; it counts as sent. What names a stream of
  /// `reset` ends at reset.last, so that the peer takes it for old once it has begun the stream anew: late on
  /// its way, it would skip messages of the new life.
  ByteView write_forward(std::size_t max_size, const Reset& reset, Time now);

  bool empty() const { return chunks_.empty(); }
  bool recovering() const { return tsn_before(first_tsn_, recovery_end_); }
  std::size_t flight() const { return flight_; }  ///< Bytes believed to be on their way.
  std::size_t bytes() const { return bytes_; }    ///< Bytes not yet acknowledged cumulatively.
  std::size_t chunks() const { return chunks_.size(); }
  Tsn next_tsn() const { return next_tsn_; }
  Tsn first_tsn() const { return first_tsn_; }  ///< The first one not acknowledged.
  /// The window was used up since the last acknowledgement.
  void note_window_limited() { window_limited_ = true; }
  void trim() { chunks_.release_if_empty(); }

 private:
  enum class ChunkState : std::uint8_t { in_flight, lost, delivered, abandoned };
  struct Chunk {
    SctpFragment fragment;
    ChunkState state;
    std::uint32_t resent;  ///< How many times.
    Time sent;
  };
  struct Progress {
    bool was_recovering;  ///< What ends a recovery was sent in it: it doesn't count as growth.
    std::size_t bytes = 0;
    std::optional<Duration> sample;
  };

  bool gap_blocks_fit(const SackChunk& sack) const;
  void take_cumulative_part(Tsn cumulative, Progress& progress, Time now);
  void take_gap_blocks(const SackChunk& sack, Progress& progress, Time now);
  void finish_sack(const Progress& progress, Time now);
  void delivered(Chunk& chunk, Tsn tsn, Progress& progress, Time now);
  void detect_losses(Time now);
  Duration reordering_window() const;
  bool sent_before_newest(const Chunk& chunk, Tsn tsn) const;
  void mark_lost(Chunk& chunk, Tsn tsn);
  void enter_recovery();
  void lose_all();
  bool abandon_message(std::size_t index);
  void abandon(Chunk& chunk);
  void advance();
  void follow_cumulative();
  bool note_skip(const SctpFragment& fragment, std::size_t max_size);
  /// The peer waits for numbers that will not come.
  bool forward_pending() const { return abandoned_count_ > 0 && tsn_before(first_tsn_, advanced_); }

  Limits limits_;
  PayloadArena& arena_;
  SctpCongestion& congestion_;
  SctpRoundTrip& round_trip_;
  SctpCounters& counters_;

  Ring<Chunk> chunks_;  ///< Of first_tsn_ and on.
  Tsn first_tsn_ = 0;
  Tsn next_tsn_ = 0;
  std::size_t flight_ = 0;
  std::size_t bytes_ = 0;
  std::size_t lost_count_ = 0;
  std::size_t in_flight_count_ = 0;
  Tsn lost_hint_ = 0;     ///< No lost chunk is before it.
  Tsn recovery_end_ = 0;  ///< Losses before it belong to a window that was already reduced.
  bool window_limited_ = false;
  bool fast_retransmit_ = false;
  bool after_timeout_ = false;  ///< In recovery from a timeout the window grows again (slow start).

  // Loss detection by time: the newest delivered transmission, and how much later than it others may come.
  Time rack_sent_{};
  Tsn rack_tsn_ = 0;
  Duration rack_round_trip_{};
  std::size_t delivered_in_gaps_ = 0;  ///< Bytes beyond the first hole.
  Tsn highest_delivered_ = 0;
  bool reordering_seen_ = false;
  int reordering_quarters_ = 1;
  std::optional<Time> reordering_deadline_;

  // Abandonment
  std::size_t abandoned_count_ = 0;
  Tsn advanced_ = 0;  ///< All before it are acknowledged or abandoned (Advanced.Peer.Ack.Point + 1).
  Tsn told_ = 0;      ///< As far as the last FORWARD TSN went.
  bool forward_due_ = false;
  std::optional<Time> forward_deadline_;  ///< When it is repeated.
  Bytes forward_body_;

  Time timer_start_{};
  Time probe_start_{};
  bool probed_ = false;  ///< Since the last acknowledgement.
};

}  // namespace flnet::rtc
