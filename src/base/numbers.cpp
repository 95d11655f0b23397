// SPDX-License-Identifier: MIT OR Apache-2.0
// Digits to numbers and back.
#include "base/numbers.hpp"

namespace flnet {
namespace {

/// Above all bases for what is no digit.
unsigned digit_of(char letter) {
  if (letter >= '0' && letter <= '9') return static_cast<unsigned>(letter - '0');
  if (letter >= 'a' && letter <= 'f') return static_cast<unsigned>(letter - 'a') + 10;
  if (letter >= 'A' && letter <= 'F') return static_cast<unsigned>(letter - 'A') + 10;
  return 16;
}

}  // namespace

std::optional<std::uint64_t> read_number(std::string_view text, unsigned base, std::uint64_t most) {
  if (text.empty()) return std::nullopt;
  std::uint64_t number = 0;
  for (const char letter : text) {
    const unsigned digit = digit_of(letter);
    if (digit >= base || digit > most || number > (most - digit) / base) return std::nullopt;
    number = number * base + digit;
  }
  return number;
}

std::string hex_number(std::uint64_t number, std::size_t least_digits) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (unsigned shift = 64; shift > 0; shift -= 4) {
    const bool wanted = !text.empty() || number >> (shift - 4) != 0 || shift <= 4 * least_digits;
    if (wanted) text += digits[(number >> (shift - 4)) & 15U];
  }
  return text;
}

}  // namespace flnet
