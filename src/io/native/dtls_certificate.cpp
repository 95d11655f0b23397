// SPDX-License-Identifier: MIT OR Apache-2.0
// Makes a P-256 key and signs its certificate.
#include "io/native/dtls_certificate.hpp"

#include <openssl/bn.h>
#include <openssl/ec.h>

namespace flnet::io {

namespace {

constexpr long x509_version_3 = 2;
constexpr int serial_bits = 64;
constexpr long one_day_s = 24L * 60 * 60;
/// Peers' clocks may be behind ours, and a node may run for long; nobody looks at these dates in WebRTC.
constexpr long valid_before_now_s = one_day_s;
constexpr long valid_for_s = 365 * one_day_s;

bool set_random_serial(X509& certificate) {
  const std::unique_ptr<BIGNUM, OpensslDeleter<BN_free>> serial(BN_new());
  return serial && BN_rand(serial.get(), serial_bits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

/// The same name for all: a certificate must not tell who its node is.
bool set_names(X509& certificate) {
  X509_NAME* name = X509_get_subject_name(&certificate);
  const auto* text = reinterpret_cast<const unsigned char*>("WebRTC");
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1 &&
         X509_set_issuer_name(&certificate, name) == 1;
}

bool fill_in(X509& certificate, EVP_PKEY& key) {
  return X509_set_version(&certificate, x509_version_3) == 1 && set_random_serial(certificate) &&
         set_names(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(&certificate), -valid_before_now_s) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(&certificate), valid_for_s) != nullptr &&
         X509_set_pubkey(&certificate, &key) == 1 && X509_sign(&certificate, &key, EVP_sha256()) > 0;
}

}  // namespace

Result<DtlsCertificate> make_dtls_certificate() {
  DtlsCertificate made;
  made.key.reset(EVP_EC_gen("P-256"));
  made.certificate.reset(X509_new());
  if (!made.key || !made.certificate || !fill_in(*made.certificate, *made.key))
    return failure(ErrorCode::system, "OpenSSL could not make a certificate");
  const auto fingerprint = fingerprint_of(*made.certificate);
  if (!fingerprint) return failure(ErrorCode::system, "OpenSSL could not hash a certificate");
  made.fingerprint = *fingerprint;
  return made;
}

std::optional<rtc::Fingerprint> fingerprint_of(const X509& certificate) {
  rtc::Fingerprint digest{};
  unsigned length = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &length) != 1 || length != digest.size())
    return std::nullopt;
  return digest;
}

}  // namespace flnet::io
