// SPDX-License-Identifier: MIT OR Apache-2.0
// Hex, base64 and UTF-8, as encoding.hpp says.
#include "base/encoding.hpp"

#include <array>
#include <cstring>

namespace flnet {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t not_a_digit = 0xff;

constexpr std::array<std::uint8_t, 256> reverse_table(std::string_view digits) {
  std::array<std::uint8_t, 256> table{};
  table.fill(not_a_digit);
  for (std::size_t i = 0; i < digits.size(); ++i)
    table[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
  return table;
}

constexpr auto base64_values = reverse_table(base64_digits);

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Length of the UTF-8 sequence at the start of `text`, or 0 when it is malformed (RFC 3629 §4).
std::size_t utf8_sequence(const unsigned char* text, std::size_t size) {
  const unsigned char first = text[0];
  if (first < 0x80) return 1;
  const auto continues = [&](std::size_t at) { return at < size && (text[at] & 0xc0) == 0x80; };
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xe0 && text[1] < 0xa0) return 0;   // overlong
    if (first == 0xed && text[1] >= 0xa0) return 0;  // surrogates
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xf0 && text[1] < 0x90) return 0;   // overlong
    if (first == 0xf4 && text[1] >= 0x90) return 0;  // above U+10FFFF
    return 4;
  }
  return 0;
}

}  // namespace

std::string hex_encode(ByteView bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(hex_digits[byte >> 4]);
    text.push_back(hex_digits[byte & 15]);
  }
  return text;
}

Result<Bytes> hex_decode(std::string_view text) {
  if (text.size() % 2 != 0) return failure(ErrorCode::invalid_message, "hex with an odd number of digits");
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return failure(ErrorCode::invalid_message, "not a hex digit");
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

std::string base64_encode(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t here = std::min<std::size_t>(3, bytes.size() - i);
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j) group = group << 8 | (j < here ? bytes[i + j] : 0);
    for (std::size_t j = 0; j < 4; ++j)
      text.push_back(j <= here ? base64_digits[group >> (18 - 6 * j) & 63] : '=');
  }
  return text;
}

Result<Bytes> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0)
    return failure(ErrorCode::invalid_message, "base64 of a length that is no multiple of 4");
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  Bytes bytes;
  bytes.reserve(text.size() / 4 * 3);
  for (std::size_t i = 0; i < text.size(); i += 4) {
    const std::size_t digits = i + 4 == text.size() ? 4 - padding : 4;
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const std::uint8_t value = j < digits ? base64_values[static_cast<unsigned char>(text[i + j])] : 0;
      if (value == not_a_digit) return failure(ErrorCode::invalid_message, "not a base64 digit");
      group = group << 6 | value;
    }
    for (std::size_t j = 0; j + 1 < digits; ++j)
      bytes.push_back(static_cast<std::uint8_t>(group >> (16 - 8 * j)));
    const std::uint32_t unused = digits == 3 ? group & 0xff : digits == 2 ? group & 0xffff : 0;
    if (unused != 0) return failure(ErrorCode::invalid_message, "base64 with bits set behind its end");
  }
  return bytes;
}

bool is_utf8(std::string_view text) {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t left = text.size();
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  while (left > 0) {
    // Eight ASCII characters at once: most text is ASCII, and messages may be large.
    if (left >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, 8);
      if ((word & high_bits) == 0) {
        at += 8;
        left -= 8;
        continue;
      }
    }
    const std::size_t length = utf8_sequence(at, left);
    if (length == 0) return false;
    at += length;
    left -= length;
  }
  return true;
}

}  // namespace flnet
