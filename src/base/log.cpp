// SPDX-License-Identifier: MIT OR Apache-2.0
// The rules that hold, the environment that overrules them, and the sink.
#include <flnet/log.hpp>

#include "base/log_rules.hpp"
#include "base/log_sink.hpp"

#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace flnet::log {
namespace {

constexpr Topic about_itself{"flnet::log"};
constexpr Level default_level = Level::warn;

struct State {
  std::mutex mutex;
  /// None before the first line or start_logging().
  std::optional<Rules> rules;
  /// Shared with the lines that are being written: set_sink() does not wait for them.
  std::shared_ptr<const Sink> sink = std::make_shared<const Sink>(write_to_platform);
  /// What was said about the environment last, so that it is said once.
  std::string complaint;
};

State& state() {
  static State state;
  return state;
}

/// Under the lock. Topics that compare versions from now on look their level up again.
void adopt(State& held, Rules rules) {
  held.rules = std::move(rules);
  detail::rules_version.fetch_add(1, std::memory_order_relaxed);
}

/// Under the lock: `rules`, overruled by the environment. Returns what is to be said about that, or nothing.
std::string adopt_overruled(State& held, Rules rules) {
  const char* wanted = std::getenv("FLNET_LOG");
  std::string complaint;
  if (wanted != nullptr)
    for (const std::string_view item : rules.overrule(wanted))
      complaint.append(complaint.empty() ? "FLNET_LOG: not understood: " : ", ").append(item);
  adopt(held, std::move(rules));
  if (complaint == held.complaint) return {};
  return held.complaint = std::move(complaint);
}

/// Not under the lock, because sinks may log. Whatever the rules say: they are not what was asked for.
void complain(const std::string& text) {
  if (!text.empty()) write(Level::warn, about_itself.name(), text);
}

}  // namespace

Level Topic::looked_up() const {
  State& shared = state();
  std::string complaint;
  Level level{};
  {
    const std::scoped_lock lock(shared.mutex);
    if (!shared.rules) complaint = adopt_overruled(shared, Rules(default_level));
    level = shared.rules->level_of(name_);
    const std::uint32_t version = detail::rules_version.load(std::memory_order_relaxed);
    known_.store((version << level_bits) | static_cast<std::uint32_t>(static_cast<int>(level) + 1),
                 std::memory_order_relaxed);
  }
  complain(complaint);
  return level;
}

void write(Level level, std::string_view topic, std::string_view text) {
  State& shared = state();
  std::shared_ptr<const Sink> sink;
  {
    const std::scoped_lock lock(shared.mutex);
    sink = shared.sink;
  }
  (*sink)(level, topic, text);
}

void set_level(Level level) {
  State& shared = state();
  const std::scoped_lock lock(shared.mutex);
  adopt(shared, Rules(level));
}

void set_sink(Sink sink) {
  if (!sink) sink = write_to_platform;
  auto next = std::make_shared<const Sink>(std::move(sink));
  State& shared = state();
  // The old one dies after the lock: what it holds may log.
  const std::scoped_lock lock(shared.mutex);
  shared.sink.swap(next);
}

}  // namespace flnet::log

namespace flnet {

void start_logging_filter_level(const std::vector<std::string_view>& filters, log::Level level) {
  log::Rules rules(filters.empty() ? level : log::default_level);
  if (!filters.empty()) rules.set(log::application.name(), level);
  for (const std::string_view filter : filters) rules.set(filter, level);
  std::string complaint;
  {
    log::State& shared = log::state();
    const std::scoped_lock lock(shared.mutex);
    complaint = log::adopt_overruled(shared, std::move(rules));
  }
  log::complain(complaint);
}

void start_logging_filter(const std::vector<std::string_view>& filters) {
  start_logging_filter_level(filters, log::Level::debug);
}

void start_logging() {
  start_logging_filter({});
}

}  // namespace flnet
