// SPDX-License-Identifier: MIT OR Apache-2.0
// One DTLS association: the handshake with its retransmissions, records both ways, the end.
#include "io/native/dtls_openssl_session.hpp"

#include "base/byte_io.hpp"
#include "io/native/dtls_certificate.hpp"

#include <openssl/err.h>
#include <sys/time.h>

#include <algorithm>
#include <string>

namespace flnet::io {

namespace {

/// Handshake datagrams fit IPv6's least MTU (1280) with the IP and UDP heads, and tunnels a bit below it.
constexpr long handshake_mtu = 1200;
/// RFC 6347 §4.2.4.1 starts at 1 s; a hello that is lost on a LAN must not cost that (RFC 9147 §5.8.2 allows
/// less for latency-sensitive uses). Doubled up to the second value; OpenSSL gives up after twelve, 30 s.
constexpr unsigned first_retransmission_us = 100'000;
constexpr unsigned last_retransmission_us = 4'000'000;
constexpr Duration handshake_timeout = 30s;
/// Records' buffers (32 KiB) are given back after this much silence.
constexpr Duration buffer_release_after = 2s;
/// Type, version, epoch, sequence number and length (RFC 6347 §4.1).
constexpr std::size_t record_head_bytes = 13;
/// The first byte of the version of every DTLS record.
constexpr std::uint8_t dtls_major_version = 0xfe;

unsigned next_retransmission_us(SSL* /*ssl*/, unsigned previous_us) {
  return previous_us == 0 ? first_retransmission_us : std::min(previous_us * 2, last_retransmission_us);
}

/// What other users of this thread's queue left there would be taken for this session's error.
void forget_errors() {
  if (ERR_peek_error() != 0) ERR_clear_error();
}

bool looks_like_a_record(ByteView datagram) {
  return datagram.size() > record_head_bytes && datagram[0] >= SSL3_RT_CHANGE_CIPHER_SPEC &&
         datagram[0] <= SSL3_RT_APPLICATION_DATA && datagram[1] == dtls_major_version;
}

/// Records of later epochs are encrypted: they have at least the tag that proves them, and with AES-GCM a
/// nonce before it (RFC 5288 §3, RFC 7905 §2). OpenSSL 3.0.19 ends the session when a shorter one comes,
/// which anybody may send.
bool has_room_for_proof(ByteView datagram, bool has_nonce) {
  constexpr std::size_t tag_bytes = 16, nonce_bytes = 8;
  const std::size_t least = has_nonce ? nonce_bytes + tag_bytes : tag_bytes;
  while (datagram.size() >= record_head_bytes) {
    const bool encrypted = load_u16(datagram.data() + 3) != 0;
    const std::size_t length = load_u16(datagram.data() + record_head_bytes - 2);
    if (encrypted && length < least) return false;
    datagram = datagram.subspan(std::min(datagram.size(), record_head_bytes + length));
  }
  return true;
}

std::string describe_last_error() {
  const unsigned long error = ERR_peek_last_error();
  const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  return reason == nullptr ? "unknown" : reason;
}

}  // namespace

DtlsOpensslSession::DtlsOpensslSession(DtlsShared& shared, rtc::DtlsRole role,
                                       std::vector<rtc::Fingerprint> expected, rtc::DtlsSink& sink)
    : shared_(shared), role_(role), expected_(std::move(expected)), sink_(sink) {
  datagrams_.sink = &sink;
}

DtlsOpensslSession::~DtlsOpensslSession() = default;

void DtlsOpensslSession::set_up() {
  ssl_.reset(SSL_new(shared_.context.get()));
  if (!ssl_) return;
  BIO* bio = make_datagram_bio(*shared_.bio_method, datagrams_);
  if (bio == nullptr) {
    ssl_.reset();
    return;
  }
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_mtu(ssl_.get(), handshake_mtu);
  DTLS_set_timer_cb(ssl_.get(), next_retransmission_us);
  if (role_ == rtc::DtlsRole::client)
    SSL_set_connect_state(ssl_.get());
  else
    SSL_set_accept_state(ssl_.get());
}

void DtlsOpensslSession::start(Time now) {
  if (phase_ != Phase::idle) return;
  set_up();
  if (!ssl_) return end({ErrorCode::system, "OpenSSL could not make a DTLS session"});
  phase_ = Phase::handshaking;
  handshake_deadline_ = now + handshake_timeout;
  if (role_ == rtc::DtlsRole::client) continue_handshake(now);
}

void DtlsOpensslSession::receive(ByteView datagram, Time now) {
  const bool usable = phase_ == Phase::handshaking || phase_ == Phase::connected;
  if (!usable || !looks_like_a_record(datagram) || !has_room_for_proof(datagram, has_nonce())) {
    ++counters_.dropped_malformed;
    return;
  }
  if (!use_buffers()) return;
  note_use(now);
  datagrams_.incoming = datagram;
  const auto events_before = counters_.records_received + datagrams_.sent;
  if (phase_ == Phase::handshaking) {
    continue_handshake(now);
  } else {
    read_records();
    // Records that fail their check vanish inside OpenSSL without a word.
    if (events_before == counters_.records_received + datagrams_.sent && phase_ == Phase::connected)
      ++counters_.dropped_malformed;
  }
  datagrams_.incoming = {};
}

bool DtlsOpensslSession::has_nonce() const {
  const SSL_CIPHER* cipher = SSL_get_current_cipher(ssl_.get());
  return cipher == nullptr || SSL_CIPHER_get_cipher_nid(cipher) != NID_chacha20_poly1305;
}

void DtlsOpensslSession::continue_handshake(Time now) {
  forget_errors();
  const int result = SSL_do_handshake(ssl_.get());
  if (result != 1) {
    if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) return fail(result);
    return arm_retransmission(now);
  }
  phase_ = Phase::connected;
  retransmission_.reset();
  note_use(now);
  sink_.dtls_connected();
  // Data that overtook the last flight has been kept, and may follow it in the same datagram.
  while (phase_ == Phase::connected && read_record()) continue;
}

