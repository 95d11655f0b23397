// SPDX-License-Identifier: MIT OR Apache-2.0
// The hashes of STUN's long-term credentials (RFC 8489 §9.2), which nothing else uses.
#pragma once

#include "base/digest.hpp"

#include <flnet/bytes.hpp>

#include <array>
#include <initializer_list>

namespace flnet {

using Md5Digest = std::array<std::uint8_t, 16>;

/// MD5 is what most TURN servers make keys with (RFC 8489 §18.5.1.1); it protects nothing else here. All
/// zeros where the system forbids it.
Md5Digest md5(ByteView bytes);

/// HMAC-SHA256 (RFC 2104, RFC 8489 §14.6) over `parts` in order.
Sha256Digest hmac_sha256(ByteView key, std::initializer_list<ByteView> parts);

}  // namespace flnet
