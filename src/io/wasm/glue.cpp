// SPDX-License-Identifier: MIT OR Apache-2.0
// The memory through which JavaScript hands bytes to C++.
#include <emscripten/em_macros.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace {

/// Whoever is given the memory has read it before the next event comes: one piece serves all. It stays as
/// large as the largest message so far, which each sender of events bounds.
struct Scratch {
  std::unique_ptr<std::uint8_t[]> bytes;
  std::size_t size = 0;
};

constexpr std::size_t least_size = 4096;

}  // namespace

extern "C" EMSCRIPTEN_KEEPALIVE std::uint8_t* flnet_scratch(std::size_t size) noexcept {
  static Scratch scratch;
  if (size > scratch.size || scratch.size == 0) {
    scratch.size = std::max(size, least_size);
    scratch.bytes.reset();
    scratch.bytes = std::make_unique_for_overwrite<std::uint8_t[]>(scratch.size);
  }
  return scratch.bytes.get();
}
