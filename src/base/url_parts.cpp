// SPDX-License-Identifier: MIT OR Apache-2.0
// Hosts, ports and what is around them.
#include "base/url_parts.hpp"

#include "base/numbers.hpp"

#include <flnet/socket_address.hpp>

#include <algorithm>
#include <optional>

namespace flnet {
namespace {

constexpr std::size_t max_host_bytes = 253;  ///< RFC 1035 §2.3.4, without the root's length and dot.
constexpr std::size_t max_shown_bytes = 100;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_name_character(char c) {
  c = lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/// `authority` keeps what follows the host.
std::optional<std::string_view> take_host(std::string_view& authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    const auto address = IpAddress::parse(host);
    if (!address || address->is_v4()) return std::nullopt;
    return host;
  }
  const std::string_view host = authority.substr(0, authority.find(':'));
  authority.remove_prefix(host.size());
  const bool fits = !host.empty() && host.size() <= max_host_bytes && !host.starts_with('.') &&
                    std::ranges::all_of(host, is_name_character);
  if (!fits) return std::nullopt;
  return host;
}

}  // namespace

bool take_prefix(std::string_view& rest, std::string_view prefix) {
  if (rest.size() < prefix.size()) return false;
  if (!std::ranges::equal(rest.substr(0, prefix.size()), prefix, {}, lower)) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

std::expected<HostPort, std::string_view> read_host_port(std::string_view authority,
                                                         std::uint16_t default_port) {
  const auto host = take_host(authority);
  const bool goes_on = !authority.empty();
  if (!host || (goes_on && !authority.starts_with(':')))
    return std::unexpected("its host is neither a name nor an address");
  if (goes_on) authority.remove_prefix(1);
  if (authority.empty()) return HostPort{*host, default_port};
  const auto port = read_number(authority, 10, 65535);
  if (port.value_or(0) == 0) return std::unexpected("its port is not between 1 and 65535");
  return HostPort{*host, static_cast<std::uint16_t>(*port)};
}

std::string host_port_text(std::string_view host, std::uint16_t port, std::uint16_t default_port) {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  std::string text;
  if (is_v6) text += '[';
  text += host;
  if (is_v6) text += ']';
  if (port != default_port) (text += ':') += std::to_string(port);
  return text;
}

std::string shown_url(std::string_view url) {
  std::string shown(url.substr(0, max_shown_bytes));
  std::ranges::replace_if(shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

}  // namespace flnet
