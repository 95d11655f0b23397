// SPDX-License-Identifier: MIT OR Apache-2.0
// The rules' look-up and their text form, which is env_logger's without its regular expressions.
#include "base/log_rules.hpp"

#include <algorithm>
#include <array>

namespace flnet::log {
namespace {

constexpr std::string_view word_end = "::";
constexpr std::string_view blanks = " \t\r\n";

// In the order of Level, which starts with -1.
constexpr std::array<std::string_view, 6> level_names{"OFF", "ERROR", "WARN", "INFO", "DEBUG", "TRACE"};

std::string_view trimmed(std::string_view text) {
  const std::size_t start = text.find_first_not_of(blanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(blanks) + 1 - start);
}

char upper(char letter) {
  return letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
}

/// An item of the text form: a filter, empty for all topics, and its level.
struct Item {
  std::string_view filter;
  Level level;
};

std::optional<Item> parse_item(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view filter = trimmed(text.substr(0, equals));
  if (equals == std::string_view::npos) {
    if (const auto level = level_named(filter)) return Item{{}, *level};
  }
  if (filter.empty() || filter.find_first_of(" \t\r\n/") != std::string_view::npos) return std::nullopt;
  const std::string_view level_text =
      equals == std::string_view::npos ? std::string_view() : trimmed(text.substr(equals + 1));
  if (level_text.empty()) return Item{filter, Level::trace};
  const auto level = level_named(level_text);
  if (!level) return std::nullopt;
  return Item{filter, *level};
}

}  // namespace

void Rules::set(std::string_view filter, Level level) {
  const auto found = std::ranges::find(rules_, filter, &Rule::filter);
  if (found == rules_.end()) {
    rules_.push_back({std::string(filter), level});
  } else {
    found->level = level;
  }
}

Level Rules::level_of(std::string_view topic) const {
  const Rule* longest = nullptr;
  for (const Rule& rule : rules_) {
    if (!covers(rule.filter, topic)) continue;
    if (longest == nullptr || rule.filter.size() > longest->filter.size()) longest = &rule;
  }
  return longest == nullptr ? others_ : longest->level;
}

std::vector<std::string_view> Rules::overrule(std::string_view text) {
  std::vector<std::string_view> not_understood;
  std::vector<Item> named;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    const std::string_view part = trimmed(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
    if (part.empty()) continue;
    const auto item = parse_item(part);
    if (!item) {
      not_understood.push_back(part);
    } else if (item->filter.empty()) {
      others_ = item->level;
      rules_.clear();
    } else {
      named.push_back(*item);
    }
  }
  for (const Item& item : named) set(item.filter, item.level);
  return not_understood;
}

bool covers(std::string_view filter, std::string_view topic) {
  if (!topic.starts_with(filter)) return false;
  if (filter.find(word_end) == std::string_view::npos || filter.ends_with(word_end)) return true;
  const std::string_view rest = topic.substr(filter.size());
  return rest.empty() || rest.starts_with(word_end);
}

std::optional<Level> level_named(std::string_view name) {
  const auto same = [](char one, char other) { return upper(one) == other; };
  for (std::size_t i = 0; i < level_names.size(); ++i)
    if (std::ranges::equal(name, level_names[i], same)) return static_cast<Level>(static_cast<int>(i) - 1);
  return std::nullopt;
}

std::string_view name_of(Level level) {
  const int below = static_cast<int>(Level::off);
  return level_names[static_cast<std::size_t>(static_cast<int>(level) - below)];
}

}  // namespace flnet::log
