// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever a server's URL holds, what is accepted is written and read back the same, and complaints are
// clean.
#include "rtc/ice_server_url.hpp"

#include <flnet/bytes.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = flnet::rtc::parse_ice_server_url(flnet::as_text({data, size}));
  if (!url) {
    const auto clean = [](char c) { return c >= ' ' && c <= '~'; };
    if (!std::ranges::all_of(url.error().detail, clean)) std::abort();
    return 0;
  }
  const auto again = flnet::rtc::parse_ice_server_url(url->to_string());
  if (url->host.empty() || url->port == 0 || !again || *again != *url) std::abort();
  return 0;
}
