// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of read_number against from_chars, and of hex_number against printf.
#include "base/numbers.hpp"

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <charconv>
#include <cinttypes>
#include <cstdio>

namespace flnet {
namespace {

constexpr std::uint64_t greatest = std::numeric_limits<std::uint64_t>::max();

std::optional<std::uint64_t> by_from_chars(std::string_view text, int base) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number, base);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

TEST(ReadNumber, reads_what_from_chars_does) {
  SeededRandom random(1);
  constexpr std::string_view letters = "0123456789abcdefABCDEFg-+ x";
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    // Mostly digits, and often near the 20 that the greatest number has.
    for (std::size_t left = random.below(22); left > 0; --left)
      text += letters[random.below(random.below(8) == 0 ? letters.size() : 10)];
    EXPECT_EQ(read_number(text), by_from_chars(text, 10)) << text;
    EXPECT_EQ(read_number(text, 16), by_from_chars(text, 16)) << text;
  }
}

TEST(ReadNumber, stops_at_the_greatest) {
  EXPECT_EQ(read_number("18446744073709551615"), greatest);
  EXPECT_EQ(read_number("18446744073709551616"), std::nullopt);
  EXPECT_EQ(read_number("18446744073709551620"), std::nullopt);
  EXPECT_EQ(read_number("ffffffffffffffff", 16), greatest);
  EXPECT_EQ(read_number("10000000000000000", 16), std::nullopt);
  EXPECT_EQ(read_number("65535", 10, 65535), 65535U);
  EXPECT_EQ(read_number("65536", 10, 65535), std::nullopt);
  EXPECT_EQ(read_number("9", 10, 8), std::nullopt);
  EXPECT_EQ(read_number("0", 10, 0), 0U);
  EXPECT_EQ(read_number("000000000000000000000000000007"), 7U);
}

TEST(ReadNumber, takes_digits_and_nothing_else) {
  for (const std::string_view text : {"", "-1", "+1", " 1", "1 ", "1.0", "a", "0x1", "1\n"})
    EXPECT_EQ(read_number(text), std::nullopt) << text;
  EXPECT_EQ(read_number("fG", 16), std::nullopt);
  EXPECT_EQ(read_number(std::string_view("1\0", 2)), std::nullopt);
}

TEST(HexNumber, writes_what_printf_does) {
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{15}, std::uint64_t{0xabc}, greatest}) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%" PRIx64, number);
    EXPECT_EQ(hex_number(number), text.data());
    std::snprintf(text.data(), text.size(), "%016" PRIx64, number);
    EXPECT_EQ(hex_number(number, 16), text.data());
    EXPECT_EQ(read_number(hex_number(number, 16), 16), number);
  }
}

}  // namespace
}  // namespace flnet
