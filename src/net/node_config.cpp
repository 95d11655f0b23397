// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeConfig: makes, stores and loads a node's identity.
#include "base/names.hpp"
#include "base/random.hpp"
#include "io/keys.hpp"
#include "wire/node_config_json.hpp"

#include <flnet/node_info.hpp>

#include <cstdlib>

namespace flnet {

Task<NodeConfig> NodeConfig::generate() {
  const auto seed = co_await io::generate_seed();
  // Without a source of random numbers there is no key that could be trusted, and nothing to go on with.
  if (!seed) std::abort();
  const auto key = co_await io::public_key(*seed);
  if (!key) std::abort();
  SystemRandom random;
  NodeConfig config;
  config.info.name = random_name(random);
  config.info.client = "libc";
  config.info.public_key = *key;
  config.seed = *seed;
  co_return config;
}

namespace {

Task<Result<NodeConfig>> check_seed(Result<NodeConfig> config) {
  if (!config) co_return config;
  const auto key = co_await io::public_key(config->seed);
  if (!key) co_return failure(key.error());
  if (*key != config->info.public_key) {
    co_return failure(ErrorCode::invalid_message, "keypair: the public key does not belong to the seed");
  }
  co_return config;
}

}  // namespace

// Not a coroutine itself: `json` is only looked at during the call.
Task<Result<NodeConfig>> NodeConfig::from_json(std::string_view json) {
  return check_seed(wire::decode_node_config(json));
}

std::string NodeConfig::to_json() const {
  return wire::encode_node_config(*this);
}

}  // namespace flnet
