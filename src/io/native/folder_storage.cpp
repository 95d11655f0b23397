// SPDX-License-Identifier: MIT OR Apache-2.0
// DataStorage in a folder: a file for each value.
#include "io/native/file_text.hpp"
#include "io/storage_name.hpp"

#include <flnet/data_storage.hpp>

#include <filesystem>

namespace flnet {
namespace {

class FolderStorage final : public DataStorage {
 public:
  explicit FolderStorage(std::string folder) : folder_(std::move(folder)) {}

  Task<Result<std::optional<std::string>>> get(std::string name) override {
    if (auto good = io::check_storage_name(name); !good) co_return failure(good.error());
    co_return io::read_file(path_of(name), max_value_bytes);
  }

  Task<Result<>> set(std::string name, std::string value) override {
    if (auto good = io::check_storage_name(name); !good) co_return good;
    if (auto good = io::check_storage_size(name, value.size()); !good) co_return good;
    if (auto made = io::make_private_folder(folder_); !made) co_return made;
    co_return io::replace_file(path_of(name), value);
  }

  Task<Result<>> remove(std::string name) override {
    if (auto good = io::check_storage_name(name); !good) co_return good;
    co_return io::remove_file(path_of(name));
  }

 private:
  std::string path_of(const std::string& name) const {
    return (std::filesystem::path(folder_) / name).string();
  }

  std::string folder_;
};

}  // namespace

std::unique_ptr<DataStorage> folder_storage(std::string folder) {
  return std::make_unique<FolderStorage>(std::move(folder));
}

}  // namespace flnet
