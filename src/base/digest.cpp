// SPDX-License-Identifier: MIT OR Apache-2.0
// Keyed and plain hashes by OpenSSL, and the CRC-32 of STUN.
#include "base/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

namespace flnet {
namespace {

constexpr std::array<std::uint32_t, 256> crc32_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0xedb88320U : 0U);
    table[i] = value;
  }
  return table;
}

}  // namespace

Sha1Digest hmac_sha1(ByteView key, std::initializer_list<ByteView> parts) {
  Bytes message;
  for (const ByteView part : parts) message.insert(message.end(), part.begin(), part.end());
  Sha1Digest digest{};
  unsigned int length = 0;
  HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), message.data(), message.size(), digest.data(),
       &length);
  return digest;
}

Sha256Digest sha256(ByteView bytes) {
  Sha256Digest digest{};
  SHA256(bytes.data(), bytes.size(), digest.data());
  return digest;
}

std::uint32_t crc32(ByteView bytes, std::uint32_t crc) {
  static constexpr auto table = crc32_table();
  crc = ~crc;
  for (const std::uint8_t byte : bytes) crc = crc >> 8 ^ table[(crc ^ byte) & 0xff];
  return ~crc;
}

bool equal_secrets(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace flnet
