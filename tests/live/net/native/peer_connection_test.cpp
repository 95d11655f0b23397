// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection where only native ones do so: readers slow the sender down, and there are ports to choose.
#include "live/net/live_connections.hpp"

#include <string>

namespace flnet::testing {
namespace {

Task<> slow_reader() {
  constexpr int count = 80;
  Pair pair;
  if (!co_await pair.connect()) co_return;
  JobSet sending;
  sending.add(send_numbered(pair.a, count));
  co_await sleep(500ms);
  EXPECT_EQ(sending.size(), 1U) << "the sender is not held up";
  EXPECT_GT(pair.a.buffered_bytes(), 0U);
  co_await hear_numbered(pair.b, count);
  co_await sending.empty();
}
TEST(PeerConnectionLive, holds_up_the_sender_while_nobody_reads) {
  run_test(slow_reader());
}

Task<> port_in_use() {
  auto a = PeerConnection::open(on_loopback);
  auto b = PeerConnection::open(on_loopback);
  EXPECT_TRUE(a.has_value() && b.has_value());
  JobSet signalling;
  signalling.add(carry(*a, *b));
  signalling.add(carry(*b, *a));
  EXPECT_TRUE(a->connect());
  EXPECT_TRUE((co_await b->opened()).has_value());
  const std::string address = a->state().local_address;
  ConnectionConfig taken(on_loopback);
  taken.udp_port = static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
  EXPECT_EQ(PeerConnection::open(taken).error().code, ErrorCode::address_in_use);
}
TEST(PeerConnectionLive, says_when_its_port_is_in_use) {
  run_test(port_in_use());
}

}  // namespace
}  // namespace flnet::testing
