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

/// Of Ed25519 (RFC 8032 §5.1.6).
using Signature = std::array<std::uint8_t, 64>;

/// A node as others see it.
struct NodeInfo {
  std::string name;    ///< For people; at most 256 bytes of UTF-8.
  std::string client;  ///< The implementation, "libc" natively as Rust's native nodes say.
  NodeID public_key;   ///< Ed25519 (RFC 8032)
  Modules modules = default_modules;

  /// The node's id: its public key itself.
  NodeID id() const { return public_key; }

  /// Whether `signature` is this node's over `message`. False also for a key that is none.
  Task<bool> verify(Bytes message, Signature signature) const;

  /// Reads a stored NodeInfo: NodeInfoV2 and NodeInfoV3 as JSON or YAML, and NodeInfoV1 {info, client,
  /// pubkey} as JSON or TOML, as FLNet's Rust releases wrote them. Damaged text is invalid_message (too
  /// long, above 64 KiB, too_large) with the place in the detail: "NodeInfoV2.pubkey: …".
  static Result<NodeInfo> parse(std::string_view text);
  /// {"NodeInfoV2":{name,client,pubkey}}, which FLNet 0.7 and fledger 0.10 read too.
  std::string to_json() const;

  friend bool operator==(const NodeInfo&, const NodeInfo&) = default;
};

/// A node's identity: its info and the Ed25519 seed (RFC 8032 §5.1.5). Keep it secret.
struct NodeConfig {
  NodeInfo info;
  std::array<std::uint8_t, 32> seed{};

  /// Signs `message` (RFC 8032). system when the key can't be used.
  Task<Result<Signature>> sign(Bytes message) const;

  /// A new key pair and a readable random name such as "Amber Heron". unsupported where the platform has no
  /// Ed25519: a page that is not a secure context, or an older browser; system when it fails otherwise.
  static Task<Result<NodeConfig>> generate();
  /// Reads a stored identity in every form that FLNet's Rust releases wrote, and our own: JSON or YAML of
  /// NodeConfigV1 or NodeConfigV2, and the TOML of before 0.7. Where that TOML has no key pair, a new one
  /// is made, and a new name where it has none; an empty text is an empty TOML, a new identity. Errors are
  /// those of `from_json`; of text that isn't even JSON, YAML or TOML the detail says line and column.
  static Task<Result<NodeConfig>> parse(std::string_view text);
  /// Reads what `to_json` writes, JSON only. Damaged text is invalid_message with the place in the detail
  /// ("NodeConfigV1.keypair: …"), and so is a public key that doesn't belong to the seed. Above 64 KiB it
  /// is too_large.
  static Task<Result<NodeConfig>> from_json(std::string_view json);
  /// {"NodeConfigV1":{"info":{name,client,pubkey},"keypair":base64(seed ‖ public key)}}: FLNet 0.7 and
  /// 0.10 load it too.
  std::string to_json() const;

  friend bool operator==(const NodeConfig&, const NodeConfig&) = default;
};

}  // namespace flnet
