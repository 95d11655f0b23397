// SPDX-License-Identifier: MIT OR Apache-2.0
// MD5 and HMAC-SHA256 by OpenSSL.
#include "base/credential_digest.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace flnet {

Md5Digest md5(ByteView bytes) {
  Md5Digest digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_md5(), nullptr) != 1) return {};
  return digest;
}

Sha256Digest hmac_sha256(ByteView key, std::initializer_list<ByteView> parts) {
  std::array<std::uint8_t, 64> pad{};  // SHA-256's block
  if (key.size() > pad.size()) {
    std::ranges::copy(sha256(key), pad.begin());
  } else {
    std::ranges::copy(key, pad.begin());
  }
  for (std::uint8_t& byte : pad) byte ^= 0x36;
  Bytes text(pad.begin(), pad.end());
  for (const ByteView part : parts) text.insert(text.end(), part.begin(), part.end());
  const Sha256Digest inner = sha256(text);
  for (std::uint8_t& byte : pad) byte ^= 0x36 ^ 0x5c;
  text.assign(pad.begin(), pad.end());
  text.insert(text.end(), inner.begin(), inner.end());
  return sha256(text);
}

}  // namespace flnet
