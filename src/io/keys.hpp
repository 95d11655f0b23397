// SPDX-License-Identifier: MIT OR Apache-2.0
// Ed25519 keys (RFC 8032): make, sign, verify. Asynchronous because WebCrypto is.
#pragma once

#include <flnet/bytes.hpp>
#include <flnet/node_info.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>
#include <flnet/u256.hpp>

#include <array>

namespace flnet::io {

using Seed = std::array<std::uint8_t, 32>;

Task<Result<Seed>> generate_seed();
/// The public key that belongs to `seed`.
Task<Result<U256>> public_key(Seed seed);
Task<Result<Signature>> sign(Seed seed, Bytes message);
/// False for a bad signature, a key that is no point on the curve, or any other fault.
Task<bool> verify(U256 key, Bytes message, Signature signature);

}  // namespace flnet::io
