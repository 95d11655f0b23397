// SPDX-License-Identifier: MIT OR Apache-2.0
// The four-way handshake, also when both sides begin at once, and cookies (RFC 9260 §5).
#include "rtc/sctp_state.hpp"

#include "base/byte_io.hpp"
#include "base/digest.hpp"

#include <algorithm>

namespace flnet::rtc {

namespace {

/// All that is needed to set up an association from nothing (RFC 9260 §5.1.3); only we read it.
struct Cookie {
  Time created{};
  std::uint32_t own_tag = 0;
  Tsn own_first_tsn = 0;
  InitChunk peer;
  std::uint32_t tie_own = 0;  ///< The tags of the association that existed meanwhile (§5.2.2), or 0.
  std::uint32_t tie_peer = 0;
};

constexpr std::size_t cookie_fields_size = 8 + 4 * 7 + 2 * 2 + 1;
constexpr std::size_t cookie_size = cookie_fields_size + sizeof(Sha1Digest);
constexpr int flag_reset = 1;
constexpr int flag_forward = 2;

Bytes encode_cookie(const Cookie& cookie, ByteView key) {
  Bytes bytes;
  append_u64(bytes, static_cast<std::uint64_t>(cookie.created.time_since_epoch().count()));
  append_u32(bytes, cookie.own_tag);
  append_u32(bytes, cookie.own_first_tsn);
  append_u32(bytes, cookie.peer.tag);
  append_u32(bytes, cookie.peer.window);
  append_u32(bytes, cookie.peer.first_tsn);
  append_u32(bytes, cookie.tie_own);
  append_u32(bytes, cookie.tie_peer);
  append_u16(bytes, cookie.peer.outbound_streams);
  append_u16(bytes, cookie.peer.inbound_streams);
  append_u8(bytes, static_cast<std::uint8_t>((cookie.peer.can_reset ? flag_reset : 0) |
                                             (cookie.peer.can_forward ? flag_forward : 0)));
  append_bytes(bytes, hmac_sha1(key, {bytes}));
  return bytes;
}

std::optional<Cookie> decode_cookie(ByteView bytes, ByteView key) {
  if (bytes.size() != cookie_size) return std::nullopt;
  const ByteView fields = bytes.first(cookie_fields_size);
  if (!equal_secrets(hmac_sha1(key, {fields}), bytes.subspan(cookie_fields_size))) return std::nullopt;
  const std::uint8_t* at = fields.data();
  Cookie cookie;
  cookie.created = Time(Duration(static_cast<std::int64_t>(load_u64(at))));
  cookie.own_tag = load_u32(at + 8);
  cookie.own_first_tsn = load_u32(at + 12);
  cookie.peer.tag = load_u32(at + 16);
  cookie.peer.window = load_u32(at + 20);
  cookie.peer.first_tsn = load_u32(at + 24);
  cookie.tie_own = load_u32(at + 28);
  cookie.tie_peer = load_u32(at + 32);
  cookie.peer.outbound_streams = load_u16(at + 36);
  cookie.peer.inbound_streams = load_u16(at + 38);
  cookie.peer.can_reset = (at[40] & flag_reset) != 0;
  cookie.peer.can_forward = (at[40] & flag_forward) != 0;
  return cookie;
}

std::uint32_t other_tag(Random& random, std::uint32_t than) {
  for (;;) {
    if (const std::uint32_t tag = random.u32(); tag != 0 && tag != than) return tag;
  }
}

}  // namespace

InitChunk SctpAssociation::State::own_init() const {
  InitChunk init;
  init.tag = own_tag;
  init.window = static_cast<std::uint32_t>(config.receive_window);
  init.outbound_streams = init.inbound_streams = config.streams;
  init.first_tsn = own_first_tsn;
  init.can_reset = true;
  init.can_forward = true;
  return init;
}

void SctpAssociation::State::connect(Time now) {
  if (phase != SctpPhase::closed) return;
  restart_handshake(now);
}

void SctpAssociation::State::restart_handshake(Time now) {
  phase = SctpPhase::cookie_wait;
  control_due = true;
  control_deadline = now + round_trip.timeout();
}

void SctpAssociation::State::receive_init(const SctpChunkView& chunk, Time now) {
  const auto init = decode_init_body(chunk.body);
  if (!init) {
    ++counters.dropped_malformed;
    return;
  }
  if (phase == SctpPhase::ended) return;
  if (phase == SctpPhase::shutdown_ack_sent) {  // RFC 9260 §9.2: the answer was lost.
    control_due = true;
    return;
  }
  Cookie cookie{now, own_tag, own_first_tsn, *init, 0, 0};
  if (carries_data() || phase == SctpPhase::shutdown_sent) {  // §5.2.2: perhaps a restart
    cookie.own_tag = other_tag(random, own_tag);
    cookie.own_first_tsn = random.u32();
    cookie.tie_own = own_tag;
    cookie.tie_peer = peer_tag;
  }
  InitChunk answer = own_init();
  answer.tag = cookie.own_tag;
  answer.first_tsn = cookie.own_first_tsn;
  answer.cookie = encode_cookie(cookie, cookie_key);
  answer.unrecognized = init->unrecognized;
  reply(init->tag, chunk_type::init_ack, 0, encode_init_body(answer));
}

void SctpAssociation::State::receive_init_ack(const SctpChunkView& chunk, Time now) {
  if (phase != SctpPhase::cookie_wait) return;  // §5.2.3
  auto init = decode_init_body(chunk.body);
  // It has to go back in one packet.
  if (!init || init->cookie.empty() || !fits_packet(init->cookie.size())) {
    ++counters.dropped_malformed;
    return;
  }
  peer_tag = init->tag;
  peer_cookie = std::move(init->cookie);
  if (!init->unrecognized.empty()) {
    queue_control(chunk_type::error, 0,
                  encode_cause(error_cause::unrecognized_parameters, init->unrecognized));
  }
  phase = SctpPhase::cookie_echoed;
  attempts = 0;
  control_due = true;
  control_deadline = now + round_trip.timeout();
  agree_with(*init);
}

void SctpAssociation::State::agree_with(const InitChunk& peer) {
  peer_tag = peer.tag;
  peer_window = peer.window;
  outbound_streams = std::min(config.streams, peer.inbound_streams);
  outstanding.start(own_first_tsn);
  receiver.start(peer.first_tsn);
  reassembly.start(peer.first_tsn, std::min(config.streams, peer.outbound_streams));
  announced_window = config.receive_window;
  peer_resets = peer.can_reset;
  peer_forwards = peer.can_forward;
  next_peer_request = peer.first_tsn;  // RFC 6525 §5.2.1: the requests' numbers begin there
  next_own_request = own_first_tsn;
}

void SctpAssociation::State::establish(Time now) {
  phase = SctpPhase::established;
  attempts = 0;
  control_due = false;
  control_deadline.reset();
  peer_cookie = {};
  queue.limit_streams(outbound_streams);
  if (!peer_forwards) queue.forget_limits();
  limits_used = limits_used && peer_forwards;
  start_heartbeats(now);
  sink.sctp_connected();
}

// RFC 9260 §5.2.4 and its table 12.
void SctpAssociation::State::receive_cookie_echo(const SctpHeader& header, const SctpChunkView& chunk,
                                                 Time now) {
  const auto cookie = decode_cookie(chunk.body, cookie_key);
  if (!cookie || header.verification_tag != cookie->own_tag || phase == SctpPhase::ended) {
    ++counters.dropped_malformed;
    return;
  }
  const bool same_own = cookie->own_tag == own_tag;
  const bool same_peer = cookie->peer.tag == peer_tag;
  const bool up = phase >= SctpPhase::established;
  if (now - cookie->created > config.cookie_lifetime && !(same_own && same_peer)) {
    Bytes staleness;
    append_u32(staleness, static_cast<std::uint32_t>((now - cookie->created).count()));
    reply(cookie->peer.tag, chunk_type::error, 0, encode_cause(error_cause::stale_cookie, staleness));
    return;
  }
  if (!same_own) {
    const bool restart = !same_peer && cookie->tie_own == own_tag && cookie->tie_peer == peer_tag;
    if (!restart) return;  // C: an old cookie of an INIT that lost
    // A: the peer began anew. Its data channels are gone, and what was under way with them: the owner
    // has to begin anew too.
    reply(cookie->peer.tag, chunk_type::abort, 0,
          encode_cause(error_cause::user_abort, as_bytes("restarted")));
    return end({ErrorCode::closed, "the peer restarted the association"});
  }
  if (up && !same_peer) return;  // B, but too late to take other numbers: data went either way.
  if (!up) {
    agree_with(cookie->peer);  // B or D, or the first one
    establish(now);
  }
  queue_control(chunk_type::cookie_ack, 0, {});
}

void SctpAssociation::State::receive_cookie_ack(Time now) {
  if (phase == SctpPhase::cookie_echoed) establish(now);
}

void SctpAssociation::State::handle_handshake_timeout(Time now) {
  if (++attempts > config.max_init_retransmissions) {
    return end({ErrorCode::timed_out, "the SCTP handshake got no answer"});
  }
  control_due = true;
  control_deadline = now + std::min(config.rto_initial * (1 << std::min(attempts, 6)), config.rto_max);
}

}  // namespace flnet::rtc
