// SPDX-License-Identifier: MIT OR Apache-2.0
// Names that mean the same, and nothing else, in every file system and database.
#include "io/storage_name.hpp"

#include "base/encoding.hpp"

#include <flnet/data_storage.hpp>

#include <algorithm>

namespace flnet::io {
namespace {

bool means_something(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f || std::string_view("/\\:*?\"<>|").find(c) != std::string_view::npos;
}

}  // namespace

Result<> check_storage_name(std::string_view name) {
  const auto refuse = [](std::string_view why) {
    return failure(ErrorCode::invalid_argument, std::string("the name of a stored value ").append(why));
  };
  if (name.empty()) return refuse("is empty");
  if (name.size() > DataStorage::max_name_bytes) {
    return refuse("is longer than " + std::to_string(DataStorage::max_name_bytes) + " bytes");
  }
  if (name == "." || name == "..") return refuse("is a folder's");
  if (name.starts_with(' ') || name.ends_with(' ')) return refuse("begins or ends with a space");
  if (!is_utf8(name)) return refuse("is not UTF-8");
  if (std::ranges::any_of(name, means_something)) {
    return refuse("holds a control character or one of / \\ : * ? \" < > |");
  }
  return {};
}

Result<> check_storage_size(std::string_view name, std::size_t bytes) {
  if (bytes <= DataStorage::max_value_bytes) return {};
  return failure(ErrorCode::too_large, std::string(name) + ": a value has at most " +
                                           std::to_string(DataStorage::max_value_bytes) + " bytes");
}

}  // namespace flnet::io
