// SPDX-License-Identifier: MIT OR Apache-2.0
// TypedLines: cuts what is read from a terminal, piece by piece, into lines.
#pragma once

#include "terminal_words.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace chat {

/// Holds at most one line, and of one that is too long nothing.
class TypedLines {
 public:
  /// The lines that end in this piece: Typed or TypedTooMuch.
  std::vector<TerminalMessage> take(std::string_view piece);
  /// The last line, if it has no end.
  std::optional<TerminalMessage> rest();

 private:
  void append(std::string_view part);
  TerminalMessage finish();

  std::string line_;
  bool too_much_ = false;
};

}  // namespace chat
