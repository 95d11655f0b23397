// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads WebSocket URLs (RFC 6455 §3, RFC 3986 §3) and says what is wrong with the others.
#include "io/web_socket_url.hpp"

#include "io/web_socket_client.hpp"

#include "base/url_parts.hpp"

#include <algorithm>

namespace flnet::io {
namespace {

constexpr std::size_t max_url_bytes = 2048;

std::uint16_t default_port(bool secure) {
  return secure ? 443 : 80;
}

auto bad(std::string_view url, std::string_view why) {
  return failure(ErrorCode::invalid_argument, shown_url(url).append(" is no usable URL: ").append(why));
}

}  // namespace

std::string WebSocketUrl::authority() const {
  return host_port_text(host, port, default_port(secure));
}

Result<WebSocketUrl> parse_web_socket_url(std::string_view url) {
  if (url.size() > max_url_bytes) return bad(url, "it is too long");
  WebSocketUrl parts;
  std::string_view rest = url;
  if (take_prefix(rest, "wss://")) {
    parts.secure = true;
  } else if (!take_prefix(rest, "ws://")) {
    return bad(url, "it must start with ws:// or wss://");
  }
  if (!std::ranges::all_of(rest, [](char c) { return c > ' ' && c <= '~'; })) {
    return bad(url, "only printable ASCII characters are allowed");
  }
  if (rest.find('#') != std::string_view::npos) return bad(url, "a WebSocket URL has no fragment");

  const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
  rest.remove_prefix(authority.size());
  parts.target = rest.starts_with('/') ? std::string(rest) : "/" + std::string(rest);
  if (authority.find('@') != std::string_view::npos) return bad(url, "a user name is not supported");
  const auto found = read_host_port(authority, default_port(parts.secure));
  if (!found) return bad(url, found.error());
  parts.host = found->host;
  parts.port = found->port;
  return parts;
}

Result<> check_web_socket_url(std::string_view url) {
  const Result<WebSocketUrl> parts = parse_web_socket_url(url);
  if (!parts) return failure(parts.error());
  return {};
}

}  // namespace flnet::io
