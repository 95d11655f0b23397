// SPDX-License-Identifier: MIT OR Apache-2.0
// What every DataStorage checks before it touches anything.
#pragma once

#include <flnet/result.hpp>

#include <cstddef>
#include <string_view>

namespace flnet::io {

/// The rules of DataStorage for names; invalid_argument.
Result<> check_storage_name(std::string_view name);
/// too_large above DataStorage::max_value_bytes.
Result<> check_storage_size(std::string_view name, std::size_t bytes);

}  // namespace flnet::io
