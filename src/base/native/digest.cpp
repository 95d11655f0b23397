// SPDX-License-Identifier: MIT OR Apache-2.0
// Keyed and plain hashes by OpenSSL.
#include "base/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <algorithm>
#include <memory>

namespace flnet {
namespace {

constexpr std::size_t sha1_block_size = 64;

/// OpenSSL looks an algorithm up by name each time it is named by EVP_sha1(); found once, it is ten times
/// faster.
Sha1Digest sha1(std::initializer_list<ByteView> head, std::initializer_list<ByteView> tail = {}) {
  static EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> kept(EVP_MD_CTX_new());
  EVP_MD_CTX* const context = kept.get();
  EVP_DigestInit_ex2(context, algorithm, nullptr);
  for (const ByteView part : head) EVP_DigestUpdate(context, part.data(), part.size());
  for (const ByteView part : tail) EVP_DigestUpdate(context, part.data(), part.size());
  Sha1Digest digest{};
  EVP_DigestFinal_ex(context, digest.data(), nullptr);
  return digest;
}

}  // namespace

Sha1Digest hmac_sha1(ByteView key, std::initializer_list<ByteView> parts) {
  std::array<std::uint8_t, sha1_block_size> pad{};
  if (key.size() > pad.size()) {
    const Sha1Digest shorter = sha1({key});
    std::ranges::copy(shorter, pad.begin());
  } else {
    std::ranges::copy(key, pad.begin());
  }
  for (std::uint8_t& byte : pad) byte ^= 0x36;
  const Sha1Digest inner = sha1({ByteView(pad)}, parts);
  for (std::uint8_t& byte : pad) byte ^= 0x36 ^ 0x5c;
  return sha1({ByteView(pad), ByteView(inner)});
}

Sha256Digest sha256(ByteView bytes) {
  Sha256Digest digest{};
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}

bool equal_secrets(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace flnet
