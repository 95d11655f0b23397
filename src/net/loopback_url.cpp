// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading the host out of a WebSocket URL.
#include "net/loopback_url.hpp"

#include <flnet/socket_address.hpp>

namespace flnet::net {

bool is_loopback_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return false;
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (!host.empty() && host.front() == '[') {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.rfind(':'));
  }
  if (host == "localhost" || host.ends_with(".localhost")) return true;
  const auto address = IpAddress::parse(host);
  return address && address->is_loopback();
}

}  // namespace flnet::net
