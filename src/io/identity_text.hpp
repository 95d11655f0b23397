// SPDX-License-Identifier: MIT OR Apache-2.0
// The formats in which FLNet's Rust releases stored identities: YAML and TOML, read under limits.
#pragma once

#include "base/text_tree.hpp"

#include <flnet/result.hpp>

#include <string_view>

namespace flnet::io {

/// One YAML document within the limits of TextTree. All scalars are words: whether `12` is a number is the
/// reader's to know. Tags, anchors and aliases are refused, so that nothing can be larger than its text.
/// too_large, or invalid_message with line and column.
Result<TextTree> read_yaml(std::string_view text);

/// The same for TOML 1.0.
Result<TextTree> read_toml(std::string_view text);

/// What both refuse before they look closer: more than max_text_tree_bytes, a zero byte, no UTF-8.
Result<> check_identity_text(std::string_view text);

/// "YAML line 3, column 7: why", as invalid_message.
Error identity_text_fault(std::string_view format, std::size_t line, std::size_t column,
                          std::string_view why);

}  // namespace flnet::io
