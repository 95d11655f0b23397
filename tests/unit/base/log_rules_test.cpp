// SPDX-License-Identifier: MIT OR Apache-2.0
// The log's rules: which filter covers which topic, which one decides, and the form that the environment has.
#include "base/log_rules.hpp"

#include <gtest/gtest.h>

namespace flnet::log {
namespace {

using Items = std::vector<std::string_view>;

TEST(LogRules, a_filter_covers_whole_words_and_what_is_below_them) {
  EXPECT_TRUE(covers("flnet::links", "flnet::links"));
  EXPECT_TRUE(covers("flnet::links", "flnet::links::glare"));
  EXPECT_TRUE(covers("flnet::", "flnet::links"));
  EXPECT_FALSE(covers("flnet::links", "flnet::links_of_friends"));
  EXPECT_FALSE(covers("flnet::web_socket", "flnet::web_socket_server"));
  EXPECT_FALSE(covers("flnet::links", "flnet"));
  EXPECT_FALSE(covers("flnet::", "flnet"));
  EXPECT_FALSE(covers("links", "flnet::links"));
}

TEST(LogRules, a_filter_of_one_word_may_be_the_beginning_of_one) {
  EXPECT_TRUE(covers("fl", "flnet::links"));
  EXPECT_TRUE(covers("fl", "flmodules"));
  EXPECT_TRUE(covers("", "ping"));
  EXPECT_FALSE(covers("fl", "ping::fl"));
  EXPECT_FALSE(covers("ping", "pin"));
}

TEST(LogRules, the_longest_filter_that_covers_a_topic_decides_in_any_order) {
  Rules rules(Level::warn);
  rules.set("flnet::links", Level::trace);
  rules.set("flnet", Level::debug);
  rules.set("flnet::links::glare", Level::off);
  EXPECT_EQ(rules.level_of("flnet::links"), Level::trace);
  EXPECT_EQ(rules.level_of("flnet::links::other"), Level::trace);
  EXPECT_EQ(rules.level_of("flnet::links::glare"), Level::off);
  EXPECT_EQ(rules.level_of("flnet::web_rtc"), Level::debug);
  EXPECT_EQ(rules.level_of("ping"), Level::warn);
}

TEST(LogRules, a_rule_takes_the_place_of_an_earlier_one_for_the_same_filter) {
  Rules rules(Level::warn);
  rules.set("ping", Level::trace);
  rules.set("ping", Level::error);
  EXPECT_EQ(rules.level_of("ping"), Level::error);
}

TEST(LogRules, text_has_filters_with_levels_and_a_level_for_the_others) {
  Rules rules(Level::error);
  EXPECT_EQ(rules.overrule(" flnet = debug ,ping=TRACE,, Info,"), Items{});
  EXPECT_EQ(rules.level_of("flnet::links"), Level::debug);
  EXPECT_EQ(rules.level_of("ping"), Level::trace);
  EXPECT_EQ(rules.level_of("app"), Level::info);
}

TEST(LogRules, a_filter_without_level_means_trace) {
  Rules rules(Level::warn);
  EXPECT_EQ(rules.overrule("ping,flnet::links="), Items{});
  EXPECT_EQ(rules.level_of("ping"), Level::trace);
  EXPECT_EQ(rules.level_of("flnet::links"), Level::trace);
  EXPECT_EQ(rules.level_of("flnet::network"), Level::warn);
}

TEST(LogRules, a_level_alone_takes_the_place_of_all_that_was_asked_for) {
  Rules rules(Level::debug);
  rules.set("flnet", Level::trace);
  EXPECT_EQ(rules.overrule("off"), Items{});
  EXPECT_EQ(rules.level_of("flnet"), Level::off);
  EXPECT_EQ(rules.level_of("ping"), Level::off);
}

TEST(LogRules, a_level_alone_leaves_what_stands_beside_it_in_either_order) {
  for (const std::string_view text : {"ping=trace,off", "off,ping=trace"}) {
    Rules rules(Level::debug);
    EXPECT_EQ(rules.overrule(text), Items{});
    EXPECT_EQ(rules.level_of("ping"), Level::trace) << text;
    EXPECT_EQ(rules.level_of("flnet"), Level::off) << text;
  }
}

TEST(LogRules, a_named_level_is_added_to_what_was_asked_for) {
  Rules rules(Level::warn);
  rules.set("flnet", Level::debug);
  EXPECT_EQ(rules.overrule("flnet::links=trace"), Items{});
  EXPECT_EQ(rules.level_of("flnet::links"), Level::trace);
  EXPECT_EQ(rules.level_of("flnet::network"), Level::debug);
}

TEST(LogRules, items_that_are_not_understood_are_returned_and_the_rest_holds) {
  Rules rules(Level::warn);
  EXPECT_EQ(rules.overrule("flnet=loud,ping=debug,=info,a=b=c,two words,debug/text,info"),
            (Items{"flnet=loud", "=info", "a=b=c", "two words", "debug/text"}));
  EXPECT_EQ(rules.level_of("ping"), Level::debug);
  EXPECT_EQ(rules.level_of("flnet"), Level::info);
}

TEST(LogRules, text_without_items_changes_nothing) {
  Rules rules(Level::warn);
  rules.set("ping", Level::trace);
  for (const std::string_view text : {"", ",", " , "}) {
    EXPECT_EQ(rules.overrule(text), Items{});
    EXPECT_EQ(rules.level_of("ping"), Level::trace);
    EXPECT_EQ(rules.level_of("flnet"), Level::warn);
  }
}

TEST(LogRules, a_level_s_name_is_read_back) {
  for (int i = -1; i <= 4; ++i) EXPECT_EQ(level_named(name_of(Level(i))), Level(i));
  EXPECT_EQ(level_named("warning"), std::nullopt);
  EXPECT_EQ(level_named(""), std::nullopt);
}

}  // namespace
}  // namespace flnet::log
