// SPDX-License-Identifier: MIT OR Apache-2.0
// PlainDtls: DTLS sessions without cryptography, for simulations of thousands of connections.
#pragma once

#include "base/byte_io.hpp"
#include "base/digest.hpp"
#include "rtc/dtls_session.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace flnet::test {

/// A datagram is: type (22 handshake, 21 alert, 23 data), 0xfe 0xfd, body, checksum. The handshake has four
/// steps: hello, hello back, finished, finished back; both hellos carry fingerprint and nonce. The nonces
/// make the key that the checksum of what follows depends on, so corrupted and foreign datagrams are
/// dropped as with the real one. The client repeats what is not answered; the server answers repetitions.
class PlainDtlsSession final : public rtc::DtlsSession {
 public:
  static constexpr Duration first_retransmission = 100ms;
  static constexpr Duration last_retransmission = 4s;
  static constexpr Duration handshake_timeout = 30s;
  static constexpr std::size_t max_early_records = 32;

  PlainDtlsSession(const rtc::Fingerprint& own, std::uint32_t nonce, rtc::DtlsRole role,
                   std::vector<rtc::Fingerprint> expected, rtc::DtlsSink& sink)
      : own_(own), nonce_(nonce), role_(role), expected_(std::move(expected)), sink_(sink) {}

  void start(Time now) override {
    if (phase_ != Phase::idle) return;
    phase_ = Phase::handshaking;
    handshake_deadline_ = now + handshake_timeout;
    if (role_ == rtc::DtlsRole::client) repeat_until_answered(Step::hello, now);
  }

  void receive(ByteView datagram, Time now) override {
    const bool usable = phase_ == Phase::handshaking || phase_ == Phase::connected;
    const bool framed = datagram.size() >= head_bytes + checksum_bytes && datagram[1] == 0xfe;
    if (!usable || !framed || !receive_framed(datagram, now)) ++counters_.dropped_malformed;
  }

  void send(ByteView data, Time /*now*/) override {
    if (phase_ != Phase::connected || data.empty() || data.size() > 16384) {
      ++counters_.dropped_send;
      return;
    }
    ++counters_.records_sent;
    send_framed(Type::data, data, key_);
  }

  void handle_timeout(Time now) override {
    if (phase_ != Phase::handshaking) return;
    if (now >= handshake_deadline_) return end({ErrorCode::timed_out, "no DTLS handshake"});
    if (!repeat_at_ || now < *repeat_at_) return;
    ++counters_.retransmissions;
    wait_ = std::min(wait_ * 2, last_retransmission);
    repeat_at_ = now + wait_;
    send_step(current_);
  }

  std::optional<Time> deadline() const override {
    if (phase_ != Phase::handshaking) return std::nullopt;
    return earliest(handshake_deadline_, repeat_at_);
  }

  void close() override {
    if (phase_ == Phase::connected) send_alert(close_notify);
    phase_ = Phase::closed;
  }

  const rtc::DtlsCounters& counters() const override { return counters_; }

 private:
  enum class Phase { idle, handshaking, connected, closed };
  enum class Type : std::uint8_t { alert = 21, handshake = 22, data = 23 };
  enum class Step : std::uint8_t { hello = 1, hello_back, finished, finished_back };
  static constexpr std::size_t head_bytes = 3, checksum_bytes = 4;
  static constexpr std::size_t hello_bytes = 1 + 4 + 32;
  static constexpr std::uint8_t close_notify = 0, bad_certificate = 42;

  static std::uint32_t checksum(ByteView datagram, std::uint32_t key) { return crc32(datagram, key); }

  void send_framed(Type type, ByteView body, std::uint32_t key) {
    out_.assign({static_cast<std::uint8_t>(type), 0xfe, 0xfd});
    append_bytes(out_, body);
    append_u32(out_, checksum(out_, key));
    sink_.send_dtls(out_);
  }

  void send_alert(std::uint8_t code) {
    const std::uint8_t body[] = {code};
    send_framed(Type::alert, body, key_);
  }

  void send_step(Step step) {
    Bytes body{static_cast<std::uint8_t>(step)};
    const bool hello = step == Step::hello || step == Step::hello_back;
    if (hello) {
      append_u32(body, nonce_);
      append_bytes(body, own_);
    }
    send_framed(Type::handshake, body, hello ? 0 : key_);
  }

  void repeat_until_answered(Step step, Time now) {
    current_ = step;
    wait_ = first_retransmission;
    repeat_at_ = now + wait_;
    send_step(step);
  }

