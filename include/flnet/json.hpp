// SPDX-License-Identifier: MIT OR Apache-2.0
// Ids as JSON text, in the form in which FLNet's Rust releases write them. (NodeInfo and NodeConfig have
// `to_json` and `parse` of their own.)
#pragma once

#include <flnet/node_ids.hpp>
#include <flnet/result.hpp>
#include <flnet/u256.hpp>

#include <string>
#include <string_view>

namespace flnet {

/// A string of 64 hex digits.
std::string to_json(const U256& value);
/// Reads that, and what else U256::parse takes; else invalid_message.
Result<U256> u256_from_json(std::string_view json);

/// An array of such strings.
std::string to_json(const NodeIDs& ids);
/// Reads that, at most 1 MiB of it (too_large); invalid_message names the place of a fault: "[3]: …".
Result<NodeIDs> node_ids_from_json(std::string_view json);

}  // namespace flnet
