// SPDX-License-Identifier: MIT OR Apache-2.0
// Loading and keeping an identity.
#include "identity.hpp"

#include <filesystem>

namespace ping {

flnet::Task<flnet::Result<flnet::NodeConfig>> load_identity(std::string file) {
  if (file.empty()) co_return co_await flnet::NodeConfig::generate();
  const std::filesystem::path path(file);
  const auto storage = flnet::folder_storage(path.parent_path().string());
  co_return co_await flnet::load_or_create_identity(*storage, path.filename().string());
}

}  // namespace ping
