// SPDX-License-Identifier: MIT OR Apache-2.0
// What the peer has given up is skipped, and what waited for it is delivered (RFC 3758 §3.6).
#include "rtc/sctp_reassembly.hpp"

#include "base/byte_io.hpp"

#include <algorithm>

namespace flnet::rtc {

SctpReassembly::Violation SctpReassembly::skip_to(Tsn last, ByteView skips) {
  in_message_ = false;  // Its next fragment is among the missing ones.
  message_.clear();
  headless_ = true;
  const std::size_t count = std::min<std::size_t>(last + 1 - next_tsn_, slots_.size());
  deliver_skipped(count);
  slots_.pop_front(count);
  next_tsn_ = last + 1;
  for (std::size_t at = 0; at < skips.size(); at += ForwardTsnChunk::skip_size) {
    const StreamId stream = load_u16(skips.data() + at);
    if (stream < stream_limit_) {
      skip_message(stream, load_u16(skips.data() + at + 2));
    } else {
      ++counters_.dropped_malformed;
    }
  }
  return drain();
}

// Of the first `count` slots nothing is to come any more: messages that are whole are delivered in their
// order, parts of others are dropped.
void SctpReassembly::deliver_skipped(std::size_t count) {
  std::size_t first = count;  // Of the run that is being looked at; none yet.
  for (std::size_t i = 0; i < count; ++i) {
    const Slot slot = slots_[i];
    if (slot.state != SlotState::stored) {
      first = count;
      continue;
    }
    if ((slot.flags & chunk_flag::begin) != 0) first = i;
    if (first == count || (slot.flags & chunk_flag::end) == 0) continue;
    Stream& stream = stream_at(slot.stream);
    const bool late = (slot.flags & chunk_flag::unordered) == 0 && ssn_before(slot.ssn, stream.next_ssn);
    if ((slot.flags & chunk_flag::unordered) == 0 && !late) stream.next_ssn = slot.ssn;
    if (!late) deliver_run(first, i);
    first = count;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (slots_[i].state == SlotState::stored) finish_slot(slots_[i]);
  }
}

void SctpReassembly::skip_message(StreamId stream, std::uint16_t ssn) {
  Stream& to = stream_at(stream);
  if (!ssn_before(ssn, to.next_ssn)) to.next_ssn = static_cast<std::uint16_t>(ssn + 1);
}

// A sender that gives up gives up whole messages; one that was cut by a FORWARD TSN all the same is dropped.
SctpReassembly::Violation SctpReassembly::drop_headless(const DataChunk& chunk) {
  if (!headless_) return "a fragment without a beginning";
  if (!chunk.ends()) return {};
  headless_ = false;
  if (!chunk.unordered()) skip_message(chunk.stream, chunk.ssn);
  return {};
}

}  // namespace flnet::rtc
