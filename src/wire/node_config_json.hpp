// SPDX-License-Identifier: MIT OR Apache-2.0
// How a node's identity is stored: every form that FLNet's Rust releases wrote, and our own.
#pragma once

#include "base/text_tree.hpp"

#include <flnet/node_info.hpp>
#include <flnet/result.hpp>

#include <string>
#include <string_view>

namespace flnet::wire {

inline constexpr std::size_t max_node_config_bytes = 64 * 1024;

/// An identity as far as its document tells it. Only the older TOML may leave something out.
struct StoredIdentity {
  NodeConfig config;
  bool has_names = true;  ///< The node's name and client.
  bool has_key = true;    ///< Seed and public key.
  std::string_view form;  ///< The document's name for itself, for errors: "NodeConfigV1".
};

/// {"NodeConfigV1":{"info":{name,client,pubkey},"keypair":base64(seed ‖ public key)}}. Modules other than
/// default_modules are a further field of `info`, which FLNet 0.7 ignores and fledger 0.10 reads.
std::string encode_node_config(const NodeConfig& config);

/// Reads that, and fledger 0.10's NodeConfigV2 {info: NodeInfoV3, keypair: hex}, from JSON or from YAML.
/// Damaged text, or two public keys that differ, is invalid_message with the place; whether the public key
/// belongs to the seed is left to who has the cryptography.
Result<StoredIdentity> decode_identity(std::string_view json);
Result<StoredIdentity> decode_identity(const TextTree& yaml);

/// The TOML of before: {v1: {keypair?: 64 numbers, our_node?: {info, client, pubkey?: 32 numbers}}}, or
/// nothing at all. Where the key pair is missing there may be no field of another name.
Result<StoredIdentity> decode_older_identity(const TextTree& toml);

/// `decode_identity` for who wants the identity only.
Result<NodeConfig> decode_node_config(std::string_view json);

}  // namespace flnet::wire
