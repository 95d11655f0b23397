// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeInfo's JSON forms: bare (0.7), NodeInfoV2 and NodeInfoV3 (0.10).
#pragma once

#include "wire/json_cursor.hpp"
#include "wire/json_writer.hpp"
#include "wire/signal_message.hpp"

namespace flnet::wire {

/// The fields of an object: name, client, pubkey in base64.
void write_older_node_info(JsonWriter& json, const NodeInfo& info);
/// 0.7: an object of those fields. 0.10: {"NodeInfoV3": {name, client, pubkey: hex, modules}}, and `dialect`
/// when the node itself speaks 0.7.
void write_node_info(JsonWriter& json, const NodeInfo& info, Dialect shape, Dialect spoken);
/// Any of the three forms; `dialect` is that of the form.
ListedNode node_info_from_json(const JsonCursor& at);

/// "STAT | RAND"; bits without a name follow as hex, as Rust's crate bitflags writes them.
std::string modules_to_text(Modules modules);
/// "ENABLE_STAT | 0xc0": the names that a stored NodeInfoV2 has in fledger 0.9.1 to 0.10; there, DHT_ROUTER
/// and DHT_STORAGE have none.
std::string modules_to_older_text(Modules modules);
/// Reads both; names that a newer release may have brought are left out.
Modules modules_from_text(const JsonCursor& at);

}  // namespace flnet::wire
