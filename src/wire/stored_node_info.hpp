// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeInfo as it is stored, alone or as a part of a NodeConfig.
#pragma once

#include "base/text_tree.hpp"
#include "wire/json_cursor.hpp"
#include "wire/json_writer.hpp"

#include <flnet/node_info.hpp>
#include <flnet/result.hpp>

#include <string>
#include <string_view>

namespace flnet::wire {

inline constexpr std::size_t max_stored_info_bytes = 64 * 1024;

/// {"NodeInfoV2":{name,client,pubkey}}: FLNet 0.7 and fledger 0.10 read it. Modules other than
/// default_modules are a further field.
std::string encode_node_info(const NodeInfo& info);

/// Reads NodeInfoV2, NodeInfoV3, the fields of NodeInfoV2 without the name around them, and NodeInfoV1
/// {info, client, pubkey: 32 numbers}, which FLNet before 0.7 stored as JSON or TOML.
Result<NodeInfo> decode_node_info(std::string_view json);
Result<NodeInfo> decode_node_info(const TextTree& document);

/// {name, client, pubkey, modules?}. The key is in base64, or hex as fledger 0.9.0 wrote it.
NodeInfo stored_info_from_json(const JsonCursor& at);
/// {"NodeInfoV2": those fields} or {"NodeInfoV3": …}.
NodeInfo versioned_info_from_json(const JsonCursor& at);
/// What stored_info_from_json reads, with modules only where they are not default_modules.
void write_stored_info(JsonWriter& json, const NodeInfo& info);

/// Base64, or two hex digits a byte: fledger 0.9.0 kept the older forms' names when it went over to hex.
void read_base64_or_hex(const JsonCursor& at, ByteSpan out);
/// Exactly `out.size()` numbers from 0 to 255.
void read_octets(const JsonCursor& at, ByteSpan out);

}  // namespace flnet::wire
