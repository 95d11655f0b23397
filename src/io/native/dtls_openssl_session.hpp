// SPDX-License-Identifier: MIT OR Apache-2.0
// DtlsOpensslSession: one DTLS association by OpenSSL.
#pragma once

#include "io/native/dtls_memory_bio.hpp"
#include "io/native/openssl_handle.hpp"
#include "rtc/dtls_session.hpp"

#include <optional>
#include <vector>

namespace flnet::io {

/// RFC 6347 §4.1 and RFC 5246 §6.2.1: the most that one record carries.
inline constexpr std::size_t max_dtls_plaintext = 16384;

/// What the sessions of one context share.
struct DtlsShared {
  SslContextHandle context;
  BioMethodHandle bio_method;
  Bytes plaintext;  ///< Where a record is decrypted to; in use only while a session's `receive` runs.
};

///   new --start--> handshaking --Finished--> connected --close_notify, fatal alert, close()--> closed
///                       '-- wrong fingerprint, fatal alert, handshake_timeout, close() -----------^
///
/// Every way to `closed` but close() tells the sink, once.
class DtlsOpensslSession final : public rtc::DtlsSession {
 public:
  DtlsOpensslSession(DtlsShared& shared, rtc::DtlsRole role, std::vector<rtc::Fingerprint> expected,
                     rtc::DtlsSink& sink);
  ~DtlsOpensslSession() override;

  void start(Time now) override;
  void receive(ByteView datagram, Time now) override;
  void send(ByteView data, Time now) override;
  void handle_timeout(Time now) override;
  std::optional<Time> deadline() const override;
  void close() override;
  const rtc::DtlsCounters& counters() const override { return counters_; }

  /// OpenSSL's cert_verify_callback: accepts any chain whose leaf has an expected fingerprint.
  static int verify_certificate(X509_STORE_CTX* chain, void* unused);

 private:
  enum class Phase : std::uint8_t { idle, handshaking, connected, closed };

  void set_up();
  void continue_handshake(Time now);
  /// Whether encrypted records begin with a nonce.
  bool has_nonce() const;
  void read_records();
  bool read_record();
  void fail(int openssl_result);
  void end(Error reason);
  void arm_retransmission(Time now);
  bool use_buffers();
  void note_use(Time now);
  void release_idle_buffers(Time now);

  DtlsShared& shared_;
  rtc::DtlsRole role_;
  std::vector<rtc::Fingerprint> expected_;
  rtc::DtlsSink& sink_;
  DtlsDatagrams datagrams_;
  SslHandle ssl_;  // after datagrams_, which it uses to its end
  Phase phase_ = Phase::idle;
  bool fingerprint_was_wrong_ = false;
  Time handshake_deadline_{};
  std::optional<Time> retransmission_;
  Time last_use_{};
  std::optional<Time> buffer_release_;  ///< Set while OpenSSL has its record buffers and is connected.
  rtc::DtlsCounters counters_;
};

}  // namespace flnet::io
