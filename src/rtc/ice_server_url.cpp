// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads URLs of STUN and TURN servers and says what is wrong with the others.
#include "rtc/ice_server_url.hpp"

#include <flnet/socket_address.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace flnet::rtc {
namespace {

constexpr std::size_t max_url_bytes = 512;
constexpr std::size_t max_host_bytes = 253;  // RFC 1035 §2.3.4, without the root's length and dot
constexpr std::uint16_t default_port = 3478;

std::unexpected<Error> refuse(ErrorCode code, std::string_view url, std::string_view why) {
  std::string detail(url.substr(0, 100));
  std::ranges::replace_if(detail, [](char c) { return c < ' ' || c > '~'; }, '?');
  return failure(code, detail + " is no usable STUN or TURN server: " + std::string(why));
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Takes `prefix`, which is in lower case, off the front of `rest`, in any case (RFC 3986 §3.1).
bool take(std::string_view& rest, std::string_view prefix) {
  if (rest.size() < prefix.size()) return false;
  if (!std::ranges::equal(rest.substr(0, prefix.size()), prefix, {}, lower)) return false;
  rest.remove_prefix(prefix.size());
  return true;
}

bool is_name_character(char c) {
  c = lower(c);
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/// The host of "host:port", without brackets; `authority` keeps what follows.
std::optional<std::string_view> take_host(std::string_view& authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return {};
    const std::string_view host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    const auto address = IpAddress::parse(host);
    if (!address || address->is_v4()) return {};
    return host;
  }
  const std::string_view host = authority.substr(0, authority.find(':'));
  authority.remove_prefix(host.size());
  const bool fits = !host.empty() && host.size() <= max_host_bytes && !host.starts_with('.') &&
                    std::ranges::all_of(host, is_name_character);
  if (!fits) return {};
  return host;
}

/// ":port", or nothing at all.
std::optional<std::uint16_t> read_port(std::string_view text) {
  if (text.empty()) return default_port;
  std::uint16_t port = 0;
  const char* const last = text.data() + text.size();
  if (!text.starts_with(':')) return {};
  const auto [end, error] = std::from_chars(text.data() + 1, last, port);
  if (error != std::errc{} || end != last || port == 0) return {};
  return port;
}

Result<IceServerUrl> parse_rest(std::string_view url, std::string_view rest, IceServerKind kind) {
  if (rest.starts_with("//"))
    return refuse(ErrorCode::invalid_argument, url, "there is no // after the scheme");
  std::string_view authority = rest.substr(0, rest.find('?'));
  std::string_view query = rest.substr(authority.size());
  const auto host = take_host(authority);
  if (!host) return refuse(ErrorCode::invalid_argument, url, "its host is neither a name nor an address");
  const auto port = read_port(authority);
  if (!port) return refuse(ErrorCode::invalid_argument, url, "its port is not between 1 and 65535");
  if (!query.empty()) {
    const bool names_transport = take(query, "?transport=");
    if (kind == IceServerKind::stun || !names_transport)
      return refuse(ErrorCode::invalid_argument, url, "only turn: takes a query, and only ?transport=");
    if (!std::ranges::equal(query, std::string_view("udp"), {}, lower))
      return refuse(ErrorCode::unsupported, url, "servers are asked over UDP only");
  }
  return IceServerUrl{.kind = kind, .host = std::string(*host), .port = *port};
}

}  // namespace

std::string IceServerUrl::to_string() const {
  std::string text = kind == IceServerKind::stun ? "stun:" : "turn:";
  text += host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != default_port) text += ":" + std::to_string(port);
  return text;
}

Result<IceServerUrl> parse_ice_server_url(std::string_view url) {
  if (url.size() > max_url_bytes) return refuse(ErrorCode::invalid_argument, url, "it is too long");
  std::string_view rest = url;
  if (take(rest, "stun:")) return parse_rest(url, rest, IceServerKind::stun);
  if (take(rest, "turn:")) return parse_rest(url, rest, IceServerKind::turn);
  if (take(rest, "stuns:") || take(rest, "turns:"))
    return refuse(ErrorCode::unsupported, url, "TLS is not supported, servers are asked over UDP only");
  return refuse(ErrorCode::invalid_argument, url, "it must start with stun: or turn:");
}

}  // namespace flnet::rtc
