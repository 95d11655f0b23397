// SPDX-License-Identifier: MIT OR Apache-2.0
// The YAML that FLNet's Rust releases write: tables of words. Small, for builds that can't afford a YAML
// library.
#pragma once

#include "base/text_tree.hpp"

#include <flnet/result.hpp>

#include <string_view>

namespace flnet::io {

/// Reads block mappings by indentation whose values are mappings again or words on one line: plain, 'single'
/// or "double" quoted. A line `---` may come first; comments and empty lines anywhere. Everything else that
/// YAML has (lists, flow style, text over several lines, tags, anchors, null) is refused, and so are plain
/// words that begin like one of these. What it reads is what a whole YAML reader makes of it. Limits as of
/// TextTree. too_large, or invalid_message with line and column.
Result<TextTree> read_flat_yaml(std::string_view text);

}  // namespace flnet::io
