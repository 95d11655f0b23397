// SPDX-License-Identifier: MIT OR Apache-2.0
// Nodes and signatures for tests of signalling: a keyed function stands in for Ed25519.
#pragma once

#include "base/byte_io.hpp"
#include "wire/signal_message.hpp"

#include <string>

namespace flnet::test {

/// The id of the test's n-th node; ids are spread over the whole range.
inline NodeID node_id(std::uint64_t n) {
  std::array<std::uint8_t, U256::size> bytes{};
  store_u64(bytes.data(), (n + 1) * 0x9e3779b97f4a7c15U);
  store_u64(bytes.data() + 8, n);
  return NodeID(bytes);
}

inline NodeInfo node_info(std::uint64_t n) {
  return {"node " + std::to_string(n), "test", node_id(n), default_modules};
}

/// What only the owner of `key` is supposed to know how to compute.
inline Signature fake_signature(const NodeID& key, const U256& challenge) {
  Signature signature{};
  for (std::size_t i = 0; i < U256::size; ++i) {
    signature[i] = static_cast<std::uint8_t>(key.array()[i] ^ challenge.array()[i] ^ 0x5a);
    signature[i + U256::size] = static_cast<std::uint8_t>(key.array()[i] + challenge.array()[i] * 3);
  }
  return signature;
}

inline wire::Announce announce(std::uint64_t n, const U256& challenge, wire::Dialect dialect) {
  return {wire::signal_version, challenge, node_info(n), fake_signature(node_id(n), challenge), dialect};
}

inline std::string text_of(const wire::ClientMessage& message) {
  return wire::encode(message);
}

}  // namespace flnet::test
