// SPDX-License-Identifier: MIT OR Apache-2.0
// The context of DTLS sessions: certificate, versions, ciphers, and what is switched off.
#include "io/native/dtls_openssl.hpp"

#include "io/native/dtls_certificate.hpp"
#include "io/native/dtls_openssl_session.hpp"

#include <utility>

namespace flnet::io {

namespace {

/// AES-128-GCM first: the fastest on processors with AES instructions, and what RFC 8827 §6.5 demands.
/// The RSA suites are for peers whose certificate is an RSA one.
constexpr const char* cipher_list =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr const char* group_list = "X25519:P-256";

/// A chain of one certificate is all that WebRTC sends; OpenSSL would buffer 100 KiB for a stranger.
constexpr long max_certificate_list_bytes = 16 * 1024;

constexpr std::uint64_t options =
    SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION;

bool configure(SSL_CTX& context, const DtlsCertificate& own) {
  SSL_CTX_set_options(&context, options);
  SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_max_cert_list(&context, max_certificate_list_bytes);
  SSL_CTX_set_verify(&context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(&context, DtlsOpensslSession::verify_certificate, nullptr);
  return SSL_CTX_set_min_proto_version(&context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_max_proto_version(&context, DTLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(&context, cipher_list) == 1 &&
         SSL_CTX_set1_groups_list(&context, group_list) == 1 &&
         SSL_CTX_use_certificate(&context, own.certificate.get()) == 1 &&
         SSL_CTX_use_PrivateKey(&context, own.key.get()) == 1;
}

class DtlsOpensslContext final : public rtc::DtlsContext {
 public:
  explicit DtlsOpensslContext(DtlsShared shared, const rtc::Fingerprint& fingerprint)
      : shared_(std::move(shared)), fingerprint_(fingerprint) {}

  const rtc::Fingerprint& fingerprint() const override { return fingerprint_; }

  std::unique_ptr<rtc::DtlsSession> make_session(rtc::DtlsRole role, std::vector<rtc::Fingerprint> expected,
                                                 rtc::DtlsSink& sink) override {
    return std::make_unique<DtlsOpensslSession>(shared_, role, std::move(expected), sink);
  }

 private:
  DtlsShared shared_;
  rtc::Fingerprint fingerprint_;
};

}  // namespace

Result<std::unique_ptr<rtc::DtlsContext>> make_dtls_context() {
  auto own = make_dtls_certificate();
  if (!own) return failure(std::move(own.error()));
  DtlsShared shared;
  shared.context.reset(SSL_CTX_new(DTLS_method()));
  shared.bio_method = make_datagram_bio_method();
  shared.plaintext.resize(max_dtls_plaintext);
  if (!shared.context || !shared.bio_method || !configure(*shared.context, *own))
    return failure(ErrorCode::system, "OpenSSL could not set up DTLS");
  return std::make_unique<DtlsOpensslContext>(std::move(shared), own->fingerprint);
}

}  // namespace flnet::io
