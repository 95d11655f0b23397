// SPDX-License-Identifier: MIT OR Apache-2.0
// Random: where machines get their random numbers from; the system's, or a seed's in simulations.
#pragma once

#include <flnet/bytes.hpp>

#include <array>

namespace flnet {

/// A source of random bytes. Everything derived from it is computed here and not by <random>, whose
/// distributions differ between standard libraries: one seed gives one run everywhere.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(ByteSpan bytes) = 0;

  std::uint64_t u64();
  std::uint32_t u32();
  /// Uniform in [0, bound); `bound` > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [0, 1).
  double unit();
};

/// xoshiro256** from a seed: for simulations only, never for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  void fill(ByteSpan bytes) override;

 private:
  std::uint64_t next();
  std::array<std::uint64_t, 4> state_{};
};

/// The operating system's generator, through OpenSSL or the JavaScript engine; fit for secrets. Any thread,
/// one at a time.
class SystemRandom final : public Random {
 public:
  void fill(ByteSpan bytes) override;

 private:
  std::array<std::uint8_t, 512> pool_{};
  std::size_t used_ = sizeof(pool_);
};

}  // namespace flnet
