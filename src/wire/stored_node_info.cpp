// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads and writes NodeInfo as it is stored.
#include "wire/stored_node_info.hpp"

#include "base/encoding.hpp"
#include "wire/json_text.hpp"
#include "wire/node_info_json.hpp"

namespace flnet::wire {
namespace {

NodeInfo v1_from_json(const JsonCursor& at) {
  NodeInfo info;
  info.name = at.field("info").text(max_name_bytes);
  info.client = at.field("client").text(max_name_bytes);
  std::array<std::uint8_t, U256::size> key{};
  read_octets(at.field("pubkey"), key);
  info.public_key = U256(key);
  return info;
}

NodeInfo any_info_from_json(const JsonCursor& at) {
  if (at.has("info")) return v1_from_json(at);
  if (at.has("name")) return stored_info_from_json(at);
  return versioned_info_from_json(at);
}

Result<NodeInfo> decode_document(const TextTree& document) {
  JsonFault fault;
  NodeInfo info = any_info_from_json(JsonCursor(document, {}, fault));
  if (fault.noted()) return failure(fault.error());
  return info;
}

}  // namespace

void read_base64_or_hex(const JsonCursor& at, ByteSpan out) {
  // Base64 of as many bytes is shorter than their hex: the length tells.
  if (at.text_size() == 2 * out.size()) {
    at.hex(out);
  } else {
    at.base64(out);
  }
}

void read_octets(const JsonCursor& at, ByteSpan out) {
  const std::size_t there = at.elements(out.size());
  if (there < out.size()) at.fault("must be " + std::to_string(out.size()) + " numbers");
  for (std::size_t i = 0; i < there; ++i) {
    out[i] = static_cast<std::uint8_t>(at.element(i).number(0xff));
  }
}

NodeInfo stored_info_from_json(const JsonCursor& at) {
  NodeInfo info;
  info.name = at.field("name").text(max_name_bytes);
  info.client = at.field("client").text(max_name_bytes);
  std::array<std::uint8_t, U256::size> key{};
  read_base64_or_hex(at.field("pubkey"), key);
  info.public_key = U256(key);
  if (at.has("modules")) info.modules = modules_from_text(at.field("modules"));
  return info;
}

NodeInfo versioned_info_from_json(const JsonCursor& at) {
  const std::string_view form = at.only_key();
  if (form == "NodeInfoV2") return stored_info_from_json(at.field(form));
  if (form == "NodeInfoV3") return node_info_from_json(at).info;
  at.fault("is no NodeInfo");
  return {};
}

void write_stored_info(JsonWriter& json, const NodeInfo& info) {
  json.open_object();
  write_older_node_info(json, info);
  if (info.modules != default_modules) json.field("modules").text(modules_to_older_text(info.modules));
  json.close_object();
}

std::string encode_node_info(const NodeInfo& info) {
  JsonWriter json;
  json.open_object().field("NodeInfoV2");
  write_stored_info(json, info);
  return json.close_object().take();
}

Result<NodeInfo> decode_node_info(std::string_view json) {
  const Result<TextTree> document = parse_json(json, max_stored_info_bytes);
  if (!document) return failure(document.error());
  return decode_document(*document);
}

Result<NodeInfo> decode_node_info(const TextTree& document) {
  return decode_document(document);
}

}  // namespace flnet::wire
