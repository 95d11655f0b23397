// SPDX-License-Identifier: MIT OR Apache-2.0
// Reads URLs of STUN and TURN servers and says what is wrong with the others.
#include "rtc/ice_server_url.hpp"

#include "base/url_parts.hpp"

namespace flnet::rtc {
namespace {

constexpr std::size_t max_url_bytes = 512;
constexpr std::uint16_t default_port = 3478;

std::unexpected<Error> refuse(ErrorCode code, std::string_view url, std::string_view why) {
  return failure(code, shown_url(url).append(" is no usable STUN or TURN server: ").append(why));
}

Result<IceServerUrl> parse_rest(std::string_view url, std::string_view rest, IceServerKind kind) {
  if (rest.starts_with("//"))
    return refuse(ErrorCode::invalid_argument, url, "there is no // after the scheme");
  const std::string_view authority = rest.substr(0, rest.find('?'));
  std::string_view query = rest.substr(authority.size());
  const auto found = read_host_port(authority, default_port);
  if (!found) return refuse(ErrorCode::invalid_argument, url, found.error());
  if (!query.empty()) {
    const bool names_transport = take_prefix(query, "?transport=");
    if (kind == IceServerKind::stun || !names_transport)
      return refuse(ErrorCode::invalid_argument, url, "only turn: takes a query, and only ?transport=");
    if (!take_prefix(query, "udp") || !query.empty())
      return refuse(ErrorCode::unsupported, url, "servers are asked over UDP only");
  }
  return IceServerUrl{.kind = kind, .host = std::string(found->host), .port = found->port};
}

}  // namespace

std::string IceServerUrl::to_string() const {
  std::string text = kind == IceServerKind::stun ? "stun:" : "turn:";
  return text + host_port_text(host, port, default_port);
}

Result<IceServerUrl> parse_ice_server_url(std::string_view url) {
  if (url.size() > max_url_bytes) return refuse(ErrorCode::invalid_argument, url, "it is too long");
  std::string_view rest = url;
  if (take_prefix(rest, "stun:")) return parse_rest(url, rest, IceServerKind::stun);
  if (take_prefix(rest, "turn:")) return parse_rest(url, rest, IceServerKind::turn);
  if (take_prefix(rest, "stuns:") || take_prefix(rest, "turns:"))
    return refuse(ErrorCode::unsupported, url, "TLS is not supported, servers are asked over UDP only");
  return refuse(ErrorCode::invalid_argument, url, "it must start with stun: or turn:");
}

}  // namespace flnet::rtc
