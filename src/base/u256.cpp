// SPDX-License-Identifier: MIT OR Apache-2.0
// U256: parsing and the three ways FLNet writes one.
#include <flnet/u256.hpp>

#include "base/byte_io.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"

#include <algorithm>

namespace flnet {

Result<U256> U256::from_bytes(ByteView bytes) {
  if (bytes.size() != size)
    return failure(ErrorCode::invalid_argument, "an id has 32 bytes, not " + std::to_string(bytes.size()));
  U256 value;
  std::ranges::copy(bytes, value.bytes_.begin());
  return value;
}

Result<U256> U256::parse(std::string_view text) {
  std::string digits;
  for (const char c : text.substr(0, 2 * 2 * size))
    if (c != '-') digits.push_back(c);
  if (digits.empty() || digits.size() > 2 * size || text.size() > 2 * 2 * size)
    return failure(ErrorCode::invalid_argument, "an id has 1 to 64 hex digits");
  const auto bytes = hex_decode(digits);
  if (!bytes) return failure(ErrorCode::invalid_argument, "not an id: " + bytes.error().detail);
  U256 value;
  std::ranges::copy(*bytes, value.bytes_.begin());
  return value;
}

U256 U256::random() {
  U256 value;
  SystemRandom().fill(value.bytes_);
  return value;
}

std::string U256::hex() const {
  return hex_encode(bytes_);
}

std::string U256::short_hex() const {
  return hex_encode(bytes().first(8));
}

std::string U256::grouped_hex() const {
  std::string text = hex();
  for (const std::size_t at : {48U, 32U, 16U}) text.insert(at, 1, '-');
  return text;
}

}  // namespace flnet

std::size_t std::hash<flnet::U256>::operator()(const flnet::U256& value) const noexcept {
  const std::uint8_t* bytes = value.array().data();
  std::uint64_t mixed = 0x9e3779b97f4a7c15;
  for (std::size_t i = 0; i < flnet::U256::size; i += 8) {
    mixed = (mixed ^ flnet::load_u64(bytes + i)) * 0xff51afd7ed558ccd;
    mixed ^= mixed >> 32;
  }
  return mixed;
}
