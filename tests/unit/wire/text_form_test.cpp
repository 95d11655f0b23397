// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON, YAML and TOML told apart.
#include "wire/text_form.hpp"

#include <gtest/gtest.h>

namespace flnet::wire {
namespace {

TEST(TextForm, is_told_by_the_first_line_that_says_something) {
  for (const auto* json : {"{}", " \n{\"a\":1}", "\xEF\xBB\xBF{}", "{"}) {
    EXPECT_EQ(text_form(json), TextForm::json) << json;
  }
  for (const auto* yaml : {"a: b", "---\na = b", "%YAML 1.2", "# x = 1\na: b", "'a=b': c", "a: b=c", "null",
                           "\xEF\xBB\xBF---", "- a"}) {
    EXPECT_EQ(text_form(yaml), TextForm::yaml) << yaml;
  }
  for (const auto* toml : {"", "\n \t", "# only\n# comments", "#", "[v1]", "a = 'b:c'", "\"a:b\" = 1",
                           "# a: b\n\na.b=1", "\r\n[[x]]"}) {
    EXPECT_EQ(text_form(toml), TextForm::toml) << toml;
  }
}

}  // namespace
}  // namespace flnet::wire
