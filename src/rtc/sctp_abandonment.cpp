// SPDX-License-Identifier: MIT OR Apache-2.0
// Giving up messages that were sent, and telling the peer by FORWARD TSN (RFC 3758 §3.5).
#include "rtc/sctp_retransmission.hpp"

#include "base/byte_io.hpp"

#include <algorithm>

namespace flnet::rtc {

namespace {

/// The peer may look no further ahead than its gap blocks can count.
constexpr std::size_t max_forward = 0xffff;

}  // namespace

SctpRetransmission::Abandoned SctpRetransmission::abandon_overdue(Time now) {
  Abandoned result;
  if (lost_count_ == 0) return result;
  for (std::size_t i = lost_hint_ - first_tsn_; i < chunks_.size() && lost_count_ > 0; ++i) {
    const Chunk& chunk = chunks_[i];
    if (chunk.state != ChunkState::lost || chunk.fragment.limit_kind == SctpLimit::Kind::none) continue;
    if (chunk.fragment.limit().allows_retransmission(chunk.resent, now)) continue;
    ++result.messages;
    result.begun = !abandon_message(i);
  }
  if (result.messages > 0) advance();
  return result;
}

// The fragments of a message have consecutive numbers. False when its end was not sent yet.
bool SctpRetransmission::abandon_message(std::size_t index) {
  const auto has = [this](std::size_t i, std::uint8_t flag) {
    return (chunks_[i].fragment.flags & flag) != 0;
  };
  std::size_t first = index;
  while (first > 0 && !has(first, chunk_flag::begin)) --first;
  for (std::size_t i = first; i < chunks_.size(); ++i) {
    abandon(chunks_[i]);
    if (has(i, chunk_flag::end)) return true;
  }
  return false;
}

void SctpRetransmission::abandon(Chunk& chunk) {
  const std::size_t size = chunk.fragment.size;
  switch (chunk.state) {
    case ChunkState::abandoned:
      return;
    case ChunkState::in_flight:
      flight_ -= size;
      --in_flight_count_;
      break;
    case ChunkState::lost:
      --lost_count_;
      break;
    case ChunkState::delivered:
      delivered_in_gaps_ -= size;
      break;
  }
  bytes_ -= size;
  arena_.release(chunk.fragment.block, size);
  chunk.fragment.data = nullptr;
  chunk.fragment.block = nullptr;
  chunk.fragment.size = 0;
  chunk.state = ChunkState::abandoned;
  ++abandoned_count_;
}

void SctpRetransmission::abandon_begun(const SctpSendQueue::Begun& message) {
  const bool is_here = !chunks_.empty() && (chunks_.back().fragment.flags & chunk_flag::end) == 0;
  if (is_here) abandon_message(chunks_.size() - 1);
  SctpFragment end;
  end.stream = message.stream;
  end.ssn = message.ssn;
  end.flags = static_cast<std::uint8_t>(chunk_flag::end | (message.unordered ? chunk_flag::unordered : 0));
  chunks_.push_back({end, ChunkState::abandoned, 0, Time{}});
  ++next_tsn_;
  ++abandoned_count_;
  advance();
}

// RFC 3758 §3.5 C1, C2.
void SctpRetransmission::advance() {
  if (tsn_before(advanced_, first_tsn_)) advanced_ = first_tsn_;
  const Tsn before = advanced_;
  while (advanced_ != next_tsn_ && chunks_[advanced_ - first_tsn_].state == ChunkState::abandoned)
    ++advanced_;
  if (advanced_ != before) forward_due_ = true;
}

// After an acknowledgement: the peer has followed, or has more to hear, or the last word is still under way.
void SctpRetransmission::follow_cumulative() {
  advance();
  if (!forward_pending()) {
    forward_due_ = false;
    forward_deadline_.reset();
  } else if (!tsn_before(first_tsn_, told_)) {
    forward_due_ = true;
  }
}

// Whole messages only. Each ordered stream is named once, with the last number that is skipped (§3.5 C4).
ByteView SctpRetransmission::write_forward(std::size_t max_size, const Reset& reset, Time now) {
  forward_body_.clear();
  append_u32(forward_body_, first_tsn_ - 1);
  const std::size_t count = std::min<std::size_t>(advanced_ - first_tsn_, max_forward);
  bool names_reset_stream = false;
  for (std::size_t i = 0; i < count; ++i) {
    const SctpFragment& fragment = chunks_[i].fragment;
    if ((fragment.flags & chunk_flag::end) == 0) continue;
    const Tsn tsn = first_tsn_ + static_cast<Tsn>(i);
    if (names_reset_stream && tsn_before(reset.last, tsn)) break;
    if (!note_skip(fragment, max_size)) break;
    names_reset_stream |= std::ranges::find(reset.streams, fragment.stream) != reset.streams.end();
    told_ = tsn + 1;
    store_u32(forward_body_.data(), told_ - 1);
  }
  forward_due_ = false;
  forward_deadline_ = now + round_trip_.timeout();
  return forward_body_;
}

bool SctpRetransmission::note_skip(const SctpFragment& fragment, std::size_t max_size) {
  if ((fragment.flags & chunk_flag::unordered) != 0) return true;
  for (std::size_t at = forward_body_.size(); at > ForwardTsnChunk::fixed_size;) {
    at -= ForwardTsnChunk::skip_size;
    if (load_u16(forward_body_.data() + at) != fragment.stream) continue;
    store_u16(forward_body_.data() + at + 2, fragment.ssn);
    return true;
  }
  if (forward_body_.size() + ForwardTsnChunk::skip_size > max_size) return false;
  append_u16(forward_body_, fragment.stream);
  append_u16(forward_body_, fragment.ssn);
  return true;
}

}  // namespace flnet::rtc
