// SPDX-License-Identifier: MIT OR Apache-2.0
// A user's part that throws and asks for types: flnet's own options are not the user's.
#include <flnet/data_storage.hpp>
#include <flnet/message.hpp>

#include <stdexcept>

namespace {

struct OwnStorage final : flnet::DataStorage {
  flnet::Task<flnet::Result<std::optional<std::string>>> get(std::string) override {
    co_return std::optional<std::string>("kept");
  }
  flnet::Task<flnet::Result<>> set(std::string, std::string) override { co_return flnet::Result<>{}; }
  flnet::Task<flnet::Result<>> remove(std::string) override { co_return flnet::Result<>{}; }
};

}  // namespace

std::size_t size_of(const flnet::Message& message, flnet::DataStorage& storage) {
  if (dynamic_cast<OwnStorage*>(&storage) == nullptr) throw std::runtime_error("another storage");
  return message.bytes.size();
}
