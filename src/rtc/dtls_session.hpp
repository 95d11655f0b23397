// SPDX-License-Identifier: MIT OR Apache-2.0
// DtlsSession: DTLS 1.2 (RFC 6347) as the WebRTC machines see it; implementations live in io and tests.
#pragma once

#include "rtc/sdp_description.hpp"

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>
#include <flnet/time.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace flnet::rtc {

enum class DtlsRole : std::uint8_t { client, server };

/// What a session tells its owner; called from within the session's functions, must not call back into it.
class DtlsSink {
 public:
  virtual ~DtlsSink() = default;
  /// One datagram for the wire; valid only during the call.
  virtual void send_dtls(ByteView datagram) = 0;
  /// The handshake is done and the peer's certificate has one of the expected fingerprints.
  virtual void dtls_connected() = 0;
  /// One decrypted record (an SCTP packet); valid only during the call.
  virtual void dtls_received(ByteView data) = 0;
  /// The end: close_notify (code closed), a fatal alert, a wrong fingerprint (untrusted), or a time-out.
  virtual void dtls_closed(Error reason) = 0;
};

struct DtlsCounters {
  std::uint64_t records_sent = 0, records_received = 0;
  std::uint64_t retransmissions = 0;    ///< Handshake flights that were due again.
  std::uint64_t dropped_malformed = 0;  ///< Datagrams that were no records, or none that passed its check.
  std::uint64_t dropped_send = 0;       ///< Not connected, empty, or too large.
};

/// One DTLS association. Both sides present a certificate (RFC 8827 §6.5).
class DtlsSession {
 public:
  virtual ~DtlsSession() = default;
  /// A client sends its hello now; a server waits.
  virtual void start(Time now) = 0;
  /// One datagram from the wire; garbage is dropped and counted (RFC 6347 §4.1.2.7).
  virtual void receive(ByteView datagram, Time now) = 0;
  /// Encrypts one SCTP packet of at most 16384 bytes into one datagram. Only when connected, else dropped.
  virtual void send(ByteView data, Time now) = 0;
  /// Retransmits handshake flights when due.
  virtual void handle_timeout(Time now) = 0;
  virtual std::optional<Time> deadline() const = 0;
  /// Sends close_notify; nothing is called on the sink but send_dtls.
  virtual void close() = 0;
  virtual const DtlsCounters& counters() const = 0;
};

/// Makes sessions that share one certificate.
class DtlsContext {
 public:
  virtual ~DtlsContext() = default;
  /// Our certificate's fingerprint, for descriptions.
  virtual const Fingerprint& fingerprint() const = 0;
  /// `expected` are the fingerprints of the peer's description. `sink` must outlive the session.
  virtual std::unique_ptr<DtlsSession> make_session(DtlsRole role, std::vector<Fingerprint> expected,
                                                    DtlsSink& sink) = 0;
};

}  // namespace flnet::rtc
