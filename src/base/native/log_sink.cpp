// SPDX-License-Identifier: MIT OR Apache-2.0
// The default sink natively: standard error.
#include "base/log_sink.hpp"

#include "base/log_line.hpp"

#include <chrono>
#include <cstdio>

namespace flnet::log {

void write_to_platform(Level level, std::string_view topic, std::string_view text) {
  const std::string line = line_of(std::chrono::system_clock::now(), level, topic, text);
  // One call, so that lines of several threads and processes don't mix.
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace flnet::log
