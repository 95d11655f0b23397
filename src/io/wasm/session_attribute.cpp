// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading, taking out and writing a=flnet-session as text.
#include "io/wasm/session_attribute.hpp"

#include "base/numbers.hpp"

namespace flnet::io {
namespace {

constexpr std::string_view own_attributes = "a=flnet-";
constexpr std::string_view session_attribute = "a=flnet-session:";

}  // namespace

std::optional<std::uint64_t> session_of(std::string_view sdp) {
  std::size_t at = 0;
  while ((at = sdp.find(session_attribute, at)) != std::string_view::npos && at > 0 && sdp[at - 1] != '\n')
    ++at;
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = sdp.substr(at + session_attribute.size());
  return read_number(rest.substr(0, rest.find_first_of("\r\n")), 16);
}

std::string without_own_lines(std::string_view sdp) {
  std::string text;
  while (!sdp.empty()) {
    const std::string_view line = sdp.substr(0, sdp.find('\n') + 1);  // The whole rest where there is none.
    const std::string_view taken = line.empty() ? sdp : line;
    if (!taken.starts_with(own_attributes)) text.append(taken);
    sdp.remove_prefix(taken.size());
  }
  return text;
}

std::string session_line(std::uint64_t session) {
  return std::string(session_attribute).append(hex_number(session, 16)).append("\r\n");
}

}  // namespace flnet::io
