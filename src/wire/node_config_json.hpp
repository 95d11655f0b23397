// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeConfig's JSON: how a node's identity is stored.
#pragma once

#include <flnet/node_info.hpp>
#include <flnet/result.hpp>

#include <string>
#include <string_view>

namespace flnet::wire {

inline constexpr std::size_t max_node_config_bytes = 64 * 1024;

/// {"NodeConfigV1":{"info":{name,client,pubkey},"keypair":base64(seed ‖ public key)}}. Modules other than
/// default_modules are a further field of `info`, which FLNet's Rust releases ignore.
std::string encode_node_config(const NodeConfig& config);

/// Reads that, and fledger 0.10's NodeConfigV2 {info: NodeInfoV3, keypair: hex}. Damaged text, or two
/// public keys that differ, is invalid_message with the place; whether the public key belongs to the seed
/// is left to who has the cryptography.
Result<NodeConfig> decode_node_config(std::string_view json);

}  // namespace flnet::wire
