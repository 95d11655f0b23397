// SPDX-License-Identifier: MIT OR Apache-2.0
// The log's level and sink, and the default sink, which writes to standard error.
#include <flnet/log.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>

namespace flnet::log {
namespace {

struct LevelName {
  Level level;
  std::string_view in_environment, in_line;
};
constexpr std::array level_names{
    LevelName{Level::error, "error", "ERROR"}, LevelName{Level::warn, "warn", "WARN"},
    LevelName{Level::info, "info", "INFO"},    LevelName{Level::debug, "debug", "DEBUG"},
    LevelName{Level::trace, "trace", "TRACE"},
};

Level level_of_environment() {
  const char* wanted = std::getenv("FLNET_LOG");
  if (wanted == nullptr) return Level::warn;
  const auto* found = std::ranges::find(level_names, std::string_view(wanted), &LevelName::in_environment);
  return found == level_names.end() ? Level::warn : found->level;
}

std::atomic<Level>& current_level() {
  static std::atomic<Level> level = level_of_environment();
  return level;
}

/// "2026-01-02T03:04:05.678", in UTC.
std::string time_of_day() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> date{};
  const std::size_t length = std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03d",
                static_cast<int>(now.time_since_epoch().count() % 1000));
  return std::string(date.data(), length) + fraction.data();
}

void write_to_standard_error(Level level, std::string_view text) {
  std::string line = time_of_day();
  line += ' ';
  line += level_names[static_cast<std::size_t>(level)].in_line;
  line += ' ';
  line += text;
  line += '\n';
  // One call, so that lines of several processes don't mix.
  std::fwrite(line.data(), 1, line.size(), stderr);
}

Sink& current_sink() {
  static Sink sink = write_to_standard_error;
  return sink;
}

}  // namespace

void set_level(Level level) {
  current_level().store(level, std::memory_order_relaxed);
}

Level level() {
  return current_level().load(std::memory_order_relaxed);
}

void set_sink(Sink sink) {
  current_sink() = sink ? std::move(sink) : Sink(write_to_standard_error);
}

void write(Level level, std::string_view text) {
  current_sink()(level, text);
}

}  // namespace flnet::log
