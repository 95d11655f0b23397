// SPDX-License-Identifier: MIT OR Apache-2.0
// Reading, taking out and writing a=flnet-session as text.
#include "io/wasm/session_attribute.hpp"

#include <charconv>

namespace flnet::io {
namespace {

constexpr std::string_view own_attributes = "a=flnet-";
constexpr std::string_view session_attribute = "a=flnet-session:";

std::string hex_of(std::uint64_t number) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned shift = 64; shift > 0; shift -= 4) text += digits[(number >> (shift - 4)) & 15U];
  return text;
}

}  // namespace

std::optional<std::uint64_t> session_of(std::string_view sdp) {
  std::size_t at = 0;
  while ((at = sdp.find(session_attribute, at)) != std::string_view::npos && at > 0 && sdp[at - 1] != '\n')
    ++at;
  if (at == std::string_view::npos) return std::nullopt;
  const char* first = sdp.data() + at + session_attribute.size();
  const char* end = sdp.data() + sdp.size();
  std::uint64_t session = 0;
  const auto [stop, error] = std::from_chars(first, end, session, 16);
  if (error != std::errc{} || (stop != end && *stop != '\r' && *stop != '\n')) return std::nullopt;
  return session;
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
  return std::string(session_attribute).append(hex_of(session)).append("\r\n");
}

}  // namespace flnet::io
