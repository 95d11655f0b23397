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
/// The instruction takes three cycles but can start one each cycle: three blocks of this size go side by
/// side.
constexpr std::size_t lane_size = 128;

using ShiftTables = std::array<std::array<std::uint32_t, 256>, 4>;

/// What `lane_size` bytes of zeros make of a remainder, byte by byte of the remainder: the remainder of a
/// block moved over the block behind it. Linear, so 32 bits say it all.
constexpr ShiftTables make_shift_tables() {
  std::array<std::uint32_t, 256> byte_table = make_tables()[0];
  ShiftTables tables{};
  for (std::size_t bit = 0; bit < 32; ++bit) {
    std::uint32_t moved = 1U << bit;
    for (std::size_t i = 0; i < lane_size; ++i) moved = moved >> 8 ^ byte_table[moved & 0xff];
    auto& table = tables[bit / 8];
    for (std::size_t byte = 0; byte < 256; ++byte)
      if ((byte >> (bit % 8) & 1) != 0) table[byte] ^= moved;
  }
  return tables;
}

std::uint32_t shift_by_lane(std::uint32_t crc) {
  static constexpr ShiftTables tables = make_shift_tables();
  return tables[0][crc & 0xff] ^ tables[1][crc >> 8 & 0xff] ^ tables[2][crc >> 16 & 0xff] ^
         tables[3][crc >> 24];
}

std::uint64_t load_word(const std::uint8_t* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, 8);
  return word;
}

[[gnu::target("sse4.2")]] std::uint32_t crc32c_of_lanes(const std::uint8_t* at, std::uint32_t crc) {
  std::uint64_t first = crc;
  std::uint64_t second = 0;
  std::uint64_t third = 0;
  for (std::size_t i = 0; i < lane_size; i += 8) {
    first = _mm_crc32_u64(first, load_word(at + i));
    second = _mm_crc32_u64(second, load_word(at + lane_size + i));
    third = _mm_crc32_u64(third, load_word(at + 2 * lane_size + i));
  }
  const auto joined = shift_by_lane(static_cast<std::uint32_t>(first)) ^ static_cast<std::uint32_t>(second);
  return shift_by_lane(joined) ^ static_cast<std::uint32_t>(third);
}

[[gnu::target("sse4.2")]] std::uint32_t crc32c_by_instruction(const std::uint8_t* at, std::size_t size,
                                                              std::uint32_t crc) {
  for (; size >= 3 * lane_size; at += 3 * lane_size, size -= 3 * lane_size) crc = crc32c_of_lanes(at, crc);
  std::uint64_t wide = crc;
  for (; size >= 8; at += 8, size -= 8) wide = _mm_crc32_u64(wide, load_word(at));
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
