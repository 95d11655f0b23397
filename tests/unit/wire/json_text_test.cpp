// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON to documents: the platform's reader and the small one, which must agree; and back to text.
#include "wire/json_text.hpp"
#include "support/tree_text.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

#include <gtest/gtest.h>

namespace flnet::wire {
namespace {

using namespace std::string_literals;

std::string shown(const Result<TextTree>& document) {
  return document ? test::tree_text(*document) : std::string(to_string(document.error().code));
}

/// What both readers say.
std::string read(std::string_view text) {
  const std::string small = shown(JsonReader(text).read());
  EXPECT_EQ(shown(parse_json(text, 1 << 20)), small) << text;
  return small;
}

std::string fault(std::string_view text) {
  const auto document = JsonReader(text).read();
  EXPECT_EQ(read(text), "invalid_message");
  return document ? "" : document.error().detail;
}

TEST(JsonText, values_of_every_kind_are_read) {
  EXPECT_EQ(read(" null "), "-");
  EXPECT_EQ(read("[true,false,-1,1.5,2e3,1E-2,0]"), "[other,other,other,other,other,other,0,]");
  EXPECT_EQ(read("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(read("18446744073709551616"), "other");
  EXPECT_EQ(read("{ \"a\" : [ ] ,\t\"b\":\r\n{}}"), "{a:[],b:{},}");
  EXPECT_EQ(read("\xEF\xBB\xBF{}"), "{}");
}

TEST(JsonText, fields_keep_their_order) {
  EXPECT_EQ(read(R"({"z":1,"a":2,"":3})"), "{z:1,a:2,:3,}");
}

TEST(JsonText, escapes_are_undone) {
  EXPECT_EQ(read(R"("\"\\\/\b\f\n\r\t")"), "'\"\\/\b\f\n\r\t'");
  EXPECT_EQ(read(R"("\u0041\u00e9\u20AC\ud83d\ude00")"), "'A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80'");
  EXPECT_EQ(read(R"("a\u0000b")"), "'a\0b'"s);
  EXPECT_EQ(read("\"\x7f\xC3\xA9\""), "'\x7f\xC3\xA9'");
}

TEST(JsonText, what_is_no_json_is_refused) {
  for (const std::string_view text : {"",
                                      " ",
                                      "nul",
                                      "nulll",
                                      "True",
                                      "{",
                                      "[",
                                      "[1",
                                      "[1,]",
                                      "[,1]",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{1:1}",
                                      "01",
                                      "-",
                                      "-a",
                                      "1.",
                                      ".5",
                                      "1e",
                                      "1e+",
                                      "+1",
                                      "0x1",
                                      "1 2",
                                      "[]]",
                                      "\"",
                                      "\"a",
                                      "'a'",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "\"\\u+123\"",
                                      "\"\\ud800\"",
                                      "\"\\ud800\\u0041\"",
                                      "\"\\udc00\"",
                                      "\"\n\"",
                                      "\"\x01\"",
                                      "\"\xFF\"",
                                      "\"\xC3\"",
                                      "\"\xED\xA0\x80\"",
                                      "\xC3\xA9",
                                      "//\n1",
                                      "NaN",
                                      "[1}",
                                      "{]"}) {
    EXPECT_EQ(read(text), "invalid_message") << text;
  }
  EXPECT_EQ(read("1\0"s), "invalid_message");
  EXPECT_EQ(read("\"\0\""s), "invalid_message");
}

TEST(JsonText, faults_name_their_place) {
  EXPECT_EQ(fault("[1,x]"), "no JSON at byte 4");
  EXPECT_EQ(fault(R"({"a":1,"b":2,"a":3})"), "a field twice");
}

TEST(JsonText, documents_are_neither_deep_nor_wide_nor_long) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_EQ(read(nested(max_json_depth)).size(), max_json_depth * 3 - 1);
  EXPECT_EQ(fault(nested(max_json_depth + 1)), "nested too deep");
  EXPECT_EQ(fault(std::string(1 << 20, '[')), "nested too deep");
  std::string wide = "{\"0\":0";
  for (std::size_t i = 1; i < max_json_fields; ++i) wide += ",\"" + std::to_string(i) + "\":0";
  EXPECT_NE(read(wide + '}'), "invalid_message");
  EXPECT_EQ(fault(wide + ",\"more\":0}"), "an object of too many fields");
  EXPECT_EQ(shown(parse_json("[1]", 2)), "too_large");
}

TEST(JsonWriter, separates_values_and_fields) {
  JsonWriter json;
  json.open_object().field("a").open_array().number(1).null().text("x").close_array();
  json.field("b").open_object().close_object().field("c").open_array().open_array().close_array();
  json.open_object().field("d").number(18446744073709551615U).close_object().close_array().close_object();
  EXPECT_EQ(json.take(), R"({"a":[1,null,"x"],"b":{},"c":[[],{"d":18446744073709551615}]})");
}

TEST(JsonWriter, escapes_what_must_be_and_nothing_else) {
  EXPECT_EQ(JsonWriter().text("\"\\\b\f\n\r\t\x01\x1f/\x7f\xC3\xA9").take(),
            "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f/\x7f\xC3\xA9\"");
}

TEST(JsonWriter, bytes_that_are_no_utf8_are_replaced) {
  EXPECT_EQ(JsonWriter().text("a\xFF\xC3\xA9\xC3").take(), "\"a\xEF\xBF\xBD\xC3\xA9\xEF\xBF\xBD\"");
}

}  // namespace
}  // namespace flnet::wire
