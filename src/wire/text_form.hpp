// SPDX-License-Identifier: MIT OR Apache-2.0
// Tells JSON, YAML and TOML apart.
#pragma once

#include <cstdint>
#include <string_view>

namespace flnet::wire {

enum class TextForm : std::uint8_t { json, yaml, toml };

/// By the first line that says something: a brace begins JSON, a bracket or a name before "=" TOML, all
/// else is YAML. Text that says nothing (empty, blank, comments only) is TOML's empty document.
TextForm text_form(std::string_view text);

}  // namespace flnet::wire
