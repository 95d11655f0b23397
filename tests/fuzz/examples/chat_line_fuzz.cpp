// SPDX-License-Identifier: MIT OR Apache-2.0
// Whatever a peer sends, a line that is read comes back as it was, and a terminal obeys none of it.
#include "chat/chat_words.hpp"
#include "chat/line.hpp"
#include "chat/screen.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void require_printable(const std::string& shown) {
  require(std::ranges::all_of(shown, [](unsigned char c) { return c >= 0x20 && c != 0x7f; }));
  require(chat::printable(shown) == shown);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  require_printable(chat::printable(text));
  require_printable(chat::text_of(chat::News::Said{std::string(text), std::string(text)}));
  const auto line = chat::line_from_json(text);
  if (!line) return 0;
  require(line->name.size() <= chat::Limits::name_bytes && line->text.size() <= chat::Limits::text_bytes);
  const auto again = chat::line_from_json(chat::to_json(*line));
  require(again && *again == *line);
  return 0;
}
