// SPDX-License-Identifier: MIT OR Apache-2.0
// CRC-32 (ISO 3309) by a table: the fingerprint of STUN.
#include "base/digest.hpp"

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

std::uint32_t crc32(ByteView bytes, std::uint32_t crc) {
  static constexpr auto table = crc32_table();
  crc = ~crc;
  for (const std::uint8_t byte : bytes) crc = crc >> 8 ^ table[(crc ^ byte) & 0xff];
  return ~crc;
}

}  // namespace flnet
