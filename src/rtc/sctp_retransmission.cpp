// SPDX-License-Identifier: MIT OR Apache-2.0
// Acknowledgements, retransmission timers and loss detection.
#include "rtc/sctp_retransmission.hpp"

#include "base/byte_io.hpp"

#include <algorithm>
#include <cassert>

namespace flnet::rtc {

namespace {

constexpr std::size_t gap_block_size = 4;

}  // namespace

SctpRetransmission::SctpRetransmission(Limits limits, PayloadArena& arena, SctpCongestion& congestion,
                                       SctpRoundTrip& round_trip, SctpCounters& counters)
    : limits_(limits), arena_(arena), congestion_(congestion), round_trip_(round_trip), counters_(counters) {}

Tsn SctpRetransmission::sent(const SctpFragment& fragment, Time now) {
  if (in_flight_count_ == 0) timer_start_ = now;
  probe_start_ = now;
  chunks_.push_back({fragment, ChunkState::in_flight, 0, now});
  flight_ += fragment.size;
  bytes_ += fragment.size;
  ++in_flight_count_;
  return next_tsn_++;
}

SctpRetransmission::SackVerdict SctpRetransmission::take_sack(const SackChunk& sack, Time now) {
  if (tsn_before(sack.cumulative + 1, first_tsn_)) return SackVerdict::stale;
  // What was never sent can't have arrived.
  if (!tsn_before(sack.cumulative, next_tsn_) || !gap_blocks_fit(sack)) return SackVerdict::malformed;
  if (!sack.duplicates.empty()) {
    // A copy was not needed: wait longer for late packets (RFC 8985 §6.2 step 4).
    reordering_quarters_ = std::min(reordering_quarters_ + 1, max_reordering_quarters);
  }
  Progress progress{.was_recovering = recovering()};
  take_cumulative_part(sack.cumulative, progress, now);
  take_gap_blocks(sack, progress, now);
  finish_sack(progress, now);
  return SackVerdict::taken;
}

bool SctpRetransmission::take_cumulative(Tsn cumulative, Time now) {
  if (!tsn_before(cumulative, next_tsn_)) return false;
  if (tsn_before(cumulative, first_tsn_)) return true;
  Progress progress{.was_recovering = recovering()};
  take_cumulative_part(cumulative, progress, now);
  finish_sack(progress, now);
  return true;
}

bool SctpRetransmission::gap_blocks_fit(const SackChunk& sack) const {
  const std::size_t beyond = next_tsn_ - sack.cumulative - 1;  // Outstanding TSNs behind the cumulative one.
  std::size_t previous_end = 0;
  for (std::size_t at = 0; at < sack.gap_blocks.size(); at += gap_block_size) {
    const std::size_t start = load_u16(sack.gap_blocks.data() + at);
    const std::size_t end = load_u16(sack.gap_blocks.data() + at + 2);
    if (start < 2 || start <= previous_end || end < start || end > beyond) return false;
    previous_end = end;
  }
  return true;
}

void SctpRetransmission::take_cumulative_part(Tsn cumulative, Progress& progress, Time now) {
  const std::size_t count = cumulative + 1 - first_tsn_;
  for (std::size_t i = 0; i < count; ++i) {
    Chunk& chunk = chunks_[i];
    if (chunk.state == ChunkState::abandoned) {
      --abandoned_count_;
      continue;
    }
    if (chunk.state == ChunkState::delivered) {
      delivered_in_gaps_ -= chunk.fragment.size;
    } else {
      delivered(chunk, first_tsn_ + static_cast<Tsn>(i), progress, now);
    }
    bytes_ -= chunk.fragment.size;
    arena_.release(chunk.fragment.block, chunk.fragment.size);
  }
  chunks_.pop_front(count);
  first_tsn_ = cumulative + 1;
  if (tsn_before(lost_hint_, first_tsn_)) lost_hint_ = first_tsn_;
  if (tsn_before(recovery_end_, first_tsn_)) recovery_end_ = first_tsn_;
  if (tsn_before(advanced_, first_tsn_)) advanced_ = first_tsn_;
  if (tsn_before(told_, first_tsn_)) told_ = first_tsn_;
  if (tsn_before(highest_delivered_, cumulative)) highest_delivered_ = cumulative;
}

void SctpRetransmission::take_gap_blocks(const SackChunk& sack, Progress& progress, Time now) {
  for (std::size_t at = 0; at < sack.gap_blocks.size(); at += gap_block_size) {
    const std::size_t start = load_u16(sack.gap_blocks.data() + at);
    const std::size_t end = load_u16(sack.gap_blocks.data() + at + 2);
    for (std::size_t i = start - 1; i < end; ++i) {
      Chunk& chunk = chunks_[i];
      if (chunk.state == ChunkState::delivered || chunk.state == ChunkState::abandoned) continue;
      delivered(chunk, first_tsn_ + static_cast<Tsn>(i), progress, now);
      chunk.state = ChunkState::delivered;
      delivered_in_gaps_ += chunk.fragment.size;
    }
  }
  // The peer took back what it had acknowledged (RFC 9260 §6.2.1 D iii): start over.
  if (!chunks_.empty() && chunks_.front().state == ChunkState::delivered) {
    delivered_in_gaps_ = 0;
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
      if (chunks_[i].state != ChunkState::delivered) continue;
      chunks_[i].state = ChunkState::lost;
      ++lost_count_;
    }
    lost_hint_ = first_tsn_;
  }
}