/// One datagram may hold several records (RFC 6347 §4.1.1); asking OpenSSL in vain is dear, so ask first.
void DtlsOpensslSession::read_records() {
  while (read_record() && phase_ == Phase::connected && SSL_has_pending(ssl_.get()) == 1) continue;
}

bool DtlsOpensslSession::read_record() {
  forget_errors();
  const int result =
      SSL_read(ssl_.get(), shared_.plaintext.data(), static_cast<int>(shared_.plaintext.size()));
  if (result <= 0) {
    if (SSL_get_error(ssl_.get(), result) != SSL_ERROR_WANT_READ) fail(result);
    return false;
  }
  ++counters_.records_received;
  sink_.dtls_received(ByteView(shared_.plaintext).first(static_cast<std::size_t>(result)));
  return true;
}

void DtlsOpensslSession::send(ByteView data, Time now) {
  const bool fits = !data.empty() && data.size() <= max_dtls_plaintext;
  if (phase_ != Phase::connected || !fits || !use_buffers()) {
    ++counters_.dropped_send;
    return;
  }
  note_use(now);
  forget_errors();
  const int result = SSL_write(ssl_.get(), data.data(), static_cast<int>(data.size()));
  if (result <= 0) return fail(result);
  ++counters_.records_sent;
}

void DtlsOpensslSession::handle_timeout(Time now) {
  if (phase_ == Phase::connected) return release_idle_buffers(now);
  if (phase_ != Phase::handshaking) return;
  if (now >= handshake_deadline_)
    return end({ErrorCode::timed_out, "the DTLS handshake was not finished in time"});
  if (!retransmission_ || now < *retransmission_) return;
  forget_errors();
  const long result = DTLSv1_handle_timeout(ssl_.get());
  if (result < 0) return end({ErrorCode::timed_out, "the peer does not answer in the DTLS handshake"});
  if (result > 0) ++counters_.retransmissions;
  arm_retransmission(now);
}

std::optional<Time> DtlsOpensslSession::deadline() const {
  if (phase_ == Phase::connected) return buffer_release_;
  if (phase_ == Phase::handshaking) return earliest(handshake_deadline_, retransmission_);
  return std::nullopt;
}

void DtlsOpensslSession::close() {
  if (phase_ == Phase::connected && use_buffers()) {
    forget_errors();
    SSL_shutdown(ssl_.get());
  }
  forget_errors();
  phase_ = Phase::closed;
}

/// The two clocks need not agree: what OpenSSL calls due later is asked again later.
void DtlsOpensslSession::arm_retransmission(Time now) {
  retransmission_.reset();
  timeval left{};
  if (DTLSv1_get_timeout(ssl_.get(), &left) != 1) return;
  const auto wait = std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
  // A wall clock that was set back must not stop retransmissions for ever.
  retransmission_ = now + std::clamp<Duration>(wait, 1ms, std::chrono::microseconds(last_retransmission_us));
}

/// OpenSSL has its buffers again when it reads, but writes through a null pointer after SSL_free_buffers.
bool DtlsOpensslSession::use_buffers() {
  return buffer_release_ || SSL_alloc_buffers(ssl_.get()) == 1;
}

void DtlsOpensslSession::note_use(Time now) {
  last_use_ = now;
  if (!buffer_release_) buffer_release_ = now + buffer_release_after;
}

void DtlsOpensslSession::release_idle_buffers(Time now) {
  if (!buffer_release_ || now < *buffer_release_) return;
  const Time due = last_use_ + buffer_release_after;
  if (now < due) {
    buffer_release_ = due;
    return;
  }
  SSL_free_buffers(ssl_.get());
  buffer_release_.reset();
}

void DtlsOpensslSession::fail(int openssl_result) {
  const int kind = SSL_get_error(ssl_.get(), openssl_result);
  const auto reason = describe_last_error();
  forget_errors();
  if (kind == SSL_ERROR_ZERO_RETURN) return end({ErrorCode::closed, "the peer closed the DTLS session"});
  if (fingerprint_was_wrong_)
    return end({ErrorCode::untrusted, "the peer's certificate is not the one in its description"});
  end({ErrorCode::refused, "DTLS failed: " + reason});
}

void DtlsOpensslSession::end(Error reason) {
  phase_ = Phase::closed;
  retransmission_.reset();
  sink_.dtls_closed(std::move(reason));
}

int DtlsOpensslSession::verify_certificate(X509_STORE_CTX* chain, void* /*unused*/) {
  const auto* ssl =
      static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto& session = *static_cast<DtlsOpensslSession*>(SSL_get_app_data(ssl));
  const X509* leaf = X509_STORE_CTX_get0_cert(chain);
  const auto actual = leaf == nullptr ? std::nullopt : fingerprint_of(*leaf);
  if (actual && std::ranges::find(session.expected_, *actual) != session.expected_.end()) return 1;
  session.fingerprint_was_wrong_ = true;
  X509_STORE_CTX_set_error(chain, X509_V_ERR_CERT_REJECTED);  // becomes the alert bad_certificate
  return 0;
}

}  // namespace flnet::io
