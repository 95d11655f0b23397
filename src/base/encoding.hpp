// SPDX-License-Identifier: MIT OR Apache-2.0
// Hex and base64 (RFC 4648) and the check that text is UTF-8 (RFC 3629).
#pragma once

#include <flnet/bytes.hpp>
#include <flnet/result.hpp>

#include <string>
#include <string_view>

namespace flnet {

/// Lower-case hex, two digits a byte.
std::string hex_encode(ByteView bytes);
/// Either case; an odd length or another character is invalid_message.
Result<Bytes> hex_decode(std::string_view text);

/// Standard alphabet with padding.
std::string base64_encode(ByteView bytes);
/// Standard alphabet, padding required, no white space, unused bits zero; else invalid_message.
Result<Bytes> base64_decode(std::string_view text);

/// True for well-formed UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text);

}  // namespace flnet
