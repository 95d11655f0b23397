// SPDX-License-Identifier: MIT OR Apache-2.0
// Bytes: the two types in which flnet passes raw data around.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace flnet {

/// Owned bytes.
using Bytes = std::vector<std::uint8_t>;

/// Borrowed, read-only bytes; valid only as long as the call they are passed to, unless said otherwise.
using ByteView = std::span<const std::uint8_t>;

/// Borrowed, writable bytes.
using ByteSpan = std::span<std::uint8_t>;

/// The bytes of `text`, without a copy.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// `bytes` seen as text, without a copy or a check of its encoding.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A copy of `bytes`.
inline Bytes to_bytes(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

}  // namespace flnet