  bool receive_framed(ByteView datagram, Time now) {
    const ByteView covered = datagram.first(datagram.size() - checksum_bytes);
    const std::uint32_t sum = load_u32(datagram.data() + covered.size());
    const ByteView body = covered.subspan(head_bytes);
    const bool with_key = has_key_ && sum == checksum(covered, key_);
    const bool without_key = sum == checksum(covered, 0);
    switch (static_cast<Type>(datagram[0])) {
      case Type::handshake:
        return !body.empty() && (with_key || without_key) && receive_step(body, with_key, now);
      case Type::alert:
        if (!with_key || body.empty()) return false;
        end(body[0] == close_notify ? Error{ErrorCode::closed, "close_notify"}
                                    : Error{ErrorCode::refused, "fatal alert"});
        return true;
      case Type::data:
        return with_key && receive_data(body);
    }
    return false;
  }

  bool receive_data(ByteView data) {
    if (phase_ == Phase::connected) {
      deliver(data);
      return true;
    }
    if (early_.size() >= max_early_records) return false;
    early_.push_back(to_bytes(data));
    return true;
  }

  void deliver(ByteView data) {
    ++counters_.records_received;
    sink_.dtls_received(data);
  }

  bool receive_step(ByteView body, bool with_key, Time now) {
    const bool client = role_ == rtc::DtlsRole::client;
    switch (static_cast<Step>(body[0])) {
      case Step::hello:
        return !client && receive_hello(body) && (send_step(Step::hello_back), true);
      case Step::hello_back:
        if (!client || current_ != Step::hello || !receive_hello(body)) return false;
        repeat_until_answered(Step::finished, now);
        return true;
      case Step::finished:
        if (client || !with_key) return false;
        send_step(Step::finished_back);
        connect();
        return true;
      case Step::finished_back:
        if (!client || !with_key) return false;
        connect();
        return true;
    }
    return false;
  }

  /// The first hello counts; later ones must be its repetitions.
  bool receive_hello(ByteView body) {
    if (body.size() != hello_bytes) return false;
    const std::uint32_t nonce = load_u32(body.data() + 1);
    rtc::Fingerprint theirs;
    std::copy_n(body.data() + 5, theirs.size(), theirs.begin());
    const std::uint32_t key = (nonce ^ nonce_) | 1;
    if (has_key_) return key == key_;
    key_ = key;
    has_key_ = true;
    if (std::ranges::find(expected_, theirs) != expected_.end()) return true;
    // The client needs our nonce to read the alert.
    if (role_ == rtc::DtlsRole::server) send_step(Step::hello_back);
    send_alert(bad_certificate);
    end({ErrorCode::untrusted, "wrong fingerprint"});
    return false;
  }

  void connect() {
    if (phase_ != Phase::handshaking) return;
    phase_ = Phase::connected;
    repeat_at_.reset();
    sink_.dtls_connected();
    while (!early_.empty() && phase_ == Phase::connected) {
      const Bytes data = std::move(early_.front());
      early_.pop_front();
      deliver(data);
    }
  }

  void end(Error reason) {
    phase_ = Phase::closed;
    sink_.dtls_closed(std::move(reason));
  }

  rtc::Fingerprint own_;
  std::uint32_t nonce_;
  rtc::DtlsRole role_;
  std::vector<rtc::Fingerprint> expected_;
  rtc::DtlsSink& sink_;
  Phase phase_ = Phase::idle;
  Step current_ = Step::hello;
  std::uint32_t key_ = 0;
  bool has_key_ = false;
  Time handshake_deadline_{};
  Duration wait_ = first_retransmission;
  std::optional<Time> repeat_at_;
  std::deque<Bytes> early_;
  Bytes out_;
  rtc::DtlsCounters counters_;
};

/// `id` makes the fingerprint: give each node of a simulation its own.
class PlainDtlsContext final : public rtc::DtlsContext {
 public:
  explicit PlainDtlsContext(std::uint32_t id) : id_(id) {
    for (std::size_t i = 0; i < fingerprint_.size(); i += 4) store_u32(fingerprint_.data() + i, id);
  }
  const rtc::Fingerprint& fingerprint() const override { return fingerprint_; }
  std::unique_ptr<rtc::DtlsSession> make_session(rtc::DtlsRole role, std::vector<rtc::Fingerprint> expected,
                                                 rtc::DtlsSink& sink) override {
    std::uint8_t seed[8];
    store_u32(seed, id_);
    store_u32(seed + 4, ++sessions_);
    return std::make_unique<PlainDtlsSession>(fingerprint_, crc32(seed), role, std::move(expected), sink);
  }

 private:
  std::uint32_t id_;
  std::uint32_t sessions_ = 0;
  rtc::Fingerprint fingerprint_{};
};

}  // namespace flnet::test
