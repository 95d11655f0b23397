// SPDX-License-Identifier: MIT OR Apache-2.0
// The checksums and keyed hashes that rtc needs; the keyed hashes exist in native builds only, as rtc does.
#pragma once

#include <flnet/bytes.hpp>

#include <array>

namespace flnet {

using Sha1Digest = std::array<std::uint8_t, 20>;
using Sha256Digest = std::array<std::uint8_t, 32>;

/// HMAC-SHA1 (RFC 2104) over `parts` in order, as STUN's MESSAGE-INTEGRITY wants it (RFC 8489 §14.5).
Sha1Digest hmac_sha1(ByteView key, std::initializer_list<ByteView> parts);
Sha256Digest sha256(ByteView bytes);

/// CRC-32 as in ISO 3309, for STUN's FINGERPRINT (RFC 8489 §14.7). `crc` continues an earlier call.
std::uint32_t crc32(ByteView bytes, std::uint32_t crc = 0);
/// CRC-32C (Castagnoli) for SCTP (RFC 9260 appendix A); uses the processor's instruction where it has one.
std::uint32_t crc32c(ByteView bytes, std::uint32_t crc = 0);

/// Compares without leaking where two secrets differ.
bool equal_secrets(ByteView a, ByteView b);

}  // namespace flnet
