// SPDX-License-Identifier: MIT OR Apache-2.0
// SystemRandom: OpenSSL's generator, asked for a pool of bytes at a time.
#include "base/random.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>

namespace flnet {

void SystemRandom::fill(ByteSpan bytes) {
  while (!bytes.empty()) {
    if (used_ == pool_.size()) {
      // Without randomness every key and tag would be guessable: there is nothing sensible left to do.
      if (RAND_bytes(pool_.data(), static_cast<int>(pool_.size())) != 1) std::abort();
      used_ = 0;
    }
    const std::size_t count = std::min(bytes.size(), pool_.size() - used_);
    std::copy_n(pool_.begin() + static_cast<std::ptrdiff_t>(used_), count, bytes.begin());
    OPENSSL_cleanse(pool_.data() + used_, count);
    used_ += count;
    bytes = bytes.subspan(count);
  }
}

}  // namespace flnet
