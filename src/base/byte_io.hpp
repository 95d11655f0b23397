// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading and writing big-endian numbers: the byte order of every binary protocol we speak.
#pragma once

#include <flnet/bytes.hpp>

namespace flnet {

inline std::uint16_t load_u16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
inline std::uint32_t load_u32(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(at[0]) << 24 | static_cast<std::uint32_t>(at[1]) << 16 |
         static_cast<std::uint32_t>(at[2]) << 8 | at[3];
}
inline std::uint64_t load_u64(const std::uint8_t* at) {
  return static_cast<std::uint64_t>(load_u32(at)) << 32 | load_u32(at + 4);
}
inline void store_u16(std::uint8_t* at, std::uint16_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}
inline void store_u32(std::uint8_t* at, std::uint32_t value) {
  store_u16(at, static_cast<std::uint16_t>(value >> 16));
  store_u16(at + 2, static_cast<std::uint16_t>(value));
}
inline void store_u64(std::uint8_t* at, std::uint64_t value) {
  store_u32(at, static_cast<std::uint32_t>(value >> 32));
  store_u32(at + 4, static_cast<std::uint32_t>(value));
}
inline void append_u8(Bytes& to, std::uint8_t value) {
  to.push_back(value);
}
inline void append_u16(Bytes& to, std::uint16_t value) {
  to.resize(to.size() + 2);
  store_u16(to.data() + to.size() - 2, value);
}
inline void append_u32(Bytes& to, std::uint32_t value) {
  to.resize(to.size() + 4);
  store_u32(to.data() + to.size() - 4, value);
}
inline void append_u64(Bytes& to, std::uint64_t value) {
  to.resize(to.size() + 8);
  store_u64(to.data() + to.size() - 8, value);
}
inline void append_bytes(Bytes& to, ByteView bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace flnet
