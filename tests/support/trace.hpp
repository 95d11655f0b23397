// SPDX-License-Identifier: MIT OR Apache-2.0
// Trace: all that happened in a world as one number, the same on every platform.
#pragma once

#include <cstdint>
#include <string_view>

namespace flnet::test {

/// FNV-1a of 64 bits. Two runs that noted the same, in the same order, have the same digest.
class Trace {
 public:
  void note(std::string_view text) {
    for (const char character : text) add(static_cast<std::uint8_t>(character));
    // So that "a", "bc" is not "ab", "c".
    note(text.size());
  }
  void note(std::uint64_t number) {
    for (int shift = 0; shift < 64; shift += 8) add(static_cast<std::uint8_t>(number >> shift));
  }
  std::uint64_t digest() const { return digest_; }

 private:
  void add(std::uint8_t byte) { digest_ = (digest_ ^ byte) * 0x100000001b3; }

  std::uint64_t digest_ = 0xcbf29ce484222325;
};

}  // namespace flnet::test
