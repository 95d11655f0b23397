// SPDX-License-Identifier: MIT OR Apache-2.0
// Checksums against published vectors and their definition.
#include "base/digest.hpp"

#include <gtest/gtest.h>

namespace flnet {
namespace {

TEST(Checksum, follows_published_vectors) {
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xcbf43926U);
  EXPECT_EQ(crc32c(as_bytes("123456789")), 0xe3069283U);
  // RFC 3720 B.4: 32 bytes of zeros.
  EXPECT_EQ(crc32c(Bytes(32)), 0x8a9136aaU);
}

TEST(Checksum, can_be_continued) {
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

TEST(Checksum, crc32c_of_every_length_is_that_of_the_definition) {
  Bytes bytes(1500);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * i + 3 * i);
  for (std::size_t size = 0; size <= bytes.size(); ++size) {
    const ByteView part = ByteView(bytes).first(size);
    ASSERT_EQ(crc32c(part), slow_crc32c(part)) << size;
  }
}

}  // namespace
}  // namespace flnet
