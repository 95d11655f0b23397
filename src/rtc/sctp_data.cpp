// SPDX-License-Identifier: MIT OR Apache-2.0
// Incoming DATA and SACK chunks, and the receive window (RFC 9260 §6).
#include "rtc/sctp_state.hpp"

#include "base/byte_io.hpp"

#include <algorithm>

namespace flnet::rtc {

void SctpAssociation::State::receive_data(const SctpChunkView& chunk) {
  const auto data = decode_data(chunk);
  if (!data || !(carries_data() || phase == SctpPhase::shutdown_sent)) {
    ++counters.dropped_malformed;
    return;
  }
  data_in_packet = true;
  if (data->payload.empty()) {  // RFC 9260 §6.2
    Bytes tsn;
    append_u32(tsn, data->tsn);
    send_abort(error_cause::no_user_data, as_text(tsn));
    return end({ErrorCode::invalid_message, "the peer sent DATA without data"});
  }
  if ((data->flags & chunk_flag::immediate) != 0) receiver.want_sack();
  const auto place = receiver.place_of(data->tsn);
  if (place == SctpReceiver::Place::duplicate) {
    ++counters.dropped_duplicates;
    return receiver.note_duplicate(data->tsn);
  }
  // What fills a hole is always taken, or a window full of what lies behind it would never empty.
  const bool fills_hole = place == SctpReceiver::Place::next && receiver.has_gaps();
  if (place == SctpReceiver::Place::too_far || (free_window() == 0 && !fills_hole)) {
    ++counters.dropped_no_room;
    return receiver.want_sack();
  }
  keep_data(*data, place == SctpReceiver::Place::next);
}

void SctpAssociation::State::keep_data(const DataChunk& data, bool next) {
  receiver.record(data.tsn);
  SctpReassembly::Violation wrong;
  if (data.stream >= reassembly.streams()) {  // RFC 9260 §6.5: acknowledged, reported, thrown away
    ++counters.dropped_malformed;
    Bytes information;
    append_u16(information, data.stream);
    append_u16(information, 0);
    queue_control(chunk_type::error, 0, encode_cause(error_cause::invalid_stream, information));
    wrong = next ? reassembly.skip_next() : reassembly.skip_ahead(data.tsn);
  } else {
    wrong = next ? reassembly.take_next(data) : reassembly.take_ahead(data);
  }
  if (!wrong.empty()) violation(wrong);
}

std::size_t SctpAssociation::State::free_window() const {
  const std::size_t used = held + reassembly.bytes();
  return used >= config.receive_window ? 0 : config.receive_window - used;
}

// RFC 9260 §6.2: the peer must learn of a window that reopens, but not of every byte (RFC 1122 §4.2.3.3).
void SctpAssociation::State::update_window() {
  if (!carries_data() && phase != SctpPhase::shutdown_sent) return;
  const std::size_t step = config.receive_window / window_update_part;
  const bool was_small = announced_window < 2 * step;
  if (was_small && free_window() >= announced_window + step) receiver.want_sack();
}

void SctpAssociation::State::receive_sack(const SctpChunkView& chunk, Time now) {
  const auto sack = decode_sack(chunk.body);
  if (!sack || !carries_data()) {
    if (!sack || phase < SctpPhase::established) ++counters.dropped_malformed;
    return;
  }
  const Tsn before = outstanding.first_tsn();
  const bool was_closed = peer_window == 0;
  switch (outstanding.take_sack(*sack, now)) {
    case SctpRetransmission::SackVerdict::stale:
      return;
    case SctpRetransmission::SackVerdict::malformed:
      ++counters.dropped_malformed;
      return;
    case SctpRetransmission::SackVerdict::taken:
      break;
  }
  peer_window = sack->window;
  probe_due = probe_due || outstanding.take_fast_retransmit_allowance();
  const bool progress = before != outstanding.first_tsn();
  // A closed window is no failure (RFC 9260 §6.1 A), and what was sent into it was thrown away.
  if (progress || peer_window == 0) errors = 0;
  if (was_closed && peer_window > 0 && !progress) outstanding.forget_flight();
  after_acknowledgement(now);
}

void SctpAssociation::State::after_acknowledgement(Time now) {
  const std::size_t buffered = queue.bytes() + outstanding.bytes();
  if (was_full && buffered <= config.buffered_low_threshold) {
    was_full = false;
    sink.sctp_writable();
  }
  advance_shutdown(now);
}

void SctpAssociation::State::handle_retransmission_timeout(Time now) {
  switch (outstanding.handle_timeout(now)) {
    case SctpRetransmission::Timeout::none:
      return;
    case SctpRetransmission::Timeout::loss_found:
      probe_due = probe_due || outstanding.take_fast_retransmit_allowance();
      return;
    case SctpRetransmission::Timeout::probe:
      if (!may_send_new()) outstanding.probe_with_last(now);
      probe_due = true;
      return;
    case SctpRetransmission::Timeout::forward:
      return count_error("the peer did not follow a FORWARD TSN");
    case SctpRetransmission::Timeout::retransmission:
      return count_error("data was not acknowledged");
  }
}

}  // namespace flnet::rtc
