// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON text to a document, with the limits that hostile text is held to.
#pragma once

#include "base/text_tree.hpp"

#include <flnet/result.hpp>

#include <cstddef>
#include <string_view>

namespace flnet::wire {

inline constexpr std::size_t max_json_depth = 16;
/// Fields of one object; known messages have fewer than ten.
inline constexpr std::size_t max_json_fields = max_text_tree_fields;

/// Reads one JSON document (RFC 8259) of at most `max_bytes`: UTF-8, no nesting deeper than
/// max_json_depth, no object with a field twice or with more than max_json_fields. Numbers that are not
/// whole, negative or above 2^64-1 are TextTree::Other, as true and false are. too_large or
/// invalid_message; the detail says at which byte.
Result<TextTree> parse_json(std::string_view text, std::size_t max_bytes);

}  // namespace flnet::wire