void SctpRetransmission::delivered(Chunk& chunk, Tsn tsn, Progress& progress, Time now) {
  if (chunk.state == ChunkState::in_flight) {
    flight_ -= chunk.fragment.size;
    --in_flight_count_;
  } else {
    --lost_count_;
  }
  progress.bytes += chunk.fragment.size;
  const Duration round_trip = now - chunk.sent;
  if (chunk.resent > 0) {
    // Karn: whose copy was it? One that came faster than any before must have been the first one's.
    if (round_trip < round_trip_.minimum().value_or(Duration(0))) return;
  } else {
    progress.sample = round_trip;
    if (tsn_before(tsn, highest_delivered_)) reordering_seen_ = true;
  }
  if (tsn_before(highest_delivered_, tsn)) highest_delivered_ = tsn;
  const bool newer = chunk.sent > rack_sent_ || (chunk.sent == rack_sent_ && tsn_before(rack_tsn_, tsn));
  if (!newer) return;
  rack_sent_ = chunk.sent;
  rack_tsn_ = tsn;
  rack_round_trip_ = round_trip;
}

void SctpRetransmission::finish_sack(const Progress& progress, Time now) {
  if (progress.sample) round_trip_.add_sample(*progress.sample);
  if (progress.bytes > 0) {
    timer_start_ = probe_start_ = now;
    probed_ = false;
    if (!progress.was_recovering || after_timeout_) {
      congestion_.acknowledged(progress.bytes, window_limited_, round_trip_.smoothed().value_or(Duration(0)),
                               now);
    }
    window_limited_ = false;
  }
  detect_losses(now);
  if (abandoned_count_ > 0) follow_cumulative();
}

bool SctpRetransmission::sent_before_newest(const Chunk& chunk, Tsn tsn) const {
  return chunk.sent < rack_sent_ || (chunk.sent == rack_sent_ && tsn_before(tsn, rack_tsn_));
}

Duration SctpRetransmission::reordering_window() const {
  // RFC 8985 §6.2 step 4: no patience once enough later packets arrived, unless the path reorders.
  const bool many_later = delivered_in_gaps_ >= limits_.segment * reordering_packets;
  if (!reordering_seen_ && (many_later || recovering())) return Duration(0);
  const Duration minimum = round_trip_.minimum().value_or(Duration(0));
  return std::min(minimum * reordering_quarters_ / 4, round_trip_.smoothed().value_or(minimum));
}

void SctpRetransmission::detect_losses(Time now) {
  reordering_deadline_.reset();
  if (in_flight_count_ == 0) return;
  const Duration patience = rack_round_trip_ + reordering_window();
  bool found = false;
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    Chunk& chunk = chunks_[i];
    if (chunk.state != ChunkState::in_flight) continue;
    const Tsn tsn = first_tsn_ + static_cast<Tsn>(i);
    if (!sent_before_newest(chunk, tsn)) {
      if (chunk.resent == 0)
        break;  // First transmissions are in order of time: all later ones are newer still.
      continue;
    }
    if (now - chunk.sent >= patience) {
      mark_lost(chunk, tsn);
      ++counters_.fast_retransmissions;
      found = true;
    } else {
      reordering_deadline_ = earliest(reordering_deadline_, chunk.sent + patience);
    }
  }
  if (found) enter_recovery();
}

