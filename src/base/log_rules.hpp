// SPDX-License-Identifier: MIT OR Apache-2.0
// Which level holds for which topic, and the text form of that which the environment has.
#pragma once

#include <flnet/log.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flnet::log {

/// Few rules, looked through once a topic and change: topics remember what they were told.
class Rules {
 public:
  explicit Rules(Level others) : others_(others) {}

  /// Takes the place of an earlier rule for the same filter.
  void set(std::string_view filter, Level level);
  /// Of the longest filter that covers the topic, or of the others.
  Level level_of(std::string_view topic) const;
  /// Takes over what `text` ("flnet=debug,ping=trace,warn") says, as start_logging_filter_level() promises;
  /// returns the items that it can't understand.
  std::vector<std::string_view> overrule(std::string_view text);

 private:
  struct Rule {
    std::string filter;
    Level level;
  };

  Level others_;
  std::vector<Rule> rules_;
};

/// Whether `filter` is for `topic`: whole words, but a filter of one word may be the beginning of one.
bool covers(std::string_view filter, std::string_view topic);

/// A level's name in either case.
std::optional<Level> level_named(std::string_view name);
/// "WARN".
std::string_view name_of(Level level);

}  // namespace flnet::log
