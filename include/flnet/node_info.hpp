// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeInfo and NodeConfig: what a node tells others about itself, and the key that proves it.
#pragma once

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>
#include <flnet/u256.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace flnet {

/// What a fledger 0.10 node offers to its peers; a set of bits.
enum class Module : std::uint32_t {
  stat = 0x01,
  random = 0x02,
  gossip = 0x04,
  ping = 0x08,
  webproxy = 0x10,
  webproxy_requests = 0x20,
  dht_router = 0x40,
  dht_storage = 0x80,
};
using Modules = std::uint32_t;
/// All but ping, as fledger 0.10 has it.
inline constexpr Modules default_modules = 0xf7;

/// A node as others see it.
struct NodeInfo {
  std::string name;    ///< For people; at most 256 bytes of UTF-8.
  std::string client;  ///< The implementation, "libc" natively as Rust's native nodes say.
  NodeID public_key;   ///< Ed25519 (RFC 8032)
  Modules modules = default_modules;

  /// The node's id: its public key itself.
  NodeID id() const { return public_key; }

  friend bool operator==(const NodeInfo&, const NodeInfo&) = default;
};

/// A node's identity: its info and the Ed25519 seed (RFC 8032 §5.1.5). Keep it secret.
struct NodeConfig {
  NodeInfo info;
  std::array<std::uint8_t, 32> seed{};

  /// A new key pair and a readable random name such as "Amber Heron".
  static Task<NodeConfig> generate();
  /// Reads what `to_json` writes. Damaged text is invalid_message with the place in the detail, and so is
  /// a public key that doesn't belong to the seed.
  static Task<Result<NodeConfig>> from_json(std::string_view json);
  /// {"NodeConfigV1":{"info":{name,client,pubkey},"keypair":base64(seed ‖ public key)}}: FLNet 0.7 and
  /// 0.10 load it too.
  std::string to_json() const;

  friend bool operator==(const NodeConfig&, const NodeConfig&) = default;
};

}  // namespace flnet
