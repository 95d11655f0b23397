// SPDX-License-Identifier: MIT OR Apache-2.0
// The ground of live tests, which each platform has in its own way: a loop to wait on, a signalling server to
// meet at.
#pragma once

#include <flnet/task.hpp>
#include <flnet/time.hpp>

#include <memory>
#include <string>

namespace flnet::testing {

/// What a test waits for comes within this time, or not at all.
inline constexpr Duration patience = std::chrono::seconds(20);

/// The last words of a TEST: `test` is what it does. Natively it runs now, on a loop of its own. In WASM
/// nothing happens while a function runs: it is kept, and main runs it once GoogleTest is through. Either way
/// what it expects counts for the TEST, and it hangs at some point rather than for ever.
void run_test(Task<> test);

/// Whether the platform tells how a channel of the peer's treats messages. npm's node-datachannel does not.
bool tells_modes();
/// Whether the platform restarts ICE. npm's node-datachannel does not.
bool restarts_ice();

/// A signalling server. Natively one of the test's own, which ends with the last copy of this; in WASM the
/// one whose URL the program was given: other tests' nodes may still be there for a moment.
struct TestServer {
  std::string url;
  std::shared_ptr<void> running;  ///< The copies' common server.
};
TestServer start_server();
inline std::string url_of(const TestServer& server) {
  return server.url;
}

}  // namespace flnet::testing
