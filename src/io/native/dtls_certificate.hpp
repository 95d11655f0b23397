// SPDX-License-Identifier: MIT OR Apache-2.0
// The self-signed certificate that a node presents in DTLS, and certificates' fingerprints.
#pragma once

#include "io/native/openssl_handle.hpp"
#include "rtc/dtls_session.hpp"

#include <flnet/result.hpp>

#include <optional>

namespace flnet::io {

/// A key and the certificate that it signed itself. Nobody checks the chain: what counts is that the
/// fingerprint is the one in the description (RFC 8827 §6.5).
struct DtlsCertificate {
  KeyHandle key;
  CertificateHandle certificate;
  rtc::Fingerprint fingerprint{};
};

/// A fresh P-256 key and certificate; `system` when OpenSSL refuses.
Result<DtlsCertificate> make_dtls_certificate();

/// SHA-256 over the DER form (RFC 8122 §5).
std::optional<rtc::Fingerprint> fingerprint_of(const X509& certificate);

}  // namespace flnet::io
