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
  std::string text(std::size_t max) {
    const std::size_t size = std::min({max, rest_.size(), std::size_t{byte()} * 4});
    const ByteView taken = rest_.first(std::min(size, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return std::string(as_text(taken));
  }

 private:
  ByteView rest_;
};

}  // namespace flnet::test
