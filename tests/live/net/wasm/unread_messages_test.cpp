// SPDX-License-Identifier: MIT OR Apache-2.0
// What only WASM does: browsers can't be told to receive less, so who reads far too little loses the session.
#include "live/net/live_connections.hpp"

namespace flnet::testing {
namespace {

/// Until the peer has lost the connection. More than what may wait there, whatever the buffers on the way
/// hold.
Task<> flood(PeerConnection& to) {
  for (int i = 0; i < 200; ++i) {
    if (!co_await to.send(Message::from_binary(Bytes(largest, 1)))) co_return;
  }
}

Task<> nobody_reads() {
  Pair pair;
  if (!co_await pair.connect()) co_return;
  JobSet sending;
  sending.add(flood(pair.a));
  const auto reason = co_await within(patience, pair.b.closed());
  EXPECT_TRUE(reason && reason->code == ErrorCode::queue_full);
  // What had been received is still there.
  EXPECT_TRUE(pair.b.try_recv().has_value());
  co_await sending.empty();
}
TEST(PeerConnectionLive, ends_when_nobody_reads_what_piles_up) {
  run_test(nobody_reads());
}

}  // namespace
}  // namespace flnet::testing
