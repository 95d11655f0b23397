// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInDescription as text, and back.
#include "net/stand_in_description.hpp"

#include <charconv>

namespace flnet::net {
namespace {

constexpr std::string_view session_line = "\r\na=flnet-session:";
constexpr std::string_view end_line = "\r\na=stand-in-end:";
constexpr std::string_view answers_line = "\r\na=stand-in-answers:";

std::string hex_u64(std::uint64_t value) {
  std::string digits(16, '0');
  for (std::size_t i = 0; i < digits.size(); ++i) digits[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15U];
  return digits;
}

/// The number behind `line`, which reaches to the line's end.
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view line) {
  const auto at = text.find(line);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + line.size());
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc{} || rest == text.data() + text.size() || *rest != '\r') return std::nullopt;
  return number;
}

}  // namespace

std::string StandInDescription::text() const {
  std::string text = "v=0\r\no=- " + std::to_string(session) + " 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0";
  text.append(session_line).append(hex_u64(session));
  text.append(end_line).append(hex_u64(static_cast<std::uint64_t>(end)));
  if (answers) text.append(answers_line).append(hex_u64(static_cast<std::uint64_t>(*answers)));
  return text.append("\r\n");
}

std::optional<StandInDescription> StandInDescription::parse(std::string_view text) {
  const auto session = number_after(text, session_line);
  const auto end = number_after(text, end_line);
  if (!session || !end) return std::nullopt;
  StandInDescription description{*session, StandInEndId{*end}, std::nullopt};
  if (const auto answers = number_after(text, answers_line)) description.answers = StandInEndId{*answers};
  return description;
}

}  // namespace flnet::net
