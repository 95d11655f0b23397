// SPDX-License-Identifier: MIT OR Apache-2.0
// The log where there are processes and threads: a program's first line, lines of several threads.
#include <flnet/log.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace flnet {
namespace {

using log::Level;

constexpr log::Topic links{"flnet::links"};
constexpr log::Topic network{"flnet::network"};

TEST(LogStart, the_first_line_of_a_program_reads_the_environment) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // Another process, in which no line was asked for yet.
  setenv("FLNET_LOG", "flnet::links=debug,nonsense/", 1);
  const auto first_lines = [] {
    links.debug("first");
    network.info("not this");
    network.warn("second");
    std::_Exit(0);
  };
  EXPECT_EXIT(first_lines(), testing::ExitedWithCode(0),
              "^[^ ]* WARN flnet::log: FLNET_LOG: not understood: nonsense/\n"
              "[^ ]* DEBUG flnet::links: first\n"
              "[^ ]* WARN flnet::network: second\n$");
  unsetenv("FLNET_LOG");
}

TEST(LogSink, writes_time_level_topic_and_printable_text_to_standard_error) {
  log::set_sink({});
  log::set_level(Level::warn);
  testing::internal::CaptureStderr();
  links.warn("something\nodd");
  links.info("nothing odd");
  const std::string written = testing::internal::GetCapturedStderr();
  const std::string_view form = "0000-00-00T00:00:00.000 WARN flnet::links: something\\nodd\n";
  ASSERT_EQ(written.size(), form.size()) << written;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = written[i] >= '0' && written[i] <= '9';
    EXPECT_TRUE(form[i] == '0' ? digit : written[i] == form[i]) << written;
  }
}

TEST(LogThreads, may_log_while_rules_and_sink_change) {
  std::atomic<unsigned> arrived = 0;
  const auto counting = [&](Level level, std::string_view, std::string_view) {
    if (level == Level::error) ++arrived;
  };
  log::set_sink(counting);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i)
    threads.emplace_back([] {
      for (int line = 0; line < 500; ++line) {
        links.error("always ", line);
        links.debug("sometimes ", line);
      }
    });
  for (int change = 0; change < 200; ++change) {
    log::set_level(change % 2 == 0 ? Level::trace : Level::error);
    log::set_sink(counting);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(arrived, 1500U);
  log::set_level(Level::warn);
  log::set_sink({});
}

}  // namespace
}  // namespace flnet
