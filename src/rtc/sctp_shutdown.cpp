// SPDX-License-Identifier: MIT OR Apache-2.0
// The ways in which an association ends (RFC 9260 §9).
#include "rtc/sctp_state.hpp"

#include "base/byte_io.hpp"

#include <algorithm>

namespace flnet::rtc {

void SctpAssociation::State::shutdown(Time now) {
  switch (phase) {
    case SctpPhase::closed:
    case SctpPhase::cookie_wait:
    case SctpPhase::cookie_echoed:
      return end({ErrorCode::closed, "closed before the association was up"});
    case SctpPhase::established:
      phase = SctpPhase::shutdown_pending;
      return advance_shutdown(now);
    case SctpPhase::shutdown_pending:
    case SctpPhase::shutdown_sent:
    case SctpPhase::shutdown_received:
    case SctpPhase::shutdown_ack_sent:
    case SctpPhase::ended:
      return;
  }
}

// Goes on once everything was acknowledged.
void SctpAssociation::State::advance_shutdown(Time now) {
  if (!queue.empty() || !outstanding.empty()) return;
  if (phase == SctpPhase::shutdown_pending) {
    repeat_until_answered(SctpPhase::shutdown_sent, now);
  } else if (phase == SctpPhase::shutdown_received) {
    repeat_until_answered(SctpPhase::shutdown_ack_sent, now);
  }
}

void SctpAssociation::State::repeat_until_answered(SctpPhase next, Time now) {
  phase = next;
  attempts = 0;
  control_due = true;
  control_deadline = now + round_trip.timeout();
}

void SctpAssociation::State::receive_shutdown(const SctpChunkView& chunk, Time now) {
  if (chunk.body.size() != 4 || phase < SctpPhase::established) {
    ++counters.dropped_malformed;
    return;
  }
  const Tsn before = outstanding.first_tsn();
  if (carries_data() && !outstanding.take_cumulative(load_u32(chunk.body.data()), now)) {
    ++counters.dropped_malformed;
    return;
  }
  if (before != outstanding.first_tsn()) errors = 0;
  if (phase == SctpPhase::established || phase == SctpPhase::shutdown_pending) {
    phase = SctpPhase::shutdown_received;
  } else if (phase == SctpPhase::shutdown_sent) {  // Both at once (§9.2).
    repeat_until_answered(SctpPhase::shutdown_ack_sent, now);
  } else if (phase == SctpPhase::shutdown_ack_sent) {
    control_due = true;
  }
  after_acknowledgement(now);
}

void SctpAssociation::State::receive_shutdown_ack() {
  if (phase == SctpPhase::shutdown_sent || phase == SctpPhase::shutdown_ack_sent) {
    reply(peer_tag, chunk_type::shutdown_complete, 0, {});
    return end({ErrorCode::closed, "shut down"});
  }
  // Ours was lost: the peer is told again (§8.4 5).
  if (phase == SctpPhase::ended && has_peer()) reply(peer_tag, chunk_type::shutdown_complete, 0, {});
}

void SctpAssociation::State::receive_shutdown_complete() {
  if (phase == SctpPhase::shutdown_ack_sent) end({ErrorCode::closed, "shut down by the peer"});
}

void SctpAssociation::State::handle_shutdown_timeout(Time now) {
  if (++attempts > config.max_retransmissions) {
    send_abort(error_cause::user_abort, "the shutdown got no answer");
    return end({ErrorCode::timed_out, "the SCTP shutdown got no answer"});
  }
  round_trip.back_off();
  control_due = true;
  control_deadline = now + round_trip.timeout();
}

// In a packet of its own, at the next flush; the association may have ended by then.
void SctpAssociation::State::send_abort(std::uint16_t cause, std::string_view reason) {
  if (has_peer()) reply(peer_tag, chunk_type::abort, 0, encode_cause(cause, as_bytes(reason)));
}

void SctpAssociation::State::violation(std::string_view what) {
  ++counters.dropped_malformed;
  send_abort(error_cause::protocol_violation, what);
  end({ErrorCode::invalid_message, "the peer violated SCTP: " + std::string(what)});
}

void SctpAssociation::State::end(Error reason) {
  if (phase == SctpPhase::ended) return;
  drop_everything();
  sink.sctp_closed(std::move(reason));
}

void SctpAssociation::State::drop_everything() {
  phase = SctpPhase::ended;
  control.clear();
  control_due = was_full = probe_due = false;
  control_deadline.reset();
  heartbeat_deadline.reset();
  reset_deadline.reset();
  more_at.reset();
  peer_cookie = {};
}

}  // namespace flnet::rtc
