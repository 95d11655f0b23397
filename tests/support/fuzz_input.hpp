// SPDX-License-Identifier: MIT OR Apache-2.0
// Cuts a fuzzer's bytes into the choices that a machine's test needs.
#pragma once

#include <flnet/bytes.hpp>

#include <algorithm>
#include <string>

namespace flnet::test {

/// Gives zeros and empty text when the bytes are used up.
class FuzzInput {
 public:
  FuzzInput(const std::uint8_t* data, std::size_t size) : rest_(data, size) {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const std::uint8_t first = rest_.front();
    rest_ = rest_.subspan(1);
    return first;
  }
  std::size_t below(std::size_t bound) { return byte() % bound; }
  /// The next bytes, at most `length`.
  ByteView take(std::size_t length) {
    const ByteView taken = rest_.first(std::min(length, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  std::string text(std::size_t max) {
    return std::string(as_text(take(std::min(max, std::size_t{byte()} * 4))));
  }

 private:
  ByteView rest_;
};

}  // namespace flnet::test
