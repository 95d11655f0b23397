// SPDX-License-Identifier: MIT OR Apache-2.0
// Logging: what flnet tells the operator, through a sink that the program may replace.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

namespace flnet::log {

enum class Level : int { error, warn, info, debug, trace };

using Sink = std::function<void(Level level, std::string_view text)>;

/// Lines above `level` are not made. The default is `warn`, or what the environment's FLNET_LOG says.
void set_level(Level level);
Level level();
/// Replaces the sink, which writes "time LEVEL text" to standard error; an empty one brings that back.
/// Before other threads start.
void set_sink(Sink sink);
/// One line to the sink, whatever the level.
void write(Level level, std::string_view text);

namespace detail {
/// Text as it is, numbers in decimal, ids by their short form: no iostream, which WASM could not afford.
template <class Part>
void append(std::string& to, const Part& part) {
  if constexpr (std::is_convertible_v<const Part&, std::string_view>) {
    to.append(std::string_view(part));
  } else if constexpr (std::is_arithmetic_v<Part>) {
    to.append(std::to_string(part));
  } else if constexpr (requires { part.short_hex(); }) {
    to.append(part.short_hex());
  } else if constexpr (requires { part.to_string(); }) {
    to.append(part.to_string());
  } else {
    to.append(to_string(part));
  }
}

template <class... Parts>
void line(Level at, const Parts&... parts) {
  if (at > level()) return;
  std::string text;
  (append(text, parts), ...);
  write(at, text);
}
}  // namespace detail

template <class... Parts>
void error(const Parts&... parts) {
  detail::line(Level::error, parts...);
}
template <class... Parts>
void warn(const Parts&... parts) {
  detail::line(Level::warn, parts...);
}
template <class... Parts>
void info(const Parts&... parts) {
  detail::line(Level::info, parts...);
}
template <class... Parts>
void debug(const Parts&... parts) {
  detail::line(Level::debug, parts...);
}
template <class... Parts>
void trace(const Parts&... parts) {
  detail::line(Level::trace, parts...);
}

}  // namespace flnet::log
