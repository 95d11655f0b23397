// SPDX-License-Identifier: MIT OR Apache-2.0
// folder_storage in WASM: IndexedDB in a page, files in Node.
#include "io/storage_name.hpp"
#include "io/wasm/promise.hpp"

#include <flnet/data_storage.hpp>

#include <set>
#include <utility>

extern "C" {
void flnet_storage_get(int promise, const char* folder, std::size_t folder_size, const char* name,
                       std::size_t name_size);
void flnet_storage_set(int promise, const char* folder, std::size_t folder_size, const char* name,
                       std::size_t name_size, const char* value, std::size_t size);
void flnet_storage_remove(int promise, const char* folder, std::size_t folder_size, const char* name,
                          std::size_t name_size);
int flnet_claims_make();
void flnet_claims_drop(int claims);
void flnet_claims_add(int promise, int claims, const char* folder, std::size_t folder_size, const char* name,
                      std::size_t name_size);
}

namespace flnet {
namespace {

class FolderStorage final : public DataStorage {
 public:
  explicit FolderStorage(std::string folder) : folder_(std::move(folder)), claims_(flnet_claims_make()) {}
  ~FolderStorage() override { flnet_claims_drop(claims_); }
  FolderStorage(const FolderStorage&) = delete;
  FolderStorage& operator=(const FolderStorage&) = delete;

  Task<Result<std::optional<std::string>>> get(std::string name) override {
    if (auto good = io::check_storage_name(name); !good) co_return failure(good.error());
    io::Promise promise;
    flnet_storage_get(promise.handle(), folder_.data(), folder_.size(), name.data(), name.size());
    const auto value = co_await promise.outcome(ErrorCode::storage, "read " + name);
    if (!value) co_return failure(value.error());
    if (!*value) co_return std::nullopt;
    if (auto good = io::check_storage_size(name, (*value)->size()); !good) co_return failure(good.error());
    co_return std::string(as_text(**value));
  }

  Task<Result<>> set(std::string name, std::string value) override {
    if (auto good = io::check_storage_name(name); !good) co_return good;
    if (auto good = io::check_storage_size(name, value.size()); !good) co_return good;
    io::Promise promise;
    flnet_storage_set(promise.handle(), folder_.data(), folder_.size(), name.data(), name.size(),
                      value.data(), value.size());
    const auto done = co_await promise.outcome(ErrorCode::storage, "store " + name);
    if (!done) co_return failure(done.error());
    co_return Result<>{};
  }

  Task<Result<>> remove(std::string name) override {
    if (auto good = io::check_storage_name(name); !good) co_return good;
    io::Promise promise;
    flnet_storage_remove(promise.handle(), folder_.data(), folder_.size(), name.data(), name.size());
    const auto done = co_await promise.outcome(ErrorCode::storage, "remove " + name);
    if (!done) co_return failure(done.error());
    co_return Result<>{};
  }

  Task<Result<>> claim(std::string name) override {
    if (auto good = io::check_storage_name(name); !good) co_return good;
    if (claimed_.contains(name)) co_return Result<>{};
    io::Promise promise;
    flnet_claims_add(promise.handle(), claims_, folder_.data(), folder_.size(), name.data(), name.size());
    const auto answer = co_await promise.outcome(ErrorCode::storage, "claim " + name);
    if (!answer) co_return failure(answer.error());
    if (*answer != Bytes{1})
      co_return failure(ErrorCode::in_use, name + ": another tab of this page holds it");
    claimed_.insert(std::move(name));
    co_return Result<>{};
  }

 private:
  std::string folder_;
  int claims_;
  std::set<std::string> claimed_;
};

}  // namespace

std::unique_ptr<DataStorage> folder_storage(std::string folder) {
  return std::make_unique<FolderStorage>(std::move(folder));
}

}  // namespace flnet
