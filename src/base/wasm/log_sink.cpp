// SPDX-License-Identifier: MIT OR Apache-2.0
// The default sink in WASM: the console, which has levels and a time of its own.
#include "base/log_sink.hpp"

#include <string>

extern "C" void flnet_console(int level, const char* line, std::size_t size);

namespace flnet::log {

void write_to_platform(Level level, std::string_view topic, std::string_view text) {
  const std::string line = printable(topic) + ": " + printable(text);
  flnet_console(static_cast<int>(level), line.data(), line.size());
}

}  // namespace flnet::log
