// SPDX-License-Identifier: MIT OR Apache-2.0
// NameLookup with getaddrinfo in threads.
#include "io/native/name_lookup.hpp"

#include "io/native/udp_socket.hpp"

#include <netdb.h>

#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace flnet::io {
namespace {

std::vector<IpAddress> resolve(const std::string& host) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* first = nullptr;
  if (::getaddrinfo(host.c_str(), nullptr, &wanted, &first) != 0) return {};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> list(first, &::freeaddrinfo);
  std::vector<IpAddress> addresses;
  for (const addrinfo* entry = first; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    SystemAddress address;
    std::memcpy(&address, entry->ai_addr,
                entry->ai_family == AF_INET ? sizeof(address.v4) : sizeof(address.v6));
    addresses.push_back(read_system_address(address).ip);
  }
  return addresses;
}

}  // namespace

/// What threads go through to reach the loop; shut when the NameLookup is gone.
struct NameLookup::Door {
  std::mutex mutex;
  NameLookup* owner = nullptr;  ///< Only used on the loop's thread.
  Loop* loop = nullptr;         ///< Guarded by the mutex.
  std::size_t threads = 0;      ///< Guarded by the mutex.
};

NameLookup::NameLookup(Loop& loop) : loop_(loop), door_(std::make_shared<Door>()) {
  door_->owner = this;
  door_->loop = &loop;
}

NameLookup::~NameLookup() {
  const std::scoped_lock lock(door_->mutex);
  door_->owner = nullptr;
  door_->loop = nullptr;
}

void NameLookup::look_up(const std::string& host, Found found) {
  const std::uint64_t number = next_number_++;
  waiting_.emplace(number, std::move(found));
  std::vector<IpAddress> known;
  if (const auto address = IpAddress::parse(host)) {
    known.push_back(*address);
  } else if (start_thread(number, host)) {
    return;
  }
  loop_.defer([door = door_, number, known = std::move(known)] {
    if (door->owner != nullptr) door->owner->answer(number, known);
  });
}

bool NameLookup::start_thread(std::uint64_t number, const std::string& host) {
  {
    const std::scoped_lock lock(door_->mutex);
    if (door_->threads == max_threads) return false;
    ++door_->threads;
  }
  const auto run = [door = door_, number, host] {
    auto addresses = resolve(host);
    const std::scoped_lock lock(door->mutex);
    --door->threads;
    if (door->loop == nullptr) return;
    door->loop->post([door, number, addresses = std::move(addresses)] {
      if (door->owner != nullptr) door->owner->answer(number, addresses);
    });
  };
  try {
    std::thread(run).detach();
  } catch (const std::system_error&) {  // no thread is to be had
    const std::scoped_lock lock(door_->mutex);
    --door_->threads;
    return false;
  }
  return true;
}

void NameLookup::answer(std::uint64_t number, const std::vector<IpAddress>& addresses) {
  const auto waiting = waiting_.extract(number);
  if (!waiting.empty()) waiting.mapped()(addresses);
}

}  // namespace flnet::io
