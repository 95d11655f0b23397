// SPDX-License-Identifier: MIT OR Apache-2.0
// The identity that a program keeps in a DataStorage.
#include "net/stored_identity.hpp"

#include <flnet/data_storage.hpp>

namespace flnet {
namespace {

Task<Result<NodeConfig>> keep(DataStorage& storage, std::string name, NodeConfig config) {
  if (auto kept = co_await storage.set(std::move(name), config.to_json() + '\n'); !kept) {
    co_return failure(kept.error());
  }
  co_return config;
}

std::unexpected<Error> damaged(const std::string& name, const Error& error) {
  return failure(error.code, name + ": " + error.detail);
}

}  // namespace

Task<Result<NodeConfig>> load_or_create_identity(DataStorage& storage, std::string name) {
  if (auto ours = co_await storage.claim(name); !ours) co_return failure(ours.error());
  const auto text = co_await storage.get(name);
  if (!text) co_return failure(text.error());
  if (!*text) {
    auto fresh = co_await NodeConfig::generate();
    if (!fresh) co_return failure(fresh.error());
    co_return co_await keep(storage, std::move(name), std::move(*fresh));
  }
  auto stored = net::read_identity(**text);
  if (!stored) co_return damaged(name, stored.error());
  const bool is_whole = stored->has_key && stored->has_names;
  auto config = co_await net::complete_identity(std::move(*stored));
  if (!config) co_return damaged(name, config.error());
  // A document that is whole stays as it is: FLNet's Rust releases may go on reading it.
  if (is_whole) co_return config;
  co_return co_await keep(storage, std::move(name), std::move(*config));
}

}  // namespace flnet
