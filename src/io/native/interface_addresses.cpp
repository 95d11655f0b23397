// SPDX-License-Identifier: MIT OR Apache-2.0
// Interface addresses from getifaddrs, filtered and ordered.
#include "io/native/interface_addresses.hpp"

#include "io/native/udp_socket.hpp"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace flnet::io {

std::vector<IpAddress> interface_addresses() {
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> list(first, &::freeifaddrs);

  std::vector<IpAddress> addresses;
  for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    const auto family = entry->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    SystemAddress address;
    std::memcpy(&address, entry->ifa_addr, family == AF_INET ? sizeof(address.v4) : sizeof(address.v6));
    addresses.push_back(read_system_address(address).ip);
  }
  return addresses;
}

std::vector<IpAddress> usable_addresses(std::vector<IpAddress> addresses, bool loopback) {
  std::erase_if(addresses, [](const IpAddress& address) {
    return address.is_link_local() || address.is_multicast() || address.is_unspecified();
  });
  std::ranges::stable_sort(addresses, {}, [](const IpAddress& address) {
    return std::pair(address.is_loopback(), address.is_v4());
  });
  std::vector<IpAddress> usable;
  for (const auto& address : addresses) {
    if (usable.size() == max_interface_addresses) break;
    if (address.is_loopback() && !loopback && !usable.empty() && !usable.back().is_loopback()) break;
    if (std::ranges::find(usable, address) == usable.end()) usable.push_back(address);
  }
  return usable;
}

}  // namespace flnet::io
