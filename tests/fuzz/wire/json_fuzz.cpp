// SPDX-License-Identifier: MIT OR Apache-2.0
// The small reader of JSON says what nlohmann's says, and what is written is read as it was.
#include "base/encoding.hpp"
#include "support/tree_text.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_text.hpp"
#include "wire/json_writer.hpp"

#include <flnet/bytes.hpp>

#include <cstdlib>

namespace {

using namespace flnet;

/// nlohmann's parser refuses numbers beyond the range of double.
bool may_hold_huge_number(std::string_view text) {
  constexpr std::size_t most_digits = 300;
  std::size_t digits = 0;
  for (const char c : text) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > most_digits) return true;
  }
  return text.find_first_of("eE") != std::string_view::npos && text.find_first_of("123456789") < text.size();
}

void written_is_read(std::string_view words) {
  const auto again = wire::JsonReader(wire::JsonWriter().text(words).take()).read();
  const auto* text = again ? std::get_if<std::string>(&again->value) : nullptr;
  if (text == nullptr || !is_utf8(*text) || (is_utf8(words) && *text != words)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(ByteView(data, size));
  written_is_read(text);
  const auto small = wire::JsonReader(text).read();
  const auto large = wire::parse_json(text, size);
  if (small.has_value() != large.has_value() && !(small && may_hold_huge_number(text))) std::abort();
  if (small && large && test::tree_text(*small) != test::tree_text(*large)) std::abort();
  return 0;
}
