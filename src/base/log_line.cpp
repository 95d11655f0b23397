// SPDX-License-Identifier: MIT OR Apache-2.0
// The form of a line, and what may not stand in it.
#include "base/log_line.hpp"

#include "base/encoding.hpp"
#include "base/log_rules.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

namespace flnet::log {
namespace {

/// "2026-01-02T03:04:05.678", in UTC.
std::string time_of_day(std::chrono::system_clock::time_point time) {
  const auto rounded = std::chrono::floor<std::chrono::milliseconds>(time);
  const std::time_t seconds = std::chrono::system_clock::to_time_t(rounded);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  const std::size_t length = std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03d",
                static_cast<int>(rounded.time_since_epoch().count() % 1000));
  return std::string(date.data(), length) + fraction.data();
}

/// From the first to the last of some characters, each in UTF-8.
struct CharacterRange {
  std::string_view first, last;
};
constexpr std::array harmful{
    CharacterRange{{"\x00", 1}, "\x1f"},             // C0 controls
    CharacterRange{"\x7f", "\x7f"},                  // delete
    CharacterRange{"\xc2\x80", "\xc2\x9f"},          // C1 controls: some terminals obey them
    CharacterRange{"\xd8\x9c", "\xd8\x9c"},          // Arabic letter mark
    CharacterRange{"\xe2\x80\x8e", "\xe2\x80\x8f"},  // marks of direction
    CharacterRange{"\xe2\x80\xa8", "\xe2\x80\xae"},  // ends of line and paragraph, embeddings, overrides
    CharacterRange{"\xe2\x81\xa6", "\xe2\x81\xa9"},  // isolates: they reorder what stands around them
};

/// The length that a first byte announces in UTF-8; any for a byte that can't be a first one.
std::size_t announced_length(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  if (byte < 0xe0) return 2;
  return byte < 0xf0 ? 3 : 4;
}

bool is_harmful(std::string_view character) {
  return std::ranges::any_of(harmful, [&](const CharacterRange& range) {
    return character.size() == range.first.size() && character >= range.first && character <= range.last;
  });
}

void append_escaped(std::string& to, char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  const auto value = static_cast<unsigned char>(byte);
  if (byte == '\n') {
    to += "\\n";
  } else if (byte == '\r') {
    to += "\\r";
  } else if (byte == '\t') {
    to += "\\t";
  } else {
    to += "\\x";
    to += digits[value >> 4U];
    to += digits[value & 0xfU];
  }
}

}  // namespace

std::string printable(std::string_view text) {
  std::string made;
  made.reserve(text.size());
  while (!text.empty()) {
    const std::string_view character = text.substr(0, announced_length(text.front()));
    const bool well_formed = is_utf8(character);
    const std::size_t taken = well_formed ? character.size() : 1;
    if (well_formed && !is_harmful(character)) {
      made += character;
    } else {
      for (const char byte : text.substr(0, taken)) append_escaped(made, byte);
    }
    text.remove_prefix(taken);
  }
  return made;
}

std::string line_of(std::chrono::system_clock::time_point time, Level level, std::string_view topic,
                    std::string_view text) {
  std::string line = time_of_day(time);
  line += ' ';
  line += name_of(level);
  line += ' ';
  line += printable(topic);
  line += ": ";
  line += printable(text);
  line += '\n';
  return line;
}

}  // namespace flnet::log
