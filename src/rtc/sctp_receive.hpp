// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpReceiver: which TSNs arrived, and when to say so (RFC 9260 §6.2).
#pragma once

#include "rtc/sctp_packet.hpp"
#include "rtc/sctp_serial.hpp"

#include <flnet/time.hpp>

#include <array>
#include <optional>
#include <vector>

namespace flnet::rtc {

class SctpReceiver {
 public:
  /// Holes that are remembered; a TSN that would make another one is dropped and sent again by the peer.
  /// As many fit in one SACK of the smallest packet that we send.
  static constexpr std::size_t max_ranges = 128;
  static constexpr std::size_t max_duplicates = 16;
  /// Gap blocks count in 16 bits from the cumulative TSN.
  static constexpr Tsn max_distance = 0xffff;

  explicit SctpReceiver(Duration sack_delay) : sack_delay_(sack_delay) {}

  void start(Tsn first) { cumulative_ = first - 1; }

  enum class Place : std::uint8_t { next, ahead, duplicate, too_far };
  Place place_of(Tsn tsn) const;
  /// `tsn` was placed next or ahead, and its data is kept.
  void record(Tsn tsn);
  void note_duplicate(Tsn tsn);
  /// The peer has given up what is missing up to `last`, which is beyond the cumulative number. How many
  /// those were.
  std::size_t skip_to(Tsn last);

  /// A packet with DATA was read whole: every second one is acknowledged at once (RFC 9260 §6.2).
  void packet_with_data(Time now);
  void want_sack() { sack_now_ = true; }
  bool sack_due(Time now) const { return sack_now_ || (sack_deadline_ && *sack_deadline_ <= now); }
  /// Something is waiting to be acknowledged: worth adding to a packet that leaves anyway.
  bool sack_pending() const { return sack_now_ || sack_deadline_; }
  std::optional<Time> deadline() const { return sack_now_ ? std::nullopt : sack_deadline_; }

  /// Adds a SACK to the packet, with as many gap blocks as fit.
  void write_sack(SctpPacketBuilder& to, std::uint32_t window);

  Tsn cumulative() const { return cumulative_; }
  bool has_gaps() const { return !ranges_.empty(); }
  /// The highest TSN that arrived.
  Tsn highest() const { return ranges_.empty() ? cumulative_ : ranges_.back().last; }

 private:
  /// Consecutive TSNs beyond a hole.
  struct Range {
    Tsn first;
    Tsn last;
  };

  Duration sack_delay_;
  Tsn cumulative_ = 0;
  std::vector<Range> ranges_;  ///< Ascending, never touching each other.
  std::array<Tsn, max_duplicates> duplicates_{};
  std::size_t duplicate_count_ = 0;
  int unacknowledged_packets_ = 0;
  bool sack_now_ = false;
  bool first_packet_ = true;
  std::optional<Time> sack_deadline_;
};

}  // namespace flnet::rtc
