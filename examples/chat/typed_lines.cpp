// SPDX-License-Identifier: MIT OR Apache-2.0
// Lines end with LF, or CR LF.
#include "typed_lines.hpp"

#include "chat_words.hpp"

#include <utility>

namespace chat {

std::vector<TerminalMessage> TypedLines::take(std::string_view piece) {
  std::vector<TerminalMessage> lines;
  for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
    append(piece.substr(0, end));
    lines.push_back(finish());
    piece.remove_prefix(end + 1);
  }
  append(piece);
  return lines;
}

std::optional<TerminalMessage> TypedLines::rest() {
  if (line_.empty() && !too_much_) return std::nullopt;
  return finish();
}

void TypedLines::append(std::string_view part) {
  // One more for a CR.
  too_much_ = too_much_ || line_.size() + part.size() > Limits::text_bytes + 1;
  if (too_much_) {
    line_.clear();
  } else {
    line_ += part;
  }
}

TerminalMessage TypedLines::finish() {
  std::string line = std::exchange(line_, {});
  if (line.ends_with('\r')) line.pop_back();
  if (std::exchange(too_much_, false) || line.size() > Limits::text_bytes) return TypedTooMuch{};
  return Typed{std::move(line)};
}

}  // namespace chat
