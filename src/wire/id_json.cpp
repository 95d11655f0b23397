// SPDX-License-Identifier: MIT OR Apache-2.0
// Ids as JSON text.
#include "wire/json_cursor.hpp"
#include "wire/json_text.hpp"
#include "wire/json_writer.hpp"

#include <flnet/json.hpp>

namespace flnet {
namespace {

constexpr std::size_t max_ids_bytes = 1024 * 1024;

}  // namespace

std::string to_json(const U256& value) {
  return wire::JsonWriter().text(value.hex()).take();
}

Result<U256> u256_from_json(std::string_view json) {
  const auto document = wire::parse_json(json, max_ids_bytes);
  if (!document) return failure(document.error());
  wire::JsonFault fault;
  const U256 value = wire::JsonCursor(*document, {}, fault).u256();
  if (fault.noted()) return failure(fault.error());
  return value;
}

std::string to_json(const NodeIDs& ids) {
  wire::JsonWriter json;
  json.open_array();
  for (const NodeID& id : ids) json.text(id.hex());
  return json.close_array().take();
}

Result<NodeIDs> node_ids_from_json(std::string_view json) {
  const auto document = wire::parse_json(json, max_ids_bytes);
  if (!document) return failure(document.error());
  wire::JsonFault fault;
  const wire::JsonCursor array(*document, {}, fault);
  NodeIDs ids(array.elements(max_ids_bytes));
  for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = array.element(i).u256();
  if (fault.noted()) return failure(fault.error());
  return ids;
}

}  // namespace flnet
