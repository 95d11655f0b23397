// SPDX-License-Identifier: MIT OR Apache-2.0
// Partial reliability (RFC 3758): messages that are given up, and what the peer has given up.
#include "rtc/sctp_state.hpp"

#include "base/byte_io.hpp"

namespace flnet::rtc {

// What may not be sent again, and what waited until it was too late.
void SctpAssociation::State::abandon_overdue(Time now) {
  if (!carries_data()) return;
  const auto lost = outstanding.abandon_overdue(now);
  std::size_t messages = lost.messages;
  if (const auto begun = queue.begun(); begun && (lost.begun || begun->limit.expired(now))) {
    if (!lost.begun) ++messages;
    abandon_begun(*begun);
  }
  if (queue.next_expiry() && *queue.next_expiry() <= now) messages += queue.drop_expired(now);
  if (messages > 0) count_abandoned(messages, now);
}

// The same for what would leave next. True when something was given up: there is another next one then.
bool SctpAssociation::State::abandon_overdue_next(Time now) {
  std::size_t messages = queue.drop_expired_next(now);
  if (const auto begun = queue.begun(); begun && begun->limit.expired(now)) {
    ++messages;
    abandon_begun(*begun);
  }
  if (messages > 0) count_abandoned(messages, now);
  return messages > 0;
}

void SctpAssociation::State::abandon_begun(const SctpSendQueue::Begun& message) {
  queue.drop_begun();
  outstanding.abandon_begun(message);
}

void SctpAssociation::State::count_abandoned(std::size_t messages, Time now) {
  counters.messages_abandoned += messages;
  after_acknowledgement(now);  // There may be room again, or nothing left to wait for.
}

void SctpAssociation::State::fill_forward_tsn(Time now) {
  const std::size_t most = config.max_packet_size - sctp_header_size - sctp_chunk_header_size;
  const ByteView body = outstanding.write_forward(most, {reset_streams, reset_last_tsn}, now);
  make_room(body.size());
  builder.add(chunk_type::forward_tsn, 0, body);
}

void SctpAssociation::State::receive_forward_tsn(const SctpChunkView& chunk) {
  const auto forward = decode_forward_tsn(chunk.body);
  if (!forward || !(carries_data() || phase == SctpPhase::shutdown_sent)) {
    ++counters.dropped_malformed;
    return;
  }
  data_in_packet = true;
  receiver.want_sack();  // Also for one that is out of date: the answer to it was lost (RFC 3758 §3.6).
  if (!tsn_before(receiver.cumulative(), forward->cumulative)) return;
  if (forward->cumulative - receiver.cumulative() > SctpReceiver::max_distance) {
    ++counters.dropped_malformed;  // So many can't have been outstanding.
    return;
  }
  counters.chunks_skipped += receiver.skip_to(forward->cumulative);
  if (const auto wrong = reassembly.skip_to(forward->cumulative, forward->skips); !wrong.empty())
    violation(wrong);
}

bool SctpAssociation::State::knows(std::uint8_t type) const {
  if (type == chunk_type::forward_tsn) return peer_forwards;
  return type <= chunk_type::shutdown_complete || type == chunk_type::re_config;
}

}  // namespace flnet::rtc
