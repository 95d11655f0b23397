// SPDX-License-Identifier: MIT OR Apache-2.0
// Words between a side of a measurement and its driver: natively by pipes, each with a zero behind it; in
// pages by calls.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

namespace flnet::bench {

/// Words are heard as long as it lives.
class Listener {
 public:
  virtual ~Listener() = default;
};

/// Calls `heard` for each word of the driver, on the current loop.
std::unique_ptr<Listener> listen(std::function<void(std::string_view)> heard);

void tell(std::string_view word);

}  // namespace flnet::bench
