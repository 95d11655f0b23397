// SPDX-License-Identifier: MIT OR Apache-2.0
// TextTree: a document read from JSON, YAML or TOML, not yet understood.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace flnet {

inline constexpr std::size_t max_text_tree_bytes = 64 * 1024;
inline constexpr std::size_t max_text_tree_depth = 16;
/// Fields of one table; known documents have fewer than ten.
inline constexpr std::size_t max_text_tree_fields = 64;

/// One value and all below it. Who reads a text into a tree keeps limits (those above for YAML and TOML) and
/// names no field twice; who understands the tree may rely on that.
struct TextTree {
  struct Field;
  using List = std::vector<TextTree>;
  using Table = std::vector<Field>;
  /// There, but of a kind that no known document holds: negative numbers, true and false of JSON.
  struct Other {};

  /// The first alternative stands for nothing; in YAML and TOML also for what no identity holds.
  std::variant<std::monostate, std::string, std::uint64_t, List, Table, Other> value;
};

struct TextTree::Field {
  std::string name;
  TextTree value;
};

}  // namespace flnet
