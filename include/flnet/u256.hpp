// SPDX-License-Identifier: MIT OR Apache-2.0
// U256: 32 bytes that name a node, a challenge or a realm.
#pragma once

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>

#include <array>
#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace flnet {

/// 32 bytes, compared from the first byte to the last.
class U256 {
 public:
  static constexpr std::size_t size = 32;

  /// All bytes zero.
  constexpr U256() = default;
  explicit constexpr U256(const std::array<std::uint8_t, size>& bytes) : bytes_(bytes) {}

  /// `bytes` must be exactly 32 long, or invalid_argument.
  static Result<U256> from_bytes(ByteView bytes);

  /// From the system's random numbers, fit for secrets.
  static U256 random();

  /// Reads hex digits of either case; dashes between digits are skipped. At most 64 digits; a shorter
  /// text fills from the left and the rest is zero bytes ("1234" equals "123400"), as FLNet has it. An
  /// odd number of digits, no digit at all, or any other character is invalid_argument.
  static Result<U256> parse(std::string_view text);

  ByteView bytes() const { return bytes_; }
  const std::array<std::uint8_t, size>& array() const { return bytes_; }

  /// 64 lower-case hex digits.
  std::string hex() const;
  /// The first 8 bytes as 16 hex digits: FLNet's Display form, for logs and lists.
  std::string short_hex() const;
  /// Four groups of 16 hex digits joined by dashes: FLNet's Debug form.
  std::string grouped_hex() const;

  friend auto operator<=>(const U256&, const U256&) = default;

 private:
  std::array<std::uint8_t, size> bytes_{};
};

/// A node's id: its Ed25519 public key (RFC 8032), all 32 bytes, no hash.
using NodeID = U256;

}  // namespace flnet

template <>
struct std::hash<flnet::U256> {
  /// Ids are public keys that a peer may choose: whoever keys a table by ids bounds the table.
  std::size_t operator()(const flnet::U256& value) const noexcept;
};
