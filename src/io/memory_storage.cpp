// SPDX-License-Identifier: MIT OR Apache-2.0
// DataStorage in memory: for tests, and for programs that want to leave no trace.
#include "io/storage_name.hpp"

#include <flnet/data_storage.hpp>

#include <map>

namespace flnet {
namespace {

class MemoryStorage final : public DataStorage {
 public:
  Task<Result<std::optional<std::string>>> get(std::string name) override {
    if (auto good = io::check_storage_name(name); !good) co_return failure(good.error());
    const auto found = values_.find(name);
    if (found == values_.end()) co_return std::nullopt;
    co_return found->second;
  }

  Task<Result<>> set(std::string name, std::string value) override {
    if (auto good = io::check_storage_name(name); !good) co_return good;
    if (auto good = io::check_storage_size(name, value.size()); !good) co_return good;
    values_[std::move(name)] = std::move(value);
    co_return Result<>{};
  }

  Task<Result<>> remove(std::string name) override {
    if (auto good = io::check_storage_name(name); !good) co_return good;
    values_.erase(name);
    co_return Result<>{};
  }

 private:
  std::map<std::string, std::string> values_;
};

}  // namespace

Task<Result<>> DataStorage::claim(std::string name) {
  co_return io::check_storage_name(name);
}

std::unique_ptr<DataStorage> memory_storage() {
  return std::make_unique<MemoryStorage>();
}

}  // namespace flnet
