// SPDX-License-Identifier: MIT OR Apache-2.0
// DataStorage: named values that outlive the program, and the identity kept in one of them.
#pragma once

#include <flnet/node_info.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace flnet {

/// Keeps values under names. A value is any bytes, at most max_value_bytes (too_large). A name is 1 to
/// max_name_bytes of UTF-8 that may name a file anywhere: no control characters, none of / \ : * ? " < > |,
/// no space at either end, and neither "." nor ".." (invalid_argument). The tasks refer to the storage,
/// which outlives them. Applications may derive storages of their own.
class DataStorage {
 public:
  static constexpr std::size_t max_value_bytes = 1024 * 1024;
  static constexpr std::size_t max_name_bytes = 200;

  DataStorage() = default;
  virtual ~DataStorage() = default;
  DataStorage(const DataStorage&) = delete;
  DataStorage& operator=(const DataStorage&) = delete;

  /// The value, or nothing when there is none of that name; storage when it can't be read.
  virtual Task<Result<std::optional<std::string>>> get(std::string name) = 0;
  /// Replaces the value as a whole: after an error, or a crash in between, the old one is still there.
  virtual Task<Result<>> set(std::string name, std::string value) = 0;
  /// That there is no such value is no error.
  virtual Task<Result<>> remove(std::string name) = 0;
  /// From now on `name` is this storage's alone, for as long as the storage lives: in_use when another holds
  /// it. Claiming what one holds is no error. Only folder_storage in a page holds anything, against the other
  /// tabs of the page's origin; elsewhere all claims are granted.
  virtual Task<Result<>> claim(std::string name);
};

/// Natively: each value a file of its name in `folder`, readable by its owner only (mode 0600). The folder
/// is made at the first `set` (mode 0700) when it isn't there; an empty name is the working directory.
/// Files are read and written at once, on the calling thread. Not for two programs that write the same
/// name at the same time: the later one wins. In Node the same, asynchronously. In a page: the origin's
/// IndexedDB, where `folder` is a part of the names.
std::unique_ptr<DataStorage> folder_storage(std::string folder);

/// Gone with the object.
std::unique_ptr<DataStorage> memory_storage();

/// The identity stored under `name`, in any form that NodeConfig::parse reads; when nothing is stored, a
/// new one, which is stored as JSON. So is what had to be made anew (see NodeConfig::parse). A damaged
/// value is an error whose detail names the place, and stays as it is. The name is claimed: two tabs of a
/// page that were one node would fight for its connections. in_use is the later tab's answer; it may take
/// another name, or NodeConfig::generate().
Task<Result<NodeConfig>> load_or_create_identity(DataStorage& storage, std::string name);

}  // namespace flnet
