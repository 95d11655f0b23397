// SPDX-License-Identifier: MIT OR Apache-2.0
// Tracking of TSNs and writing of SACKs.
#include "rtc/sctp_receive.hpp"

#include "base/byte_io.hpp"
#include "rtc/sctp_chunk.hpp"

#include <algorithm>

namespace flnet::rtc {

SctpReceiver::Place SctpReceiver::place_of(Tsn tsn) const {
  if (tsn == cumulative_ + 1) return Place::next;
  if (!tsn_before(cumulative_, tsn)) return Place::duplicate;
  if (tsn - cumulative_ > max_distance) return Place::too_far;
  // From the end: late packets are the exception.
  for (std::size_t i = ranges_.size(); i-- > 0;) {
    const Range& range = ranges_[i];
    if (tsn_before(range.last, tsn)) {
      const bool joins = tsn == range.last + 1 || (i + 1 < ranges_.size() && tsn + 1 == ranges_[i + 1].first);
      return joins || ranges_.size() < max_ranges ? Place::ahead : Place::too_far;
    }
    if (!tsn_before(tsn, range.first)) return Place::duplicate;
  }
  const bool joins = !ranges_.empty() && tsn + 1 == ranges_.front().first;
  return joins || ranges_.size() < max_ranges ? Place::ahead : Place::too_far;
}

void SctpReceiver::record(Tsn tsn) {
  if (ranges_.empty() && tsn == cumulative_ + 1) {
    cumulative_ = tsn;
    return;
  }
  sack_now_ = true;  // Holes are reported at once, and so is the filling of one (RFC 9260 §6.7).
  if (tsn == cumulative_ + 1) {
    cumulative_ = tsn;
  } else {
    auto after = ranges_.end();
    while (after != ranges_.begin() && tsn_before(tsn, std::prev(after)->first)) --after;
    const bool joins_before = after != ranges_.begin() && std::prev(after)->last + 1 == tsn;
    const bool joins_after = after != ranges_.end() && tsn + 1 == after->first;
    if (joins_before && joins_after) {
      std::prev(after)->last = after->last;
      ranges_.erase(after);
    } else if (joins_before) {
      std::prev(after)->last = tsn;
    } else if (joins_after) {
      after->first = tsn;
    } else {
      ranges_.insert(after, {tsn, tsn});
    }
  }
  if (!ranges_.empty() && ranges_.front().first == cumulative_ + 1) {
    cumulative_ = ranges_.front().last;
    ranges_.erase(ranges_.begin());
  }
}

void SctpReceiver::note_duplicate(Tsn tsn) {
  sack_now_ = true;
  if (duplicate_count_ < max_duplicates) duplicates_[duplicate_count_++] = tsn;
}

std::size_t SctpReceiver::skip_to(Tsn last) {
  std::size_t missing = last - cumulative_;
  cumulative_ = last;
  auto behind = ranges_.begin();
  for (; behind != ranges_.end() && !tsn_before(last + 1, behind->first); ++behind) {
    // Those that touch or cross the new number move it on.
    if (tsn_before(last, behind->last)) cumulative_ = behind->last;
    if (tsn_before(last, behind->first)) continue;
    missing -= (tsn_before(last, behind->last) ? last : behind->last) - behind->first + 1;
  }
  ranges_.erase(ranges_.begin(), behind);
  return missing;
}

void SctpReceiver::packet_with_data(Time now) {
  if (first_packet_ || ++unacknowledged_packets_ >= 2) {
    sack_now_ = true;  // The first one at once: it gives the peer a round trip time.
    first_packet_ = false;
  } else if (!sack_deadline_) {
    sack_deadline_ = now + sack_delay_;
  }
}

void SctpReceiver::write_sack(SctpPacketBuilder& to, std::uint32_t window) {
  constexpr std::size_t fixed = 12;
  const std::size_t room = to.room() - sctp_chunk_header_size - fixed;
  const std::size_t gaps = std::min(ranges_.size(), room / 4);
  const std::size_t duplicates = std::min(duplicate_count_, room / 4 - gaps);
  std::uint8_t* at = to.add(chunk_type::sack, 0, fixed + (gaps + duplicates) * 4);
  store_u32(at, cumulative_);
  store_u32(at + 4, window);
  store_u16(at + 8, static_cast<std::uint16_t>(gaps));
  store_u16(at + 10, static_cast<std::uint16_t>(duplicates));
  at += fixed;
  for (std::size_t i = 0; i < gaps; ++i, at += 4) {
    store_u16(at, static_cast<std::uint16_t>(ranges_[i].first - cumulative_));
    store_u16(at + 2, static_cast<std::uint16_t>(ranges_[i].last - cumulative_));
  }
  for (std::size_t i = 0; i < duplicates; ++i, at += 4) store_u32(at, duplicates_[i]);
  duplicate_count_ = 0;
  unacknowledged_packets_ = 0;
  sack_now_ = false;
  sack_deadline_.reset();
}

}  // namespace flnet::rtc
