// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads WebSocket URLs (RFC 6455 §3, RFC 3986 §3) and says what is wrong with the others.
#include "io/web_socket_url.hpp"

#include "io/web_socket_client.hpp"

#include <flnet/socket_address.hpp>

#include <algorithm>
#include <charconv>
#include <optional>

namespace flnet::io {
namespace {

constexpr std::size_t max_url_bytes = 2048;
constexpr std::size_t max_host_bytes = 253;  ///< RFC 1035 §2.3.4, without the root's length and dot.
constexpr std::uint16_t default_port = 80, default_secure_port = 443;

auto bad(std::string_view url, std::string_view why) {
  std::string detail(url.substr(0, 100));
  std::ranges::replace_if(detail, [](char c) { return c < ' ' || c > '~'; }, '?');
  return failure(ErrorCode::invalid_argument, detail + " is no usable URL: " + std::string(why));
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_';
}

/// Takes `scheme` off the front of `rest`, in any case (RFC 3986 §3.1).
bool take_scheme(std::string_view& rest, std::string_view scheme) {
  if (rest.size() < scheme.size()) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; };
  if (!std::ranges::equal(rest.substr(0, scheme.size()), scheme, {}, lower)) return false;
  rest.remove_prefix(scheme.size());
  return true;
}

/// The host of "host:port", without brackets; `authority` keeps what follows.
std::optional<std::string_view> take_host(std::string_view& authority) {
  std::string_view host;
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = authority.substr(1, end - 1);
    authority.remove_prefix(end + 1);
    const Result<IpAddress> address = IpAddress::parse(host);
    if (!address || address->is_v4()) return std::nullopt;
    return host;
  }
  host = authority.substr(0, authority.find(':'));
  authority.remove_prefix(host.size());
  const bool fits = !host.empty() && host.size() <= max_host_bytes && !host.starts_with('.') &&
                    std::ranges::all_of(host, is_name_character);
  if (!fits) return std::nullopt;
  return host;
}

std::optional<std::uint16_t> read_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::string WebSocketUrl::authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (secure ? default_secure_port : default_port)) text += ":" + std::to_string(port);
  return text;
}

Result<WebSocketUrl> parse_web_socket_url(std::string_view url) {
  if (url.size() > max_url_bytes) return bad(url, "it is too long");
  WebSocketUrl parts;
  std::string_view rest = url;
  if (take_scheme(rest, "wss://")) {
    parts.secure = true;
  } else if (!take_scheme(rest, "ws://")) {
    return bad(url, "it must start with ws:// or wss://");
  }
  if (!std::ranges::all_of(rest, [](char c) { return c > ' ' && c <= '~'; })) {
    return bad(url, "only printable ASCII characters are allowed");
  }
  if (rest.find('#') != std::string_view::npos) return bad(url, "a WebSocket URL has no fragment");

  std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority.size());
  parts.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  if (authority.find('@') != std::string_view::npos) return bad(url, "a user name is not supported");
  const std::optional<std::string_view> host = take_host(authority);
  if (!host) return bad(url, "its host is neither a name nor an address");
  parts.host = *host;
  parts.port = parts.secure ? default_secure_port : default_port;
  if (authority.empty() || authority == ":") return parts;
  if (!authority.starts_with(':')) return bad(url, "its host is neither a name nor an address");
  const std::optional<std::uint16_t> port = read_port(authority.substr(1));
  if (!port) return bad(url, "its port is not between 1 and 65535");
  parts.port = *port;
  return parts;
}

Result<> check_web_socket_url(std::string_view url) {
  const Result<WebSocketUrl> parts = parse_web_socket_url(url);
  if (!parts) return failure(parts.error());
  return {};
}

}  // namespace flnet::io
