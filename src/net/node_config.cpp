// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeInfo and NodeConfig: make, store and load a node's identity.
#include "base/names.hpp"
#include "base/random.hpp"
#include "io/identity_text.hpp"
#include "io/keys.hpp"
#include "net/stored_identity.hpp"
#include "wire/stored_node_info.hpp"
#include "wire/text_form.hpp"

#include <flnet/node_info.hpp>

#include <utility>

namespace flnet {
namespace {

Task<Result<NodeConfig>> completed(Result<wire::StoredIdentity> stored) {
  if (!stored) co_return failure(stored.error());
  co_return co_await net::complete_identity(std::move(*stored));
}

}  // namespace

Result<NodeInfo> NodeInfo::parse(std::string_view text) {
  const wire::TextForm form = wire::text_form(text);
  if (form == wire::TextForm::json) return wire::decode_node_info(text);
  const auto tree = form == wire::TextForm::yaml ? io::read_yaml(text) : io::read_toml(text);
  if (!tree) return failure(tree.error());
  return wire::decode_node_info(*tree);
}

std::string NodeInfo::to_json() const {
  return wire::encode_node_info(*this);
}

Task<bool> NodeInfo::verify(Bytes message, Signature signature) const {
  return io::verify(public_key, std::move(message), signature);
}

Task<Result<Signature>> NodeConfig::sign(Bytes message) const {
  return io::sign(seed, std::move(message));
}

Task<Result<NodeConfig>> NodeConfig::generate() {
  const auto seed = co_await io::generate_seed();
  if (!seed) co_return failure(seed.error());
  const auto key = co_await io::public_key(*seed);
  if (!key) co_return failure(key.error());
  SystemRandom random;
  NodeConfig config;
  config.info.name = random_name(random);
  config.info.client = "libc";
  config.info.public_key = *key;
  config.seed = *seed;
  co_return config;
}

// Neither is a coroutine itself: the text is only looked at during the call.
Task<Result<NodeConfig>> NodeConfig::parse(std::string_view text) {
  return completed(net::read_identity(text));
}

Task<Result<NodeConfig>> NodeConfig::from_json(std::string_view json) {
  return completed(wire::decode_identity(json));
}

std::string NodeConfig::to_json() const {
  return wire::encode_node_config(*this);
}

}  // namespace flnet
