// SPDX-License-Identifier: MIT OR Apache-2.0
// SctpAssociation's public face, and what happens to an incoming packet.
#include "rtc/sctp_association.hpp"

#include "rtc/sctp_state.hpp"

#include <algorithm>

namespace flnet::rtc {

namespace {

std::size_t segment_of(const SctpConfig& config) {
  return config.max_packet_size - sctp_header_size - data_chunk_overhead;
}

std::uint32_t nonzero(Random& random) {
  for (;;) {
    if (const std::uint32_t value = random.u32(); value != 0) return value;
  }
}

SctpConfig sanitized(SctpConfig config) {
  constexpr std::size_t smallest_packet = 576;  // Room for a SACK with all gap blocks.
  constexpr std::size_t largest_packet = 65532;
  config.max_packet_size =
      std::clamp(config.max_packet_size, smallest_packet, largest_packet) & ~std::size_t{3};
  config.streams = std::max<std::uint16_t>(config.streams, 1);
  return config;
}

}  // namespace

SctpAssociation::State::State(const SctpConfig& configuration, Random& random_source, SctpSink& owner)
    : config(sanitized(configuration)),
      random(random_source),
      sink(owner),
      own_tag(nonzero(random_source)),
      own_first_tsn(random_source.u32()),
      round_trip(initial_round_trip(config)),
      congestion(initial_congestion(config)),
      queue(arena),
      outstanding({segment_of(config), config.sack_delay}, arena, congestion, round_trip, counters),
      receiver(config.sack_delay),
      reassembly(config.max_message_size, owner, counters),
      builder(config.max_packet_size) {
  random.fill(cookie_key);
}

SctpRoundTrip SctpAssociation::State::initial_round_trip(const SctpConfig& config) {
  return SctpRoundTrip({config.rto_initial, config.rto_min, config.rto_max});
}

SctpCongestion SctpAssociation::State::initial_congestion(const SctpConfig& config) {
  return {segment_of(config), config.send_buffer_limit};
}

void SctpAssociation::State::receive(ByteView packet, Time now) {
  const auto header = decode_sctp_header(packet);
  if (!header || header->source_port != config.remote_port || header->destination_port != config.local_port) {
    ++counters.dropped_malformed;
    return;
  }
  SctpChunkReader chunks(packet);
  const auto first = chunks.next();
  if (!first) {
    ++counters.dropped_malformed;
    return;
  }
  ++counters.packets_received;
  if (first->type == chunk_type::init) {
    // Alone in its packet, with tag 0 (RFC 9260 §8.5.1 A, §4.2).
    if (header->verification_tag != 0 || chunks.next()) {
      ++counters.dropped_malformed;
    } else {
      receive_init(*first, now);
    }
    return;
  }
  if (first->type == chunk_type::cookie_echo) {
    receive_cookie_echo(*header, *first, now);
  } else if (!tag_fits(*header, *first)) {
    ++counters.dropped_malformed;
    receive_out_of_the_blue(*header, *first);
    return;
  }
  // Behind a COOKIE ECHO that was refused nothing counts.
  if (header->verification_tag == own_tag || first->type == chunk_type::abort ||
      first->type == chunk_type::shutdown_complete) {
    receive_chunks(packet, now);
  }
}

bool SctpAssociation::State::tag_fits(const SctpHeader& header, const SctpChunkView& first) const {
  const bool may_reflect = first.type == chunk_type::abort || first.type == chunk_type::shutdown_complete;
  const bool reflects = may_reflect && (first.flags & chunk_flag::reflected_tag) != 0;
  return reflects ? has_peer() && header.verification_tag == peer_tag : header.verification_tag == own_tag;
}

// RFC 9260 §8.4 5: our SHUTDOWN COMPLETE was lost, or the peer speaks to an association we forgot.
void SctpAssociation::State::receive_out_of_the_blue(const SctpHeader& header, const SctpChunkView& first) {
  if (first.type != chunk_type::shutdown_ack) return;
  if (phase != SctpPhase::closed && phase != SctpPhase::cookie_wait && phase != SctpPhase::cookie_echoed)
    return;
  reply(header.verification_tag, chunk_type::shutdown_complete, chunk_flag::reflected_tag, {});
}

void SctpAssociation::State::receive_chunks(ByteView packet, Time now) {
  SctpChunkReader chunks(packet);
  data_in_packet = false;
  while (const auto chunk = chunks.next()) {
    if (phase == SctpPhase::ended && chunk->type != chunk_type::shutdown_ack) break;
    if (!knows(chunk->type)) {
      if (!receive_unknown(*chunk)) break;
      continue;
    }
    // Only a peer that read our cookie sends data: its COOKIE ACK is late.
    if (chunk->type == chunk_type::data) receive_cookie_ack(now);
    receive_chunk(*chunk, now);
  }
  if (chunks.malformed()) ++counters.dropped_malformed;
  if (data_in_packet) {
    receiver.packet_with_data(now);
    if (phase == SctpPhase::shutdown_sent) {  // RFC 9260 §9.2: each DATA is answered by SACK and SHUTDOWN.
      receiver.want_sack();
      control_due = true;
    }
  }
}

void SctpAssociation::State::receive_chunk(const SctpChunkView& chunk, Time now) {
  switch (chunk.type) {
    case chunk_type::data:
      return receive_data(chunk);
    case chunk_type::sack:
      return receive_sack(chunk, now);
    case chunk_type::init_ack:
      return receive_init_ack(chunk, now);
    case chunk_type::cookie_ack:
      return receive_cookie_ack(now);
    case chunk_type::cookie_echo:
      return;  // Read before, when it is the first one; else not allowed.
    case chunk_type::heartbeat:
      return queue_control(chunk_type::heartbeat_ack, 0, to_bytes(chunk.body));
    case chunk_type::heartbeat_ack:
      return receive_heartbeat_ack(chunk, now);
    case chunk_type::abort:
      return receive_abort(chunk);
    case chunk_type::error:
      return receive_error(chunk, now);
    case chunk_type::shutdown:
      return receive_shutdown(chunk, now);
    case chunk_type::shutdown_ack:
      return receive_shutdown_ack();
    case chunk_type::shutdown_complete:
      return receive_shutdown_complete();
    case chunk_type::re_config:
      return receive_re_config(chunk, now);
    case chunk_type::forward_tsn:
      return receive_forward_tsn(chunk);
    default:
      ++counters.dropped_malformed;  // An INIT in company, ECN, which nobody announced.
  }
}

// True when the chunks behind it may be read (RFC 9260 §3.2).
bool SctpAssociation::State::receive_unknown(const SctpChunkView& chunk) {
  const UnknownTypeRule rule = rule_of_unknown_chunk(chunk.type);
  if (rule.report && has_peer()) {
    queue_control(chunk_type::error, 0, encode_cause(error_cause::unrecognized_chunk, chunk.whole));
  }
  if (!rule.skip) ++counters.dropped_malformed;
  return rule.skip;
}

void SctpAssociation::State::receive_abort(const SctpChunkView& chunk) {
  if (phase == SctpPhase::closed) return;
  end({ErrorCode::closed, "aborted by the peer: " + describe_causes(chunk.body)});
}

void SctpAssociation::State::receive_error(const SctpChunkView& chunk, Time now) {
  SctpParameterReader causes(chunk.body);
  while (const auto cause = causes.next()) {
    if (cause->type == error_cause::stale_cookie && phase == SctpPhase::cookie_echoed) restart_handshake(now);
  }
}

SctpAssociation::SctpAssociation(SctpConfig config, Random& random, SctpSink& sink)
    : state_(std::make_unique<State>(config, random, sink)) {}
SctpAssociation::~SctpAssociation() = default;

void SctpAssociation::set_remote_port(std::uint16_t port) {
  state_->config.remote_port = port;
}
void SctpAssociation::connect(Time now) {
  state_->connect(now);
}
void SctpAssociation::receive(ByteView packet, Time now) {
  state_->receive(packet, now);
}

Result<> SctpAssociation::send(StreamId stream, std::uint32_t ppid, const SctpDelivery& delivery,
                               ByteView message, Time now) {
  State& state = *state_;
  if (state.phase > SctpPhase::established) return failure(ErrorCode::closed, "the association is closing");
  if (message.empty()) return failure(ErrorCode::invalid_argument, "SCTP has no empty messages");
  if (message.size() > state.config.max_message_size) {
    return failure(ErrorCode::too_large, "above the largest message size");
  }
  const bool known = state.phase == SctpPhase::established;
  if (stream >= (known ? state.outbound_streams : state.config.streams)) {
    return failure(ErrorCode::invalid_argument, "no such stream");
  }
  if (state.queue.is_dead(stream)) return failure(ErrorCode::closed, "the stream has ended");
  const std::size_t records = state.queue.messages() + state.outstanding.chunks();
  const std::size_t charged = buffered_bytes() + records * SctpSendQueue::message_overhead;
  if (charged + message.size() > state.config.send_buffer_limit) {
    state.was_full = true;
    return failure(ErrorCode::queue_full, "the send buffer is full");
  }
  SctpLimit limit;
  if (delivery.limit != SctpDelivery::Limit::none && (!known || state.peer_forwards)) {
    limit = SctpLimit::of(delivery, now);
    state.limits_used = true;
    if (limit.kind == SctpLimit::Kind::lifetime) state.queue.note_expiry(limit.expiry(now));
  }
  state.queue.push(stream, ppid, delivery.unordered, message, limit);
  state.counters.bytes_sent += message.size();
  return {};
}

void SctpAssociation::reset_stream(StreamId stream) {
  state_->reset_stream(stream);
}

void SctpAssociation::set_held_bytes(std::size_t bytes, Time) {
  state_->held = bytes;
  state_->update_window();
}

void SctpAssociation::path_changed(Time now) {
  state_->path_changed(now);
}

void SctpAssociation::flush(Time now) {
  state_->flush(now);
}
void SctpAssociation::handle_timeout(Time now) {
  state_->handle_timeout(now);
}
std::optional<Time> SctpAssociation::deadline() const {
  return state_->deadline();
}
void SctpAssociation::shutdown(Time now) {
  state_->shutdown(now);
}
void SctpAssociation::abort(std::string_view reason, Time) {
  if (state_->phase == SctpPhase::ended) return;
  state_->send_abort(error_cause::user_abort, reason);
  state_->flush_replies();
  state_->drop_everything();
}
bool SctpAssociation::connected() const {
  return state_->carries_data();
}
std::size_t SctpAssociation::buffered_bytes() const {
  return state_->queue.bytes() + state_->outstanding.bytes();
}
std::size_t SctpAssociation::unsent_bytes(StreamId stream) const {
  return state_->queue.unsent_bytes(stream);
}
std::optional<Duration> SctpAssociation::smoothed_round_trip() const {
  return state_->round_trip.smoothed();
}
const SctpCounters& SctpAssociation::counters() const {
  return state_->counters;
}

}  // namespace flnet::rtc
