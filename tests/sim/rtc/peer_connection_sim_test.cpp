// SPDX-License-Identifier: MIT OR Apache-2.0
// Seeded worlds of two PeerConnections: bad networks, late signalling, every way to end; messages exact.
#include "rtc/peer_connection.hpp"

#include "support/peer_scenario.hpp"
#include "support/plain_dtls.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc {
namespace {

TEST(PeerConnectionSim, messages_are_exact_and_every_world_ends) {
  std::uint64_t connected = 0, worlds = 0;
  test::for_each_world(200, [&](std::uint64_t seed) {
    test::PlainDtlsContext offerer(static_cast<std::uint32_t>(seed * 2));
    test::PlainDtlsContext answerer(static_cast<std::uint32_t>(seed * 2 + 1));
    test::PeerScenario scenario(seed, offerer, answerer);
    scenario.run();
    ++worlds;
    if (scenario.was_connected()) ++connected;
  });
  EXPECT_GE(connected * 100, worlds * 90) << "bad networks may keep some apart, not many";
}

TEST(PeerConnectionSim, one_seed_gives_one_run) {
  test::for_each_world(5, [](std::uint64_t seed) {
    const auto fingerprint = [seed] {
      test::PlainDtlsContext offerer(1), answerer(2);
      test::PeerScenario scenario(seed, offerer, answerer);
      scenario.run();
      return scenario.fingerprint();
    };
    EXPECT_EQ(fingerprint(), fingerprint());
  });
}

}  // namespace
}  // namespace flnet::rtc
