// SPDX-License-Identifier: MIT OR Apache-2.0
// JSON text to a document and back, with the limits that hostile text is held to.
#pragma once

#include <flnet/result.hpp>

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace flnet::wire {

/// Keeps the order of fields, so that what we write looks like what FLNet's Rust releases write.
using Json = nlohmann::ordered_json;

/// Fields of one object; known messages have fewer than ten.
inline constexpr std::size_t max_json_fields = 64;

/// Reads one JSON document (RFC 8259) of at most `max_bytes`: UTF-8, no nesting deeper than
/// max_json_depth, no object with a field twice or with more than max_json_fields. too_large or
/// invalid_message; the detail says at which byte.
Result<Json> parse_json(std::string_view text, std::size_t max_bytes);

/// Without white space; other characters than ASCII stay as they are, bytes that are no UTF-8 become
/// U+FFFD.
std::string write_json(const Json& document);

}  // namespace flnet::wire
