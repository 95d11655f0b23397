// SPDX-License-Identifier: MIT OR Apache-2.0
// How many seeded worlds a family of simulations runs, and which seed comes first.
#pragma once

#include <gtest/gtest.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <type_traits>

namespace flnet::test {

/// A number from the environment, or `otherwise`.
inline std::uint64_t environment_number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

/// With FLNET_PRINT_WORLDS=1 each world's digest is a line of its own: tests/sim/same_worlds.sh compares
/// them.
inline void print_world(std::uint64_t seed, std::uint64_t digest) {
  if (environment_number("FLNET_PRINT_WORLDS", 0) == 0) return;
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::printf("world %s.%s %" PRIu64 " %016" PRIx64 "\n", test->test_suite_name(), test->name(), seed,
              digest);
}

/// Runs `world(seed)` for FLNET_WORLDS seeds (default `worlds`) from FLNET_SEED (default 1) on; stops at the
/// first failure, whose message names the seed. A world may return a digest of what happened in it, see
/// Trace.
template <class World>
void for_each_world(std::uint64_t worlds, World world) {
  const std::uint64_t first = environment_number("FLNET_SEED", 1);
  const std::uint64_t count = environment_number("FLNET_WORLDS", worlds);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("repeat with FLNET_WORLDS=1 FLNET_SEED=" + std::to_string(seed));
    if constexpr (std::is_void_v<decltype(world(seed))>) {
      world(seed);
    } else {
      print_world(seed, world(seed));
    }
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace flnet::test
