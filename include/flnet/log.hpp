// SPDX-License-Identifier: MIT OR Apache-2.0
// Logging: what flnet tells the operator, by topic and level, through a sink that the program may replace.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace flnet::log {

/// `off` is below all others: it makes no line, and no line has it.
enum class Level : int { off = -1, error, warn, info, debug, trace };

namespace detail {
/// Counts the changes of the rules, so that a topic knows whether the level that it remembers still holds.
inline constinit std::atomic<std::uint32_t> rules_version{1};

/// Text as it is, numbers in decimal, ids by their short form, of a function what it returns: no iostream,
/// which WASM could not afford.
template <class Part>
void append(std::string& to, const Part& part) {
  if constexpr (std::is_convertible_v<const Part&, std::string_view>) {
    to.append(std::string_view(part));
  } else if constexpr (std::same_as<Part, char>) {
    to.push_back(part);
  } else if constexpr (std::same_as<Part, bool>) {
    to.append(part ? "true" : "false");
  } else if constexpr (std::is_arithmetic_v<Part>) {
    to.append(std::to_string(part));
  } else if constexpr (std::is_invocable_v<const Part&>) {
    append(to, part());
  } else if constexpr (requires { part.short_hex(); }) {
    to.append(part.short_hex());
  } else if constexpr (requires { part.to_string(); }) {
    to.append(part.to_string());
  } else {
    to.append(to_string(part));
  }
}
}  // namespace detail

/// One line to the sink, whatever the rules say. Any thread.
void write(Level level, std::string_view topic, std::string_view text);

/// What lines are about, for filters: `flnet::links`, or a program's own word. A constant of a .cpp file:
///   namespace { constexpr flnet::log::Topic topic{"ping"}; }
///   topic.info("answered ", peer, " after ", count, " pings");
/// A line that no rule wants costs two loads and two comparisons; its parts are not made into text. Any
/// thread.
class Topic {
 public:
  /// `name` outlives the topic: a literal.
  explicit constexpr Topic(std::string_view name) : name_(name) {}
  Topic(const Topic&) = delete;
  Topic& operator=(const Topic&) = delete;

  std::string_view name() const { return name_; }
  /// Lines above it are not made.
  Level level() const {
    const std::uint32_t known = known_.load(std::memory_order_relaxed);
    const bool holds = known >> level_bits == detail::rules_version.load(std::memory_order_relaxed);
    return holds ? static_cast<Level>(static_cast<int>(known & level_mask) - 1) : looked_up();
  }

  template <class... Parts>
  void error(const Parts&... parts) const {
    line(Level::error, parts...);
  }
  template <class... Parts>
  void warn(const Parts&... parts) const {
    line(Level::warn, parts...);
  }
  template <class... Parts>
  void info(const Parts&... parts) const {
    line(Level::info, parts...);
  }
  template <class... Parts>
  void debug(const Parts&... parts) const {
    line(Level::debug, parts...);
  }
  template <class... Parts>
  void trace(const Parts&... parts) const {
    line(Level::trace, parts...);
  }

 private:
  static constexpr unsigned level_bits = 3;
  static constexpr std::uint32_t level_mask = (1U << level_bits) - 1;

  template <class... Parts>
  void line(Level at, const Parts&... parts) const {
    if (at > level()) return;
    std::string text;
    (detail::append(text, parts), ...);
    write(at, name_, text);
  }
  Level looked_up() const;

  std::string_view name_;
  /// The rules' version and, in the lowest bits, the level that they gave, plus one.
  mutable std::atomic<std::uint32_t> known_{0};
};

/// The topic of the five functions below, for programs that need only one.
inline constexpr Topic application{"app"};

template <class... Parts>
void error(const Parts&... parts) {
  application.error(parts...);
}
template <class... Parts>
void warn(const Parts&... parts) {
  application.warn(parts...);
}
template <class... Parts>
void info(const Parts&... parts) {
  application.info(parts...);
}
template <class... Parts>
void debug(const Parts&... parts) {
  application.debug(parts...);
}
template <class... Parts>
void trace(const Parts&... parts) {
  application.trace(parts...);
}

/// This level for every topic, whatever the environment says. Any thread.
void set_level(Level level);
/// The level of `application`.
inline Level level() {
  return application.level();
}

/// Gets each line that is made; any thread that logs calls it, several at once perhaps. It may log itself.
using Sink = std::function<void(Level level, std::string_view topic, std::string_view text)>;

/// Replaces the sink, which writes "time LEVEL topic: text", made printable, to standard error in one call;
/// an empty one brings that back. Any thread; lines that are under way may still reach the old one.
void set_sink(Sink sink);
/// `text` for a line and a terminal: control characters, what reorders text, and bytes that are not UTF-8 are
/// escaped (\n, \x1b). Lines hold what peers sent: a sink that writes lines needs it.
std::string printable(std::string_view text);

}  // namespace flnet::log

namespace flnet {

/// As in FLNet's flarch: `level` for the topics that the filters cover and for `log::application`, `warn` for
/// all others; without filters, `level` for all. "flnet::links" covers the topics flnet::links and
/// flnet::links::…; a filter without "::" may be the beginning of a word ("fl" covers flnet::links). The
/// longest one that covers a topic decides. The latest call holds.
///
/// The environment's FLNET_LOG overrules: "debug", "flnet=debug,ping=trace,warn", "off". A level alone takes
/// the place of all that the program asked for, "topic=level" is added to it, and a topic alone means trace.
/// What can't be understood is named in one line of the level warn; the rest holds. It is read here, or at
/// the first line, where `warn` is the level of all topics without it. Any thread.
void start_logging_filter_level(const std::vector<std::string_view>& filters, log::Level level);
/// The level debug.
void start_logging_filter(const std::vector<std::string_view>& filters);
/// The level debug for all topics.
void start_logging();

}  // namespace flnet
