// SPDX-License-Identifier: MIT OR Apache-2.0
// TerminalMessage: lines that were typed and lines to show.
#pragma once

#include <string>
#include <variant>

namespace chat {

/// Without its line end.
struct Typed {
  std::string line;
};
/// A line above Limits::text_bytes was typed, and is gone.
struct TypedTooMuch {};
/// Nothing can be typed any more, or nothing shown.
struct HungUp {};
/// One line, without its end; whoever emits it has made it printable.
struct Show {
  std::string line;
};
using TerminalMessage = std::variant<Typed, TypedTooMuch, HungUp, Show>;

}  // namespace chat
