// SPDX-License-Identifier: MIT OR Apache-2.0
// Where lines go when the program has said nothing about it.
#pragma once

#include <flnet/log.hpp>

#include <string_view>

namespace flnet::log {

/// Natively one line of standard error; in WASM the console's function of that level. Topic and text are made
/// printable. Any thread.
void write_to_platform(Level level, std::string_view topic, std::string_view text);

}  // namespace flnet::log
