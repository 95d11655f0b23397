// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever a URL holds, its parts are clean enough for a request line, and put together they parse again.
#include "io/web_socket_client.hpp"
#include "io/web_socket_url.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using flnet::io::parse_web_socket_url;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto url = parse_web_socket_url(text);
  require(flnet::io::check_web_socket_url(text).has_value() == url.has_value());
  if (!url) {
    require(std::ranges::all_of(url.error().detail, [](char c) { return c >= ' ' && c <= '~'; }));
    return 0;
  }
  require(!url->host.empty() && printable(url->host) && url->port != 0);
  require(url->target.starts_with('/') && printable(url->target));
  const auto again =
      parse_web_socket_url((url->secure ? "wss://" : "ws://") + url->authority() + url->target);
  require(again && again->host == url->host && again->port == url->port && again->target == url->target);
  return 0;
}
