// SPDX-License-Identifier: MIT OR Apache-2.0
// What a typed line means.
#pragma once

#include "chat_words.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace chat {

/// Nothing for an empty line, for /help, and for what starts with "/" and is no command. "//text" says
/// "/text".
std::optional<Wish::Any> wish_of(std::string_view line);

/// What to answer to a line that is no wish; may have several lines, or none.
std::string advice_on(std::string_view line);

}  // namespace chat
