// SPDX-License-Identifier: MIT OR Apache-2.0
// TLS certificates made on the fly: an authority of our own, and servers that it vouches for.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <unistd.h>

namespace flnet::test {

struct TlsIdentity {
  std::shared_ptr<EVP_PKEY> key;
  std::shared_ptr<X509> certificate;
};

inline void add_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

/// A certificate for `name` ("DNS:localhost", "IP:127.0.0.1"), valid from yesterday until `days` from now;
/// signed by `issuer`, or an authority that signs itself.
inline TlsIdentity make_identity(const std::string& name, const TlsIdentity* issuer, int days = 1) {
  TlsIdentity made{{EVP_EC_gen("P-256"), EVP_PKEY_free}, {X509_new(), X509_free}};
  X509* certificate = made.certificate.get();
  static long serial = 0;
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -2L * 24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), days * 24L * 3600);
  X509_set_pubkey(certificate, made.key.get());
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  const TlsIdentity& signer = issuer != nullptr ? *issuer : made;
  X509_set_issuer_name(certificate, X509_get_subject_name(signer.certificate.get()));
  if (issuer == nullptr) {
    add_extension(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE");
  } else {
    add_extension(certificate, signer.certificate.get(), NID_subject_alt_name, name);
  }
  X509_sign(certificate, signer.key.get(), EVP_sha256());
  return made;
}

/// A file that is gone with the object.
class PemFile {
 public:
  explicit PemFile(const TlsIdentity& identity) {
    std::string name = (std::filesystem::temp_directory_path() / "flnet-test-XXXXXX").string();
    std::FILE* file = fdopen(mkstemp(name.data()), "w");
    PEM_write_X509(file, identity.certificate.get());
    std::fclose(file);
    path_ = name;
  }
  ~PemFile() { std::filesystem::remove(path_); }
  PemFile(const PemFile&) = delete;
  PemFile& operator=(const PemFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace flnet::test
