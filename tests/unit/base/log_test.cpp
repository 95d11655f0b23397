// SPDX-License-Identifier: MIT OR Apache-2.0
// The log: levels, parts of a line, the sink, and what the default sink writes.
#include <flnet/log.hpp>
#include <flnet/result.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flnet {
namespace {

/// Brings the default level and sink back.
struct Restored {
  ~Restored() {
    log::set_level(log::Level::warn);
    log::set_sink({});
  }
};

TEST(Log, makes_only_lines_up_to_its_level) {
  const Restored restored;
  std::vector<std::pair<log::Level, std::string>> lines;
  log::set_sink([&](log::Level level, std::string_view text) { lines.emplace_back(level, text); });
  log::set_level(log::Level::info);
  log::error("a ", 1, ' ', std::string("b"));
  log::info("took ", 3U, " of ", to_string(ErrorCode::closed));
  log::debug("not this");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].first, log::Level::error);
  EXPECT_EQ(lines[1].second, "took 3 of closed");
}

TEST(Log, default_sink_writes_time_level_and_text_to_standard_error) {
  const Restored restored;
  testing::internal::CaptureStderr();
  log::warn("something odd");
  log::info("nothing odd");
  const std::string written = testing::internal::GetCapturedStderr();
  const std::string_view form = "0000-00-00T00:00:00.000 WARN something odd\n";
  ASSERT_EQ(written.size(), form.size()) << written;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool digit = written[i] >= '0' && written[i] <= '9';
    EXPECT_TRUE(form[i] == '0' ? digit : written[i] == form[i]) << written;
  }
}

}  // namespace
}  // namespace flnet
