// SPDX-License-Identifier: MIT OR Apache-2.0
// Numbers from random bytes, and xoshiro256** for simulations.
#include "base/random.hpp"

#include "base/byte_io.hpp"

#include <bit>
#include <cassert>

namespace flnet {

std::uint64_t Random::u64() {
  std::array<std::uint8_t, 8> bytes{};
  fill(bytes);
  return load_u64(bytes.data());
}

std::uint32_t Random::u32() {
  return static_cast<std::uint32_t>(u64() >> 32);
}

std::uint64_t Random::below(std::uint64_t bound) {
  assert(bound > 0);
  // The numbers below `threshold` are too many by a part of a round: taking them would favour small results.
  const std::uint64_t threshold = (0 - bound) % bound;
  std::uint64_t value = u64();
  while (value < threshold) value = u64();
  return value % bound;
}

double Random::unit() {
  return static_cast<double>(u64() >> 11) * 0x1.0p-53;
}

SeededRandom::SeededRandom(std::uint64_t seed) {
  // splitmix64 spreads a small seed over the whole state, as xoshiro's authors advise.
  for (std::uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    std::uint64_t mixed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    word = mixed ^ (mixed >> 31);
  }
}

std::uint64_t SeededRandom::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

void SeededRandom::fill(ByteSpan bytes) {
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 8 == 0) word = next();
    bytes[i] = static_cast<std::uint8_t>(word >> (56 - 8 * (i % 8)));
  }
}

}  // namespace flnet
