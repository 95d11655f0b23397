// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads and writes stored identities.
#include "wire/node_config_json.hpp"

#include "base/encoding.hpp"
#include "wire/node_info_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace flnet::wire {
namespace {

/// Seed and public key (RFC 8032 §5.1.5), as Rust's ed25519-dalek stores a key pair.
using KeyPair = std::array<std::uint8_t, 64>;

void take_key_pair(const JsonCursor& at, const KeyPair& pair, NodeConfig& config) {
  std::copy_n(pair.begin(), config.seed.size(), config.seed.begin());
  if (!std::equal(pair.begin() + 32, pair.end(), config.info.public_key.bytes().begin())) {
    at.fault("holds another public key than info.pubkey");
  }
}

NodeConfig read_v1(const JsonCursor& at) {
  NodeConfig config;
  const JsonCursor info = at.field("info");
  ListedNode node = node_info_from_json(info);
  if (node.dialect != Dialect::v0_7) info.fault("must be a bare NodeInfo");
  config.info = std::move(node.info);
  if (info.has("modules")) config.info.modules = modules_from_text(info.field("modules"));
  KeyPair pair{};
  at.field("keypair").base64(pair);
  take_key_pair(at.field("keypair"), pair, config);
  return config;
}

NodeConfig read_v2(const JsonCursor& at) {
  NodeConfig config;
  config.info = node_info_from_json(at.field("info")).info;
  KeyPair pair{};
  at.field("keypair").hex(pair);
  take_key_pair(at.field("keypair"), pair, config);
  return config;
}

NodeConfig read_config(const JsonCursor& at) {
  const std::string_view form = at.only_key();
  if (form == "NodeConfigV1") return read_v1(at.field(form));
  if (form == "NodeConfigV2") return read_v2(at.field(form));
  at.fault("is no NodeConfig");
  return {};
}

}  // namespace

std::string encode_node_config(const NodeConfig& config) {
  KeyPair pair{};
  std::ranges::copy(config.info.public_key.bytes(), std::ranges::copy(config.seed, pair.begin()).out);
  Json info = node_info_to_json(config.info, Dialect::v0_7);
  if (config.info.modules != default_modules) info["modules"] = modules_to_text(config.info.modules);
  Json fields = Json::object();
  fields["info"] = std::move(info);
  fields["keypair"] = base64_encode(pair);
  Json document = Json::object();
  document["NodeConfigV1"] = std::move(fields);
  return write_json(document);
}

Result<NodeConfig> decode_node_config(std::string_view json) {
  const Result<Json> document = parse_json(json, max_node_config_bytes);
  if (!document) return failure(document.error());
  JsonFault fault;
  NodeConfig config = read_config(JsonCursor(*document, {}, fault));
  if (fault.noted()) return failure(fault.error());
  return config;
}

}  // namespace flnet::wire
