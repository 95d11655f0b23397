// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInDescription as text, and back.
#include "net/stand_in_description.hpp"

#include "base/numbers.hpp"

namespace flnet::net {
namespace {

constexpr std::string_view session_line = "\r\na=flnet-session:";
constexpr std::string_view end_line = "\r\na=stand-in-end:";
constexpr std::string_view answers_line = "\r\na=stand-in-answers:";

std::string hex_u64(std::uint64_t value) {
  return hex_number(value, 16);
}

/// The number behind `line`, which reaches to the line's end.
std::optional<std::uint64_t> number_after(std::string_view text, std::string_view line) {
  const auto at = text.find(line);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + line.size());
  const std::size_t end = text.find('\r');
  if (end == std::string_view::npos) return std::nullopt;
  return read_number(text.substr(0, end), 16);
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
