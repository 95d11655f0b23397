// SPDX-License-Identifier: MIT OR Apache-2.0
// Deadlines, heartbeats and the counting of what stays unanswered (RFC 9260 §8).
#include "rtc/sctp_state.hpp"

#include "base/byte_io.hpp"

#include <utility>

namespace flnet::rtc {

std::optional<Time> SctpAssociation::State::deadline() const {
  if (phase == SctpPhase::closed || phase == SctpPhase::ended) return std::nullopt;
  std::optional<Time> at = earliest(control_deadline, more_at);
  if (carries_data()) {
    at = earliest(earliest(at, outstanding.deadline()), reset_deadline);
    if (limits_used) at = earliest(at, queue.next_expiry());
  }
  if (phase >= SctpPhase::established) at = earliest(at, receiver.deadline());
  return earliest(at, heartbeat_deadline);
}

void SctpAssociation::State::handle_timeout(Time now) {
  const auto due = [now](const std::optional<Time>& at) { return at && *at <= now; };
  if (due(control_deadline)) {
    if (phase < SctpPhase::established) {
      handle_handshake_timeout(now);
    } else {
      handle_shutdown_timeout(now);
    }
  }
  if (carries_data()) handle_retransmission_timeout(now);
  if (carries_data() && due(reset_deadline)) handle_reset_timeout(now);
  if (due(heartbeat_deadline)) handle_heartbeat_timeout(now);
}

void SctpAssociation::State::start_heartbeats(Time now) {
  heartbeat_sent.reset();
  heartbeat_deadline = now + config.heartbeat_interval;
}

// RFC 9260 §8.3: the peer is asked when nothing else asks it.
void SctpAssociation::State::handle_heartbeat_timeout(Time now) {
  heartbeat_deadline = now + config.heartbeat_interval;
  if (heartbeat_sent) count_error("heartbeats were not answered");
  heartbeat_sent.reset();
  if (!outstanding.empty() || !carries_data()) return;
  trim();
  heartbeat_sent = now;
  heartbeat_nonce = random.u64();
  Bytes information;
  append_u64(information, heartbeat_nonce);
  Bytes body;
  append_sctp_parameter(body, parameter_type::heartbeat_info, information);
  queue_control(chunk_type::heartbeat, 0, std::move(body));
}

void SctpAssociation::State::receive_heartbeat_ack(const SctpChunkView& chunk, Time now) {
  SctpParameterReader reader(chunk.body);
  const auto information = reader.next();
  if (!heartbeat_sent || !information || information->body.size() != sizeof(heartbeat_nonce) ||
      load_u64(information->body.data()) != heartbeat_nonce) {
    return;
  }
  round_trip.add_sample(now - *heartbeat_sent);
  heartbeat_sent.reset();
  errors = 0;
}

// What waited for an answer on a silent path shall not wait for its next timeout, which had grown to seconds.
void SctpAssociation::State::path_changed(Time now) {
  if (phase == SctpPhase::closed || phase == SctpPhase::ended) return;
  round_trip = initial_round_trip(config);
  congestion = initial_congestion(config);
  const bool was_silent = std::exchange(errors, 0) > 0;
  outstanding.path_changed(was_silent);
  if (was_silent) {
    if (heartbeat_deadline) start_heartbeats(now);
    more_at = now;
  }
  if (control_deadline && std::exchange(attempts, 0) > 0) {
    control_due = true;
    control_deadline = now + round_trip.timeout();
    more_at = now;
  }
  if (reset_deadline && std::exchange(reset_attempts, 0) > 0) {
    send_reset(now);
    more_at = now;
  }
}

void SctpAssociation::State::count_error(std::string_view what) {
  if (phase == SctpPhase::ended || ++errors <= config.max_retransmissions) return;
  send_abort(error_cause::user_abort, what);
  end({ErrorCode::timed_out, std::string(what)});
}

void SctpAssociation::State::trim() {
  if (queue.empty() && outstanding.empty()) {
    queue.trim();
    outstanding.trim();
    arena.trim();
  }
  reassembly.trim();
}

}  // namespace flnet::rtc
