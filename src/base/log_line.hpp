// SPDX-License-Identifier: MIT OR Apache-2.0
// A line of the log as the default sink writes it.
#pragma once

#include <flnet/log.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace flnet::log {

/// "2026-01-02T03:04:05.678 WARN flnet::links: text\n" in UTC; topic and text are made printable.
std::string line_of(std::chrono::system_clock::time_point time, Level level, std::string_view topic,
                    std::string_view text);

}  // namespace flnet::log
