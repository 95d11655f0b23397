// SPDX-License-Identifier: MIT OR Apache-2.0
// We end streams of our own (RFC 6525 §5.1): one request at a time, repeated until it is answered.
#include "rtc/sctp_state.hpp"

#include "rtc/sctp_reset_result.hpp"

#include "base/byte_io.hpp"

#include <algorithm>

namespace flnet::rtc {

/// A stream's way:
///
///   wanted --all of it was sent--> held, with others in a request --the peer has all--> asked
///   asked --performed--> begins anew;  --refused, never answered--> dead
void SctpAssociation::State::reset_stream(StreamId stream) {
  const auto has = [stream](const auto& list) { return std::ranges::find(list, stream) != list.end(); };
  if (phase > SctpPhase::established || stream >= config.streams) return;
  if (!has(reset_wanted) && !has(reset_streams)) reset_wanted.push_back(stream);
}

void SctpAssociation::State::advance_reset(Time now) {
  if (!carries_data()) return;
  if (reset_streams.empty() && !reset_wanted.empty()) prepare_reset();
  if (reset_streams.empty() || reset_deadline) return;
  if (!peer_resets) {
    finish_reset(false, now);
    return advance_reset(now);
  }
  // The peer would only answer that it is not there yet (§5.2.2); it is asked when it can do it at once.
  if (tsn_before(reset_last_tsn, outstanding.first_tsn())) send_reset(now);
}

// From here on nothing gets a number of these streams (RFC 6525 §5.1.2 B1).
void SctpAssociation::State::prepare_reset() {
  std::erase_if(reset_wanted, [this](StreamId stream) {
    if (queue.unsent_bytes(stream) > 0 || reset_streams.size() == max_reset_streams) return false;
    queue.hold(stream);
    reset_streams.push_back(stream);
    return true;
  });
  reset_last_tsn = outstanding.next_tsn() - 1;
  reset_attempts = 0;
}

void SctpAssociation::State::send_reset(Time now) {
  Bytes request;
  append_u32(request, next_own_request);
  append_u32(request, next_peer_request - 1);
  append_u32(request, reset_last_tsn);
  for (const StreamId stream : reset_streams) append_u16(request, stream);
  Bytes body;
  append_sctp_parameter(body, parameter_type::outgoing_reset_request, request);
  queue_control(chunk_type::re_config, 0, std::move(body));
  reset_deadline = now + std::min(round_trip.timeout() * (1 << std::min(reset_attempts, 6)), config.rto_max);
}

void SctpAssociation::State::receive_reset_response(ByteView response, Time now) {
  if (response.size() < 8) {
    ++counters.dropped_malformed;
    return;
  }
  // Others are late answers to what is over.
  if (!reset_deadline || load_u32(response.data()) != next_own_request) return;
  switch (load_u32(response.data() + 4)) {
    case reset_result::nothing_to_do:
    case reset_result::performed:
      return finish_reset(true, now);
    case reset_result::busy:
    case reset_result::in_progress:
      return;  // It is asked again when the time is over.
    default:
      return finish_reset(false, now);
  }
}

void SctpAssociation::State::handle_reset_timeout(Time now) {
  if (++reset_attempts > config.max_retransmissions) return finish_reset(false, now);
  send_reset(now);
}

void SctpAssociation::State::finish_reset(bool performed, Time now) {
  const std::vector<StreamId> streams = std::exchange(reset_streams, {});
  reset_deadline.reset();
  ++next_own_request;
  for (const StreamId stream : streams) {
    if (performed) {
      queue.restart(stream);
    } else {
      queue.drop_held(stream);
    }
  }
  sink.sctp_own_streams_reset(streams, performed);
  after_acknowledgement(now);
}

}  // namespace flnet::rtc
