// SPDX-License-Identifier: MIT OR Apache-2.0
// YAML and TOML become trees, within limits.
#include "io/identity_text.hpp"
#include "support/tree_text.hpp"

#include <gtest/gtest.h>

namespace flnet::io {
namespace {

std::string line_of(const Result<TextTree>& tree) {
  return tree ? test::tree_text(*tree) : tree.error().detail;
}
std::string yaml(std::string_view text) {
  return line_of(read_yaml(text));
}
std::string toml(std::string_view text) {
  return line_of(read_toml(text));
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += piece;
  return text;
}

TEST(IdentityYaml, becomes_a_tree_of_words) {
  EXPECT_EQ(yaml("a: 1\nb:\n  - x y\n  - '2'\n  - \"\\u00e9\\n\"\n  -\nc: {d: ~, e: []}\n"),
            "{a:'1',b:['x y','2','é\n',-,],c:{d:-,e:[],},}");
  EXPECT_EQ(yaml("---\njust words\n"), "'just words'");
  EXPECT_EQ(yaml("%YAML 1.2\n---\na: b\n...\n"), "{a:'b',}");
  EXPECT_EQ(yaml(""), "-");
  EXPECT_EQ(yaml("a: 'quoted'\nb: !  not specific\n"), "{a:'quoted',b:'not specific',}");
}

TEST(IdentityYaml, refuses_what_makes_documents_grow) {
  EXPECT_EQ(yaml("a: &x [1]\nb: *x\n"), "YAML line 1, column 4: an anchor");
  EXPECT_EQ(yaml("a: &x\n"), "YAML line 1, column 4: an anchor");
  EXPECT_EQ(yaml("&x a: b\n"), "YAML line 1, column 1: an anchor");
  EXPECT_EQ(yaml("a: !!binary aGk=\n"), "YAML line 1, column 4: a tag");
  EXPECT_EQ(yaml("!NodeConfigV1\ninfo: x\n"), "YAML line 1, column 1: a tag");
  EXPECT_EQ(yaml("a: *x\n").substr(0, 26), "YAML line 1, column 4: the");
  EXPECT_EQ(yaml("a: b\n---\na: c\n"), "YAML line 2, column 1: more than one document");
}

TEST(IdentityYaml, refuses_fields_that_are_none) {
  EXPECT_EQ(yaml("a: b\na: c\n"), "YAML line 2, column 1: a field twice");
  EXPECT_EQ(yaml("[a]: b\n"), "YAML line 1, column 1: a field whose name is no word");
  EXPECT_EQ(yaml("? {a: b}\n: c\n"), "YAML line 1, column 3: a field whose name is no word");
  EXPECT_EQ(yaml("~: c\n"), "YAML line 1, column 1: a field whose name is no word");
  std::string wide;
  for (std::size_t i = 0; i <= max_text_tree_fields; ++i) wide += "f" + std::to_string(i) + ": x\n";
  EXPECT_EQ(yaml(wide), "YAML line 65, column 1: too many fields");
}

TEST(IdentityYaml, is_read_to_a_limit_of_depth_and_size) {
  EXPECT_EQ(yaml(repeated("[", 16) + repeated("]", 16)), repeated("[", 16) + repeated("],", 15) + "]");
  EXPECT_EQ(yaml(repeated("[", 17) + repeated("]", 17)), "YAML line 1, column 17: nested too deep");
  for (const auto* piece : {"[", "{", "{a: ", "- ", "? ", ": ", "[{", "\"", "'", "? - "}) {
    EXPECT_FALSE(read_yaml(repeated(piece, 19999).substr(0, max_text_tree_bytes))) << piece;
  }
  const std::string longest = "a: " + std::string(max_text_tree_bytes - 3, 'x');
  EXPECT_TRUE(read_yaml(longest));
  EXPECT_EQ(read_yaml(longest + "x").error().code, ErrorCode::too_large);
}

TEST(IdentityYaml, is_utf_8_and_no_other_encoding) {
  EXPECT_EQ(yaml("\xEF\xBB\xBF"
                 "a: b\n"),
            "{a:'b',}");
  EXPECT_EQ(yaml("\xFF\xFE"
                 "abcd"),
            "text that is not UTF-8");
  EXPECT_EQ(yaml(std::string_view("\0a\0:", 4)), "a zero byte");
}

TEST(IdentityToml, becomes_a_tree) {
  EXPECT_EQ(toml("a = 1\nb = ['x', \"2\", 3]\n[c]\nd.e = 'f'\n"), "{a:1,b:['x','2',3,],c:{d:{e:'f',},},}");
  EXPECT_EQ(toml(""), "{}");
  EXPECT_EQ(toml("a = '''\nx\n'y'''''\nb = \"\"\"z\\\"\"\"\"\n"), "{a:'x\n'y''',b:'z\"',}");
}

TEST(IdentityToml, holds_nothing_for_values_that_no_identity_has) {
  EXPECT_EQ(toml("a = -1\nb = 1.5\nc = true\nd = 2026-11-23\n"), "{a:-,b:-,c:-,d:-,}");
}

TEST(IdentityToml, names_line_and_column_of_damage) {
  EXPECT_EQ(toml("a = 1\nb = \n").substr(0, 23), "TOML line 2, column 5: ");
  EXPECT_EQ(toml("a = 1\na = 2\n").substr(0, 11), "TOML line 2");
  std::string wide = "[a]\n";
  for (std::size_t i = 0; i <= max_text_tree_fields; ++i) wide += "f" + std::to_string(i) + " = 1\n";
  EXPECT_EQ(toml(wide), "TOML line 1, column 1: too many fields");
}

TEST(IdentityToml, is_read_to_a_limit_of_depth_and_size) {
  EXPECT_EQ(toml("a = " + repeated("[", 16) + repeated("]", 16)).substr(0, 5), "{a:[[");
  EXPECT_EQ(toml("a = " + repeated("[", 17) + repeated("]", 17)), "TOML: nested too deep");
  EXPECT_EQ(toml(repeated("a.", 30000) + "a = 1"), "TOML: nested too deep");
  EXPECT_EQ(toml("[" + repeated("'a' . ", 10000) + "a]"), "TOML: nested too deep");
  EXPECT_EQ(toml("x = {" + repeated("a.", 30000) + "a = 1}"), "TOML: nested too deep");
  EXPECT_EQ(toml("[" + repeated("a.", 10) + "a]\n" + repeated("a.", 10) + "a = 1").substr(0, 11),
            "TOML line 2");
  for (const auto* piece : {"[", "a={", "[[a]]\n", "\"", "'", "a=[{", R"(""")", "a.\n"}) {
    EXPECT_FALSE(read_toml(repeated(piece, 19999).substr(0, max_text_tree_bytes))) << piece;
  }
  const std::string longest = "a = '" + std::string(max_text_tree_bytes - 6, 'x') + "'";
  EXPECT_TRUE(read_toml(longest));
  EXPECT_EQ(read_toml(longest + "#").error().code, ErrorCode::too_large);
}

TEST(IdentityToml, takes_dots_and_brackets_in_strings_and_comments_for_what_they_are) {
  const std::string dots = repeated(".[{", 40);
  EXPECT_EQ(toml("a = '" + dots + "' # " + dots + "\nb = \"\\\"" + dots + "\"\n"),
            "{a:'" + dots + "',b:'\"" + dots + "',}");
  EXPECT_EQ(toml("a = \"\"\"\n\"" + dots + "\"\"\"\"\"\nb = 1 # '\nc.d = 2\n"),
            "{a:'\"" + dots + "\"\"',b:1,c:{d:2,},}");
}

}  // namespace
}  // namespace flnet::io
