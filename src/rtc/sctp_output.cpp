// SPDX-License-Identifier: MIT OR Apache-2.0
// The way out: control chunks, SACKs, lost and new data are bundled into packets (RFC 9260 §6.1, §6.10).
#include "rtc/sctp_state.hpp"

#include "base/byte_io.hpp"

#include <algorithm>
#include <cstring>

namespace flnet::rtc {

void SctpAssociation::State::flush(Time now) {
  burst = 0;
  more_at.reset();
  flush_replies();
  if (phase == SctpPhase::closed || phase == SctpPhase::ended) return;
  const std::uint64_t abandoned_before = counters.messages_abandoned;
  if (limits_used) abandon_overdue(now);
  advance_reset(now);
  fill_packets(now);
  if (outstanding.flight() >= congestion.window()) outstanding.note_window_limited();
  const bool cut_off = burst >= max_burst && data_may_leave();
  // Giving up made room, or has to be told, or was what an end waited for.
  if (cut_off || counters.messages_abandoned != abandoned_before) more_at = now;
}

void SctpAssociation::State::fill_packets(Time now) {
  age_congestion_window(now);
  begin_packet(peer_tag);
  fill_control(now);
  if (carries_data()) {
    while (fill_data(now)) {
      end_packet();
      probe_due = false;
    }
    probe_due = false;
  } else if (receiver.sack_due(now) && phase == SctpPhase::shutdown_sent) {
    fill_sack();
  }
  if (builder.has_chunks()) end_packet();
}

// Answers to packets that belong to no association yet, or to none any more: each in a packet of its own.
void SctpAssociation::State::flush_replies() {
  for (const Reply& answer : replies) {
    begin_packet(answer.tag);
    builder.add(answer.chunk.type, answer.chunk.flags, answer.chunk.body);
    end_packet();
  }
  replies.clear();
}

void SctpAssociation::State::begin_packet(std::uint32_t tag) {
  builder.begin({config.local_port, config.remote_port, tag});
}

void SctpAssociation::State::end_packet() {
  ++counters.packets_sent;
  ++burst;
  sink.send_sctp(builder.finish());
  begin_packet(peer_tag);
}

void SctpAssociation::State::make_room(std::size_t body_size) {
  if (builder.room() < sctp_chunk_header_size + sctp_padded(body_size)) end_packet();
}

void SctpAssociation::State::fill_control(Time now) {
  if (std::exchange(control_due, false)) fill_phase_chunk();
  if (phase < SctpPhase::cookie_echoed) return;
  for (const Control& chunk : control) {
    make_room(chunk.body.size());
    builder.add(chunk.type, chunk.flags, chunk.body);
  }
  control.clear();
  if (carries_data() && outstanding.forward_due()) fill_forward_tsn(now);
  // A SACK that is only pending goes along with data.
  const bool along = receiver.sack_pending() && data_may_leave();
  if (carries_data() && (receiver.sack_due(now) || along)) fill_sack();
}

// The chunk that the phase repeats until it is answered.
void SctpAssociation::State::fill_phase_chunk() {
  switch (phase) {
    case SctpPhase::cookie_wait:
      begin_packet(0);
      builder.add(chunk_type::init, 0, encode_init_body(own_init()));
      return end_packet();
    case SctpPhase::cookie_echoed:  // It has to be the first one of its packet.
      return builder.add(chunk_type::cookie_echo, 0, peer_cookie);
    case SctpPhase::shutdown_sent: {
      Bytes cumulative;
      append_u32(cumulative, receiver.cumulative());
      return builder.add(chunk_type::shutdown, 0, cumulative);
    }
    case SctpPhase::shutdown_ack_sent:
      return builder.add(chunk_type::shutdown_ack, 0, ByteView{});
    case SctpPhase::closed:
    case SctpPhase::established:
    case SctpPhase::shutdown_pending:
    case SctpPhase::shutdown_received:
    case SctpPhase::ended:
      return;
  }
}

void SctpAssociation::State::fill_sack() {
  make_room(sctp_chunk_header_size + 12 + SctpReceiver::max_ranges * 4);
  announced_window = free_window();
  receiver.write_sack(builder, static_cast<std::uint32_t>(announced_window));
}

// Fills one packet up. True when it should leave because there is more for the next one.
bool SctpAssociation::State::fill_data(Time now) {
  if (burst >= max_burst) return false;
  while (const auto lost = outstanding.next_lost()) {
    if (!lost_may_leave(lost->fragment->size)) break;
    if (sctp_padded(lost->fragment->size) + data_chunk_overhead > builder.room()) return true;
    add_data(lost->tsn, *lost->fragment, now);
    outstanding.resent(lost->tsn, now);
  }
  while (!outstanding.next_lost() && may_send_new()) {
    if (limits_used && abandon_overdue_next(now)) continue;
    const std::size_t size = queue.next_size(payload_room());
    if (size == 0) return true;
    const std::size_t allowed = allowed_payload();
    if (size > allowed && !outstanding.empty()) break;  // The window of the peer is nearly full.
    const SctpFragment fragment = queue.take(size);
    add_data(outstanding.sent(fragment, now), fragment, now);
  }
  return false;
}

std::size_t SctpAssociation::State::payload_room() const {
  const std::size_t room = builder.room();
  return room <= data_chunk_overhead ? 0 : room - data_chunk_overhead;
}

void SctpAssociation::State::add_data(Tsn tsn, const SctpFragment& fragment, Time now) {
  std::uint8_t* at = builder.add(chunk_type::data, fragment.flags,
                                 data_chunk_overhead - sctp_chunk_header_size + fragment.size);
  store_u32(at, tsn);
  store_u16(at + 4, fragment.stream);
  store_u16(at + 6, fragment.ssn);
  store_u32(at + 8, fragment.ppid);
  std::memcpy(at + 12, fragment.data, fragment.size);
  last_data_sent = now;
}

// What the peer's window still takes: the flight is charged to it (RFC 9260 §6.2.1).
std::size_t SctpAssociation::State::allowed_payload() const {
  return peer_window > outstanding.flight() ? peer_window - outstanding.flight() : 0;
}

bool SctpAssociation::State::may_send_new() const {
  if (!queue.ready() || phase > SctpPhase::shutdown_received) return false;
  // Nothing outstanding: one chunk leaves whatever the peer's window, as its probe (RFC 9260 §6.1 A).
  if (outstanding.empty()) return true;
  if (allowed_payload() == 0) return false;
  return probe_due || outstanding.flight() < congestion.window();
}

bool SctpAssociation::State::lost_may_leave(std::size_t size) const {
  if (outstanding.flight() == 0 || probe_due) return true;
  return outstanding.flight() < congestion.window() && size <= allowed_payload();
}

bool SctpAssociation::State::data_may_leave() const {
  if (!carries_data()) return false;
  if (const auto lost = outstanding.next_lost()) return lost_may_leave(lost->fragment->size);
  return may_send_new();
}

// RFC 9260 §7.2.1: an address that was silent loses what its window had grown to.
void SctpAssociation::State::age_congestion_window(Time now) {
  if (!last_data_sent || !outstanding.empty()) return;
  const auto timeouts = (now - *last_data_sent) / round_trip.timeout();
  constexpr std::int64_t enough = 32;
  if (timeouts <= 0) return;
  congestion.idled(static_cast<int>(std::min(timeouts, enough)));
  last_data_sent.reset();
}

bool SctpAssociation::State::fits_packet(std::size_t body_size) const {
  return sctp_header_size + sctp_chunk_header_size + sctp_padded(body_size) <= config.max_packet_size;
}

void SctpAssociation::State::reply(std::uint32_t tag, std::uint8_t type, std::uint8_t flags, Bytes body) {
  if (fits_packet(body.size()) && replies.size() < max_replies) {
    replies.push_back({tag, {type, flags, std::move(body)}});
  }
}

void SctpAssociation::State::queue_control(std::uint8_t type, std::uint8_t flags, Bytes body) {
  if (fits_packet(body.size()) && control.size() < max_control_chunks) {
    control.push_back({type, flags, std::move(body)});
  }
}

}  // namespace flnet::rtc
