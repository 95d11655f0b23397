// SPDX-License-Identifier: MIT OR Apache-2.0
// The worlds of PeerConnection with OpenSSL's DTLS in them, in virtual time.
#include "io/native/dtls_openssl.hpp"
#include "support/openssl_clock.hpp"
#include "support/peer_scenario.hpp"
#include "support/worlds.hpp"

#include <gtest/gtest.h>

FLNET_DEFINE_OPENSSL_CLOCK;

namespace flnet::io {
namespace {

/// Datagrams are not corrupted here: without a key, a damaged handshake message is the end of the handshake.
TEST(PeerConnectionDtlsSim, messages_are_exact_and_every_world_ends) {
  const auto offerer = make_dtls_context();
  const auto answerer = make_dtls_context();
  ASSERT_TRUE(offerer && answerer);
  std::uint64_t connected = 0, worlds = 0;
  test::for_each_world(50, [&](std::uint64_t seed) {
    const test::OpensslClock clock(Time{Duration{1}});
    test::PeerScenario scenario(seed, **offerer, **answerer, false);
    scenario.run();
    ++worlds;
    if (scenario.was_connected()) ++connected;
  });
  EXPECT_GE(connected * 100, worlds * 90);
}

}  // namespace
}  // namespace flnet::io
