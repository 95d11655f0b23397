// SPDX-License-Identifier: MIT OR Apache-2.0
// SystemRandom: the JavaScript engine's generator, asked for a pool of bytes at a time.
#include "base/random.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace flnet {
namespace {

/// What getentropy gives at most; Emscripten makes it crypto.getRandomValues.
constexpr std::size_t most_at_once = 256;

}  // namespace

void SystemRandom::fill(ByteSpan bytes) {
  while (!bytes.empty()) {
    if (used_ == pool_.size()) {
      for (std::size_t at = 0; at < pool_.size(); at += most_at_once) {
        // Without randomness every key and tag would be guessable: there is nothing sensible left to do.
        if (getentropy(pool_.data() + at, std::min(most_at_once, pool_.size() - at)) != 0) std::abort();
      }
      used_ = 0;
    }
    const std::size_t count = std::min(bytes.size(), pool_.size() - used_);
    std::copy_n(pool_.begin() + static_cast<std::ptrdiff_t>(used_), count, bytes.begin());
    explicit_bzero(pool_.data() + used_, count);
    used_ += count;
    bytes = bytes.subspan(count);
  }
}

}  // namespace flnet
