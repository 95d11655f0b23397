// SPDX-License-Identifier: MIT OR Apache-2.0
// CRC-32C (RFC 9260 appendix A): the processor's instruction where there is one, else tables.
#include "base/digest.hpp"

#include <bit>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace flnet {
namespace {

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

/// Slicing by eight: table k advances a byte by k further bytes of zeros.
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0x82f63b78U : 0U);
    tables[0][i] = value;
  }
  for (std::size_t k = 1; k < 8; ++k)
    for (std::size_t i = 0; i < 256; ++i)
      tables[k][i] = tables[k - 1][i] >> 8 ^ tables[0][tables[k - 1][i] & 0xff];
  return tables;
}

std::uint32_t crc32c_by_table(const std::uint8_t* at, std::size_t size, std::uint32_t crc) {
  static constexpr Tables tables = make_tables();
  if constexpr (std::endian::native == std::endian::little) {
    for (; size >= 8; at += 8, size -= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      word ^= crc;
      crc = 0;
      for (std::size_t k = 0; k < 8; ++k) crc ^= tables[7 - k][word >> (8 * k) & 0xff];
    }
  }
  for (; size > 0; ++at, --size) crc = crc >> 8 ^ tables[0][(crc ^ *at) & 0xff];
  return crc;
}

#if defined(__x86_64__)
[[gnu::target("sse4.2")]] std::uint32_t crc32c_by_instruction(const std::uint8_t* at, std::size_t size,
                                                              std::uint32_t crc) {
  std::uint64_t wide = crc;
  for (; size >= 8; at += 8, size -= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    wide = _mm_crc32_u64(wide, word);
  }
  crc = static_cast<std::uint32_t>(wide);
  for (; size > 0; ++at, --size) crc = _mm_crc32_u8(crc, *at);
  return crc;
}
#endif

}  // namespace

std::uint32_t crc32c(ByteView bytes, std::uint32_t crc) {
#if defined(__x86_64__)
  static const bool has_instruction = __builtin_cpu_supports("sse4.2") != 0;
  if (has_instruction) return ~crc32c_by_instruction(bytes.data(), bytes.size(), ~crc);
#endif
  return ~crc32c_by_table(bytes.data(), bytes.size(), ~crc);
}

}  // namespace flnet
