// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads and completes stored identities.
#include "net/stored_identity.hpp"

#include "io/identity_text.hpp"
#include "io/keys.hpp"
#include "wire/text_form.hpp"

namespace flnet::net {
namespace {

Task<Result<>> check_key(const wire::StoredIdentity& stored) {
  const auto key = co_await io::public_key(stored.config.seed);
  if (!key) co_return failure(key.error());
  if (*key != stored.config.info.public_key) {
    co_return failure(ErrorCode::invalid_message,
                      std::string(stored.form) + ".keypair: the public key does not belong to the seed");
  }
  co_return Result<>{};
}

}  // namespace

Result<wire::StoredIdentity> read_identity(std::string_view text) {
  const wire::TextForm form = wire::text_form(text);
  if (form == wire::TextForm::json) return wire::decode_identity(text);
  const auto tree = form == wire::TextForm::yaml ? io::read_yaml(text) : io::read_toml(text);
  if (!tree) return failure(tree.error());
  return form == wire::TextForm::yaml ? wire::decode_identity(*tree) : wire::decode_older_identity(*tree);
}

Task<Result<NodeConfig>> complete_identity(wire::StoredIdentity stored) {
  if (stored.has_key) {
    if (auto good = co_await check_key(stored); !good) co_return failure(good.error());
    if (stored.has_names) co_return std::move(stored.config);
  }
  auto fresh = co_await NodeConfig::generate();
  if (!fresh) co_return fresh;
  if (stored.has_key) {
    fresh->seed = stored.config.seed;
    fresh->info.public_key = stored.config.info.public_key;
  }
  if (stored.has_names) {
    fresh->info.name = std::move(stored.config.info.name);
    fresh->info.client = std::move(stored.config.info.client);
  }
  co_return fresh;
}

}  // namespace flnet::net
