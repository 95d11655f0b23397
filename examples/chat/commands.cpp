// SPDX-License-Identifier: MIT OR Apache-2.0
// The commands of the chat.
#include "commands.hpp"

#include <algorithm>

namespace chat {
namespace {

struct Words {
  std::string_view first, rest;
};

/// The first word, and what follows it and its spaces.
Words split(std::string_view line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto next = std::min(line.find_first_not_of(' ', end), line.size());
  return {line.substr(0, end), line.substr(next)};
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

constexpr const char* help =
    "/who             who is here\n"
    "/msg NAME text   tell one of them alone\n"
    "/name NAME       be called something else\n"
    "/quit            leave\n"
    "Everything else is said to all; //text says \"/text\".";

}  // namespace

std::optional<Wish::Any> wish_of(std::string_view line) {
  if (is_blank(line)) return std::nullopt;
  if (!line.starts_with('/')) return Wish::Say{std::string(line)};
  if (line.starts_with("//")) return Wish::Say{std::string(line.substr(1))};
  const auto [command, rest] = split(line);
  if (command == "/who") return Wish::WhoIsHere{};
  if (command == "/msg") return Wish::Tell{std::string(rest)};
  if (command == "/name") return Wish::Rename{std::string(rest)};
  if (command == "/quit") return Wish::Leave{};
  return std::nullopt;
}

std::string advice_on(std::string_view line) {
  if (is_blank(line)) return {};
  if (split(line).first == "/help") return help;
  return "! there is no such command; /help lists them";
}

}  // namespace chat
