// SPDX-License-Identifier: MIT OR Apache-2.0
// Which signalling URLs point at this machine.
#include "net/loopback_url.hpp"

#include <gtest/gtest.h>

namespace flnet::net {
namespace {

TEST(LoopbackUrl, knows_this_machine_by_name_and_by_address) {
  for (const char* url :
       {"ws://localhost", "ws://localhost:8765", "wss://localhost:1/path", "ws://a.localhost:1",
        "ws://127.0.0.1:8765", "ws://127.1.2.3", "ws://[::1]:8765", "ws://[::1]/x"})
    EXPECT_TRUE(is_loopback_url(url)) << url;
}

TEST(LoopbackUrl, knows_that_other_machines_are_others) {
  for (const char* url :
       {"", "localhost:8765", "ws://example.org:8765", "ws://localhost.example.org", "ws://10.0.0.1",
        "ws://[2001:db8::1]:8765", "ws://[", "ws://notlocalhost", "wss://:8765"})
    EXPECT_FALSE(is_loopback_url(url)) << url;
}

}  // namespace
}  // namespace flnet::net
