// SPDX-License-Identifier: MIT OR Apache-2.0
// Checksums and hashes against published vectors.
#include "base/digest.hpp"
#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace flnet {
namespace {

TEST(Digest, follows_published_vectors) {
  EXPECT_EQ(hex_encode(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 2202 §3, test case 2, in two parts.
  EXPECT_EQ(hex_encode(hmac_sha1(as_bytes("Jefe"), {as_bytes("what do ya want "), as_bytes("for nothing?")})),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xcbf43926U);
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xe3069283U);
  // RFC 3720 B.4: 32 bytes of zeros.
  EXPECT_EQ(crc32c(Bytes(32)), 0x8a9136aaU);
}

TEST(Digest, checksums_can_be_continued) {
  const Bytes bytes(100, 7);
  const ByteView all(bytes);
  EXPECT_EQ(crc32c(all.subspan(33), crc32c(all.first(33))), crc32c(all));
  EXPECT_EQ(crc32(all.subspan(33), crc32(all.first(33))), crc32(all));
}

/// RFC 9260 appendix A, bit by bit.
std::uint32_t slow_crc32c(ByteView bytes) {
  std::uint32_t crc = ~0U;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
  }
  return ~crc;
}

TEST(Digest, crc32c_of_every_length_is_that_of_the_definition) {
  Bytes bytes(1500);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * i + 3 * i);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const ByteView part = ByteView(bytes).first(size);
    ASSERT_EQ(crc32c(part), slow_crc32c(part)) << size;
  }
}

TEST(Digest, secrets_of_different_length_differ) {
  EXPECT_TRUE(equal_secrets(as_bytes("secret"), as_bytes("secret")));
  EXPECT_FALSE(equal_secrets(as_bytes("secret"), as_bytes("secreT")));
  EXPECT_FALSE(equal_secrets(as_bytes("secret"), as_bytes("secret1")));
}

}  // namespace
}  // namespace flnet
