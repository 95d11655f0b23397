// SPDX-License-Identifier: MIT OR Apache-2.0
// The log: topics, levels, parts of a line, the sink, how a program and its environment ask for lines.
#include <flnet/log.hpp>
#include <flnet/result.hpp>

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace flnet {
namespace {

using log::Level;

constexpr log::Topic links{"flnet::links"};
constexpr log::Topic network{"flnet::network"};
constexpr log::Topic ping{"ping"};

struct Line {
  Level level;
  std::string topic, text;
  bool operator==(const Line&) const = default;
};

/// Collects the lines; each test starts without FLNET_LOG and leaves the defaults behind.
class Log : public testing::Test {
 protected:
  Log() {
    unsetenv("FLNET_LOG");
    log::set_sink([this](Level level, std::string_view topic, std::string_view text) {
      lines.push_back({level, std::string(topic), std::string(text)});
    });
  }
  ~Log() override {
    unsetenv("FLNET_LOG");
    log::set_level(Level::warn);
    log::set_sink({});
  }

  std::vector<Line> lines;
};

TEST_F(Log, makes_only_lines_up_to_its_level) {
  log::set_level(Level::info);
  links.error("a");
  links.info("b");
  links.debug("not this");
  log::trace("nor this");
  EXPECT_EQ(lines,
            (std::vector<Line>{{Level::error, "flnet::links", "a"}, {Level::info, "flnet::links", "b"}}));
}

TEST_F(Log, joins_parts_of_many_types_to_a_text) {
  log::set_level(Level::info);
  log::info("took ", 3U, ' ', std::string("of "), -7, ' ', true, [] { return '!'; }, [] { return 8; });
  log::warn("why: ", to_string(ErrorCode::closed), ", ", Error{ErrorCode::refused, "no"});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].text, "took 3 of -7 true!8");
  EXPECT_EQ(lines[1].text, "why: closed, no (refused)");
}

TEST_F(Log, lines_without_a_topic_of_their_own_are_the_application_s) {
  log::set_level(Level::info);
  log::info("ours");
  EXPECT_EQ(lines, (std::vector<Line>{{Level::info, "app", "ours"}}));
}

TEST_F(Log, level_off_makes_no_line) {
  log::set_level(Level::off);
  log::error("nothing");
  links.error("nothing");
  EXPECT_TRUE(lines.empty());
  EXPECT_EQ(links.level(), Level::off);
}

TEST_F(Log, start_logging_makes_lines_of_all_topics_up_to_debug) {
  start_logging();
  for (const log::Topic* topic : {&links, &network, &ping, &log::application})
    EXPECT_EQ(topic->level(), Level::debug) << topic->name();
}

TEST_F(Log, filters_are_for_the_topics_that_they_cover_and_for_the_application) {
  start_logging_filter({"flnet::links", "pi"});
  EXPECT_EQ(links.level(), Level::debug);
  EXPECT_EQ(ping.level(), Level::debug);
  EXPECT_EQ(log::level(), Level::debug);
  EXPECT_EQ(network.level(), Level::warn);
}

TEST_F(Log, filters_can_have_any_level_and_others_keep_warn) {
  start_logging_filter_level({"flnet"}, Level::error);
  EXPECT_EQ(links.level(), Level::error);
  EXPECT_EQ(ping.level(), Level::warn);
  start_logging_filter_level({}, Level::trace);
  EXPECT_EQ(ping.level(), Level::trace);
}

TEST_F(Log, the_latest_call_holds) {
  start_logging_filter({"flnet"});
  start_logging_filter({"ping"});
  EXPECT_EQ(links.level(), Level::warn);
  EXPECT_EQ(ping.level(), Level::debug);
  log::set_level(Level::info);
  EXPECT_EQ(links.level(), Level::info);
  EXPECT_EQ(ping.level(), Level::info);
}

TEST_F(Log, the_environment_overrules_the_program) {
  setenv("FLNET_LOG", "flnet::links=trace,ping=off", 1);
  start_logging_filter({"flnet", "ping"});
  EXPECT_EQ(links.level(), Level::trace);
  EXPECT_EQ(network.level(), Level::debug);
  EXPECT_EQ(ping.level(), Level::off);
  setenv("FLNET_LOG", "error", 1);
  start_logging_filter({"flnet", "ping"});
  EXPECT_EQ(links.level(), Level::error);
  EXPECT_EQ(ping.level(), Level::error);
  EXPECT_TRUE(lines.empty());
}

TEST_F(Log, set_level_does_not_ask_the_environment) {
  setenv("FLNET_LOG", "trace", 1);
  log::set_level(Level::error);
  EXPECT_EQ(links.level(), Level::error);
}

TEST_F(Log, what_the_environment_says_wrong_is_named_once_and_the_rest_holds) {
  setenv("FLNET_LOG", "flnet=loud,ping=info,off,x=y=z", 1);
  start_logging();
  start_logging();
  EXPECT_EQ(lines,
            (std::vector<Line>{{Level::warn, "flnet::log", "FLNET_LOG: not understood: flnet=loud, x=y=z"}}));
  EXPECT_EQ(ping.level(), Level::info);
  EXPECT_EQ(links.level(), Level::off);
}

TEST_F(Log, a_sink_may_log_and_replace_itself) {
  log::set_sink([this](Level, std::string_view, std::string_view text) {
    lines.push_back({Level::trace, "outer", std::string(text)});
    log::set_sink([this](Level level, std::string_view topic, std::string_view inner) {
      lines.push_back({level, std::string(topic), std::string(inner)});
    });
    ping.error("from the sink");
  });
  ping.error("to the sink");
  EXPECT_EQ(lines, (std::vector<Line>{{Level::trace, "outer", "to the sink"},
                                      {Level::error, "ping", "from the sink"}}));
}

TEST_F(Log, what_a_replaced_sink_holds_may_log_when_it_dies) {
  struct LastWords {
    ~LastWords() { ping.error("last words"); }
  };
  log::set_sink([held = std::make_shared<LastWords>()](Level, std::string_view, std::string_view) {});
  log::set_sink([this](Level level, std::string_view topic, std::string_view text) {
    lines.push_back({level, std::string(topic), std::string(text)});
  });
  EXPECT_EQ(lines, (std::vector<Line>{{Level::error, "ping", "last words"}}));
}

}  // namespace
}  // namespace flnet
