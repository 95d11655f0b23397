// SPDX-License-Identifier: MIT OR Apache-2.0
// The chat's texts: lines on the wire, typed lines, and what a terminal is shown.
#include "chat/chat_words.hpp"
#include "chat/commands.hpp"
#include "chat/line.hpp"
#include "chat/screen.hpp"
#include "chat/typed_lines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace chat {
namespace {

using flnet::ErrorCode;

TEST(ChatLine, is_small_json_with_version_and_kind) {
  EXPECT_EQ(to_json({Line::Kind::say, "Bob", "hello"}),
            R"({"flnet_chat":1,"kind":"say","name":"Bob","text":"hello"})");
  EXPECT_EQ(to_json({Line::Kind::name, "Bob", ""}), R"({"flnet_chat":1,"kind":"name","name":"Bob"})");
}

TEST(ChatLine, comes_back_as_it_was) {
  const std::string all_escaped(Limits::text_bytes, '\x01');
  for (const Line& line :
       {Line{Line::Kind::say, "Bob", "\"\\\n\u00e9\U0001f600"}, Line{Line::Kind::tell, "", all_escaped},
        Line{Line::Kind::name, std::string(Limits::name_bytes, 'n'), ""}}) {
    const auto read = line_from_json(to_json(line));
    ASSERT_TRUE(read.has_value()) << to_string(read.error());
    EXPECT_EQ(*read, line);
  }
}

TEST(ChatLine, replaces_what_is_no_utf_8) {
  EXPECT_EQ(line_from_json(to_json({Line::Kind::say, "Bob",
                                    "a\xff"
                                    "b"}))
                .value()
                .text,
            "a\ufffdb");
}

ErrorCode error_of(std::string_view json) {
  const auto line = line_from_json(json);
  EXPECT_FALSE(line.has_value()) << json;
  return line ? ErrorCode::system : line.error().code;
}

TEST(ChatLine, tells_strangers_from_later_chats) {
  for (const char* strange : {"", "Ping", "{}", "[]", "null", R"({"flnet_chat":"1"})", "{\"flnet_chat\":1.0}",
                              R"({"flnet_chat":1,"kind":"say","name":"Bob"})",
                              R"({"flnet_chat":1,"kind":"say","name":7,"text":"x"})",
                              R"({"flnet_chat":1,"kind":"say","text":"x"})", "{\"flnet_chat\":1"})
    EXPECT_EQ(error_of(strange), ErrorCode::invalid_message);
  for (const char* later : {"{\"flnet_chat\":2}", "{\"flnet_chat\":1}", R"({"flnet_chat":1,"kind":"dance"})",
                            R"({"flnet_chat":1,"kind":null})"})
    EXPECT_EQ(error_of(later), ErrorCode::unsupported);
}

TEST(ChatLine, has_limits) {
  const std::string long_text(Limits::text_bytes + 1, 'x');
  EXPECT_EQ(error_of(to_json({Line::Kind::say, "Bob", long_text})), ErrorCode::too_large);
  EXPECT_EQ(error_of(std::string(Limits::wire_bytes + 1, ' ')), ErrorCode::too_large);
  EXPECT_EQ(error_of(std::string(Limits::wire_bytes, '[')), ErrorCode::invalid_message);
}

TEST(ChatLine, names_are_trimmed_and_cut_between_characters) {
  EXPECT_EQ(clean_name(" \tAmber Heron\n"), "Amber Heron");
  EXPECT_EQ(clean_name(" \n "), "");
  const std::string letters(Limits::name_bytes - 1, 'x');
  EXPECT_EQ(clean_name(letters + "\u00e9"), letters);
  EXPECT_EQ(clean_name(letters + "yz"), letters + "y");
  EXPECT_EQ(clean_name(std::string(Limits::name_bytes * 2, '\x80')), "");
}

template <class Wanted>
const Wanted* wish(const std::optional<Wish::Any>& any) {
  return any ? std::get_if<Wanted>(&*any) : nullptr;
}

TEST(ChatCommands, a_line_is_said_and_commands_are_understood) {
  EXPECT_EQ(wish<Wish::Say>(wish_of("hello there"))->text, "hello there");
  EXPECT_EQ(wish<Wish::Say>(wish_of("//who"))->text, "/who");
  EXPECT_EQ(wish<Wish::Tell>(wish_of("/msg  Bob hi"))->name_and_text, "Bob hi");
  EXPECT_EQ(wish<Wish::Tell>(wish_of("/msg"))->name_and_text, "");
  EXPECT_EQ(wish<Wish::Rename>(wish_of("/name Rob"))->name, "Rob");
  EXPECT_TRUE(wish<Wish::WhoIsHere>(wish_of("/who")));
  EXPECT_TRUE(wish<Wish::Leave>(wish_of("/quit")));
}

TEST(ChatCommands, what_is_no_command_is_not_said_aloud) {
  for (const char* line : {"/nonsense", "/whoever", "/", "/help", "", "  "})
    EXPECT_FALSE(wish_of(line)) << line;
  EXPECT_NE(advice_on("/nonsense").find("/help"), std::string::npos);
  EXPECT_NE(advice_on("/help").find("/msg NAME text"), std::string::npos);
  EXPECT_EQ(advice_on("  "), "");
}

std::vector<std::string> taken(TypedLines& lines, std::string_view piece) {
  std::vector<std::string> texts;
  for (const TerminalMessage& message : lines.take(piece)) {
    const auto* typed = std::get_if<Typed>(&message);
    texts.push_back(typed != nullptr ? typed->line : "(too much)");
  }
  return texts;
}

TEST(ChatTypedLines, are_put_together_from_pieces) {
  using Texts = std::vector<std::string>;
  TypedLines lines;
  EXPECT_EQ(taken(lines, "hel"), Texts{});
  EXPECT_EQ(taken(lines, "lo\r\n\nwor"), (Texts{"hello", ""}));
  EXPECT_EQ(taken(lines, "ld\n"), Texts{"world"});
  EXPECT_FALSE(lines.rest());
  EXPECT_EQ(taken(lines, "no end"), Texts{});
  EXPECT_EQ(std::get<Typed>(lines.rest().value()).line, "no end");
  EXPECT_FALSE(lines.rest());
}

TEST(ChatTypedLines, that_are_too_long_are_said_to_be_and_forgotten) {
  using Texts = std::vector<std::string>;
  TypedLines lines;
  EXPECT_EQ(taken(lines, std::string(Limits::text_bytes, 'x') + "\r\n"),
            Texts{std::string(Limits::text_bytes, 'x')});
  EXPECT_EQ(taken(lines, std::string(Limits::text_bytes + 1, 'x') + "\nnext\n"),
            (Texts{"(too much)", "next"}));
  for (int i = 0; i < 100; ++i) EXPECT_EQ(taken(lines, std::string(1000, 'x')), Texts{});
  EXPECT_EQ(taken(lines, "\nnext\n"), (Texts{"(too much)", "next"}));
}

TEST(ChatScreen, shows_text_as_it_is) {
  const std::string text = "plain, \u00e9\u00e8, \u4f60\u597d, \U0001f600, back\\slash";
  EXPECT_EQ(printable(text), text);
}

TEST(ChatScreen, disarms_control_characters) {
  EXPECT_EQ(printable("\x1b[31mred\a\r\n\t\x7f"), "\\u{1b}[31mred\\u{7}\\u{d}\\u{a}\\u{9}\\u{7f}");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\u{0}");
  EXPECT_EQ(printable("\u009b\u202e\u2066\u2028\ufeff\U000e0041"),
            "\\u{9b}\\u{202e}\\u{2066}\\u{2028}\\u{feff}\\u{e0041}");
}

TEST(ChatScreen, shows_bytes_that_are_no_utf_8) {
  EXPECT_EQ(printable("a\xff\xc3"), "a\\xff\\xc3");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf") << "overlong";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogate";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80") << "above U+10FFFF";
  EXPECT_EQ(printable("\xe0\x80\xaf"
                      "\xf0\x9f\x98"),
            "\\xe0\\x80\\xaf\\xf0\\x9f\\x98")
      << "cut short";
}

TEST(ChatScreen, names_can_not_imitate_the_end_of_a_name) {
  EXPECT_EQ(text_of(News::Said{"Bob> hi\n<Eve", "text"}), "<Bob\\u{3e} hi\\u{a}\\u{3c}Eve> text");
}

}  // namespace
}  // namespace chat