void SctpRetransmission::mark_lost(Chunk& chunk, Tsn tsn) {
  chunk.state = ChunkState::lost;
  flight_ -= chunk.fragment.size;
  --in_flight_count_;
  if (lost_count_++ == 0 || tsn_before(tsn, lost_hint_)) lost_hint_ = tsn;
}

void SctpRetransmission::enter_recovery() {
  if (recovering()) return;
  recovery_end_ = next_tsn_;
  fast_retransmit_ = true;
  after_timeout_ = false;
  congestion_.lost();
}

std::optional<SctpRetransmission::Lost> SctpRetransmission::next_lost() const {
  if (lost_count_ == 0) return std::nullopt;
  for (std::size_t i = lost_hint_ - first_tsn_; i < chunks_.size(); ++i) {
    if (chunks_[i].state == ChunkState::lost)
      return Lost{first_tsn_ + static_cast<Tsn>(i), &chunks_[i].fragment};
  }
  assert(false);
  return std::nullopt;
}

void SctpRetransmission::resent(Tsn tsn, Time now) {
  Chunk& chunk = chunks_[tsn - first_tsn_];
  assert(chunk.state == ChunkState::lost);
  if (in_flight_count_ == 0 || tsn == first_tsn_) timer_start_ = now;  // RFC 9260 §6.3.2 R3
  probe_start_ = now;
  chunk.state = ChunkState::in_flight;
  ++chunk.resent;
  chunk.sent = now;
  flight_ += chunk.fragment.size;
  ++in_flight_count_;
  --lost_count_;
  lost_hint_ = tsn + 1;
  ++counters_.retransmissions;
}

std::optional<Time> SctpRetransmission::deadline() const {
  const auto forward = forward_pending() && !forward_due_ ? forward_deadline_ : std::nullopt;
  if (in_flight_count_ == 0) return forward;
  std::optional<Time> at = earliest(reordering_deadline_, timer_start_ + round_trip_.timeout());
  at = earliest(at, forward);
  if (probed_ || lost_count_ > 0 || !round_trip_.smoothed()) return at;
  Duration probe = std::max(*round_trip_.smoothed() * 2, min_probe_timeout);
  if (flight_ <= limits_.segment) probe += limits_.peer_sack_delay;  // The peer may wait for a second packet.
  return earliest(at, probe_start_ + probe);
}

SctpRetransmission::Timeout SctpRetransmission::handle_timeout(Time now) {
  const std::optional<Time> due = deadline();
  if (!due || now < *due) return Timeout::none;
  if (forward_pending() && forward_deadline_ && now >= *forward_deadline_) {
    forward_due_ = true;
    forward_deadline_.reset();
    if (in_flight_count_ + lost_count_ > 0) return Timeout::none;  // Their own timer tells of a silent peer.
    round_trip_.back_off();
    return Timeout::forward;
  }
  if (now >= timer_start_ + round_trip_.timeout()) {
    ++counters_.timeouts;
    round_trip_.back_off();
    congestion_.timed_out();
    lose_all();
    recovery_end_ = next_tsn_;
    after_timeout_ = true;
    return Timeout::retransmission;
  }
  if (reordering_deadline_ && now >= *reordering_deadline_) {
    detect_losses(now);
    return Timeout::loss_found;
  }
  probed_ = true;
  return Timeout::probe;
}

void SctpRetransmission::probe_with_last(Time now) {
  for (std::size_t i = chunks_.size(); i-- > 0;) {
    if (chunks_[i].state != ChunkState::in_flight) continue;
    // It may only be late: giving it up would be too early.
    if (!chunks_[i].fragment.limit().allows_retransmission(chunks_[i].resent, now)) continue;
    mark_lost(chunks_[i], first_tsn_ + static_cast<Tsn>(i));
    return;
  }
}

void SctpRetransmission::forget_flight() {
  lose_all();
}

void SctpRetransmission::path_changed(bool was_silent) {
  // What the old path still delivers, or has lost, says nothing of the new one's congestion.
  recovery_end_ = next_tsn_;
  after_timeout_ = was_silent;
  if (!was_silent) return;
  lose_all();
  probed_ = false;
  if (!forward_pending()) return;
  forward_due_ = true;
  forward_deadline_.reset();
}

void SctpRetransmission::lose_all() {
  for (std::size_t i = 0; i < chunks_.size(); ++i) {
    if (chunks_[i].state == ChunkState::in_flight) mark_lost(chunks_[i], first_tsn_ + static_cast<Tsn>(i));
  }
  reordering_deadline_.reset();
}

}  // namespace flnet::rtc
