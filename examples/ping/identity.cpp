// SPDX-License-Identifier: MIT OR Apache-2.0
// Loading and keeping an identity.
#include "identity.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace ping {

using flnet::ErrorCode;
using flnet::NodeConfig;
using flnet::Result;

namespace {

Result<> store(const NodeConfig& config, const std::string& file) {
  using std::filesystem::perms;
  std::ofstream out(file);
  std::error_code failed;
  // The key is the node's identity: nobody else may read it.
  std::filesystem::permissions(file, perms::owner_read | perms::owner_write, failed);
  out << config.to_json() << '\n';
  out.close();
  if (!out || failed) return flnet::failure(ErrorCode::storage, "can't write " + file);
  return {};
}

}  // namespace

flnet::Task<Result<NodeConfig>> load_identity(std::string file) {
  if (file.empty()) co_return co_await NodeConfig::generate();
  if (!std::filesystem::exists(file)) {
    auto config = co_await NodeConfig::generate();
    if (auto stored = store(config, file); !stored) co_return flnet::failure(stored.error());
    co_return config;
  }
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  if (!in) co_return flnet::failure(ErrorCode::storage, "can't read " + file);
  const std::string json = text.str();
  auto config = co_await NodeConfig::from_json(json);
  if (!config) co_return flnet::failure(config.error().code, file + ": " + config.error().detail);
  co_return config;
}

}  // namespace ping
