// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers without sign as text, as protocols write them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace flnet {

/// The number whose digits `text` is: decimal ones, or in base 16 hex of either case. Nothing when it is
/// empty, holds anything else, or when the number is above `most`.
std::optional<std::uint64_t> read_number(std::string_view text, unsigned base = 10,
                                         std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

/// In lower-case hex, with zeros before it up to so many digits.
std::string hex_number(std::uint64_t number, std::size_t least_digits = 1);

}  // namespace flnet
