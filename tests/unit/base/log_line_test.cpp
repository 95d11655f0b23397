// SPDX-License-Identifier: MIT OR Apache-2.0
// A line's form, and that no text can break the line or command the terminal.
#include "base/log_line.hpp"

#include "base/encoding.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace flnet::log {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

TEST(LogLine, has_time_level_topic_and_text) {
  EXPECT_EQ(line_of(system_clock::time_point(1'000'000'000s + 7ms), Level::warn, "flnet::links", "odd"),
            "2001-09-09T01:46:40.007 WARN flnet::links: odd\n");
}

TEST(LogLine, is_one_line_whatever_topic_and_text_hold) {
  const std::string line = line_of(system_clock::time_point(), Level::info, "a\nb", "c\r\nd\u2028e\x85");
  EXPECT_EQ(line, "1970-01-01T00:00:00.000 INFO a\\nb: c\\r\\nd\\xe2\\x80\\xa8e\\x85\n");
}

TEST(LogLine, text_of_any_language_stays_as_it_is) {
  for (const std::string_view text :
       {"plain ~text", "Grüße", "Ж 漢字 \U0001F980", "\u00a0\u2030\u2065\u206a", "\\n", ""})
    EXPECT_EQ(printable(text), text);
}

TEST(LogLine, control_characters_are_escaped) {
  EXPECT_EQ(printable("a\tb\nc\rd"), "a\\tb\\nc\\rd");
  EXPECT_EQ(printable(std::string_view("\x00\x07\x1b[2J\x7f", 7)), "\\x00\\x07\\x1b[2J\\x7f");
  EXPECT_EQ(printable("\u009b2J\u0085"), "\\xc2\\x9b2J\\xc2\\x85");
}

TEST(LogLine, what_reorders_text_is_escaped) {
  EXPECT_EQ(printable("\u202egpj.exe"), "\\xe2\\x80\\xaegpj.exe");
  EXPECT_EQ(printable("\u2066\u200f\u061c"), "\\xe2\\x81\\xa6\\xe2\\x80\\x8f\\xd8\\x9c");
}

TEST(LogLine, bytes_that_are_not_utf8_are_escaped_one_by_one) {
  EXPECT_EQ(printable("a\x9b"), "a\\x9b");
  EXPECT_EQ(printable("\xff\xc3("), "\\xff\\xc3(");
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");
  EXPECT_EQ(printable("\xc0\x8a"), "\\xc0\\x8a");
  EXPECT_EQ(printable("\xf0\x9f\xc3\xa9"), "\\xf0\\x9f\u00e9");
}

TEST(LogLine, no_pair_of_bytes_yields_a_control_character_or_malformed_text) {
  for (unsigned pair = 0; pair < 0x10000; ++pair) {
    const std::string text{static_cast<char>(pair >> 8U), static_cast<char>(pair & 0xffU)};
    const std::string made = printable(text);
    ASSERT_TRUE(is_utf8(made)) << pair;
    for (const char byte : made)
      ASSERT_TRUE(static_cast<unsigned char>(byte) >= 0x20 && byte != 0x7f) << pair;
  }
}

}  // namespace
}  // namespace flnet::log
