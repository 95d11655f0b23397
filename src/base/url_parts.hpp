// SPDX-License-Identifier: MIT OR Apache-2.0
// What URLs of servers have in common, whatever their scheme (RFC 3986).
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace flnet {

/// Takes `prefix`, which is in lower case, off the front of `rest`, in any case (RFC 3986 §3.1).
bool take_prefix(std::string_view& rest, std::string_view prefix);

struct HostPort {
  std::string_view host;  ///< A name or an address, without the brackets of IPv6.
  std::uint16_t port = 0;
};

/// Reads "host" or "host:port" (RFC 3986 §3.2); without a port it is `default_port`. Why it can't be used
/// is the error, a half-sentence on a URL. The result refers to `authority`.
std::expected<HostPort, std::string_view> read_host_port(std::string_view authority,
                                                         std::uint16_t default_port);

/// The same as text, without the port when it is the default one.
std::string host_port_text(std::string_view host, std::uint16_t port, std::uint16_t default_port);

/// The beginning of a URL, in characters that may be shown.
std::string shown_url(std::string_view url);

}  // namespace flnet
