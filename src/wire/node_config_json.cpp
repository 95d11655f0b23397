// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads and writes stored identities.
#include "wire/node_config_json.hpp"

#include "base/encoding.hpp"
#include "wire/json_text.hpp"
#include "wire/signal_message.hpp"
#include "wire/stored_node_info.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace flnet::wire {
namespace {

/// Seed and public key (RFC 8032 §5.1.5), as Rust's ed25519 crates store a key pair.
using KeyPair = std::array<std::uint8_t, 64>;
using SeedAndKey = std::pair<std::array<std::uint8_t, 32>, U256>;

SeedAndKey taken_apart(const KeyPair& pair) {
  SeedAndKey apart;
  std::array<std::uint8_t, U256::size> key{};
  std::copy_n(pair.begin(), apart.first.size(), apart.first.begin());
  std::copy(pair.begin() + 32, pair.end(), key.begin());
  apart.second = U256(key);
  return apart;
}

void take_key_pair(const JsonCursor& at, const KeyPair& pair, NodeConfig& config) {
  const auto [seed, key] = taken_apart(pair);
  config.seed = seed;
  if (key != config.info.public_key) at.fault("holds another public key than info.pubkey");
}

StoredIdentity read_v1(const JsonCursor& at) {
  StoredIdentity stored;
  stored.config.info = stored_info_from_json(at.field("info"));
  KeyPair pair{};
  read_base64_or_hex(at.field("keypair"), pair);
  take_key_pair(at.field("keypair"), pair, stored.config);
  stored.form = "NodeConfigV1";
  return stored;
}

StoredIdentity read_v2(const JsonCursor& at) {
  StoredIdentity stored;
  stored.config.info = versioned_info_from_json(at.field("info"));
  KeyPair pair{};
  at.field("keypair").hex(pair);
  take_key_pair(at.field("keypair"), pair, stored.config);
  stored.form = "NodeConfigV2";
  return stored;
}

StoredIdentity read_identity(const JsonCursor& at) {
  const std::string_view form = at.only_key();
  if (form == "NodeConfigV1") return read_v1(at.field(form));
  if (form == "NodeConfigV2") return read_v2(at.field(form));
  at.fault("is no NodeConfig");
  return {};
}

void read_older_key_pair(const JsonCursor& at, StoredIdentity& stored) {
  KeyPair pair{};
  read_octets(at, pair);
  std::tie(stored.config.seed, stored.config.info.public_key) = taken_apart(pair);
}

/// Its `id` is another word for the key and is not looked at; nor is its `pubkey` without a key pair, for
/// then there will be a new one.
void read_older_node(const JsonCursor& at, StoredIdentity& stored) {
  NodeInfo& info = stored.config.info;
  info.name = at.field("info").text(max_name_bytes);
  info.client = at.field("client").text(max_name_bytes);
  if (!stored.has_key || !at.has("pubkey")) return;
  std::array<std::uint8_t, U256::size> key{};
  read_octets(at.field("pubkey"), key);
  if (U256(key) != info.public_key) at.field("pubkey").fault("is another public key than keypair's");
}

StoredIdentity read_older_identity(const JsonCursor& at) {
  StoredIdentity stored;
  stored.form = "v1";
  stored.has_key = stored.has_names = false;
  if (at.size() == 0) return stored;
  const JsonCursor v1 = at.field("v1");
  v1.expect_object();
  stored.has_key = v1.has("keypair");
  stored.has_names = v1.has("our_node");
  // A key that only lies under a damaged name must not be given up for a new one.
  const bool has_more = at.size() > 1 || v1.size() > (stored.has_names ? 1 : 0);
  if (!stored.has_key && has_more) v1.fault("has no keypair, and fields that are not known");
  if (stored.has_key) read_older_key_pair(v1.field("keypair"), stored);
  if (stored.has_names) read_older_node(v1.field("our_node"), stored);
  return stored;
}

Result<StoredIdentity> decode_document(const TextTree& document) {
  JsonFault fault;
  StoredIdentity stored = read_identity(JsonCursor(document, {}, fault));
  if (fault.noted()) return failure(fault.error());
  return stored;
}

}  // namespace

std::string encode_node_config(const NodeConfig& config) {
  KeyPair pair{};
  std::ranges::copy(config.info.public_key.bytes(), std::ranges::copy(config.seed, pair.begin()).out);
  JsonWriter json;
  json.open_object().field("NodeConfigV1").open_object();
  json.field("info");
  write_stored_info(json, config.info);
  json.field("keypair").text(base64_encode(pair));
  return json.close_object().close_object().take();
}

Result<StoredIdentity> decode_identity(std::string_view json) {
  const Result<TextTree> document = parse_json(json, max_node_config_bytes);
  if (!document) return failure(document.error());
  return decode_document(*document);
}

Result<StoredIdentity> decode_identity(const TextTree& yaml) {
  return decode_document(yaml);
}

Result<StoredIdentity> decode_older_identity(const TextTree& toml) {
  JsonFault fault;
  StoredIdentity stored = read_older_identity(JsonCursor(toml, {}, fault));
  if (fault.noted()) return failure(fault.error());
  return stored;
}

Result<NodeConfig> decode_node_config(std::string_view json) {
  Result<StoredIdentity> stored = decode_identity(json);
  if (!stored) return failure(stored.error());
  return std::move(stored->config);
}

}  // namespace flnet::wire
