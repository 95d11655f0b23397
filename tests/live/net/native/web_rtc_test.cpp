// SPDX-License-Identifier: MIT OR Apache-2.0
// WebRTC where only native ones do so: who does not read slows the peer down.
#include "live/net/linked_pair.hpp"

namespace flnet::testing {
namespace {

Task<> send_all(const Broker<WebRTCMessage> broker, int count) {
  for (int i = 0; i < count; ++i) {
    const Bytes content(256 * 1024, static_cast<std::uint8_t>(i));
    EXPECT_TRUE(
        (co_await broker.send_to(Destination::NoTap, LinkedPair::send(Message::from_binary(content)))));
  }
  EXPECT_TRUE((co_await broker.send_to(Destination::NoTap, input(WebRTCInput::Disconnect{}))).has_value());
}
Task<> unread_tap() {
  // What the taker's broker, its queue and its window, the sender's window and its broker hold together is
  // less.
  constexpr int count = 2 * WebRTC::broker_limits.messages + 100;
  LinkedPair pair;
  if (!co_await pair.connect()) co_return;
  JobSet sending;
  sending.add(send_all(pair.a->broker(), count));
  co_await sleep(2s);
  EXPECT_EQ(sending.size(), 1U) << "the sender is not held up";
  EXPECT_LE(pair.b->broker().unread(), WebRTC::broker_limits.messages);
  for (int i = 0; i < count; ++i) {
    const auto received = co_await next<WebRTCOutput::Received>(pair.tap_b);
    if (!received) co_return;
    EXPECT_EQ(received->message.bytes.size(), 256U * 1024);
    EXPECT_EQ(received->message.bytes.front(), static_cast<std::uint8_t>(i));
  }
  EXPECT_EQ((co_await next<WebRTCOutput::Disconnected>(pair.tap_b))->reason.code, ErrorCode::closed);
  EXPECT_EQ((co_await next<WebRTCOutput::Disconnected>(pair.tap_a))->reason.code, ErrorCode::closed);
}
TEST(WebRTCLive, slows_the_peer_down_while_nobody_reads_and_loses_nothing) {
  run_test(unread_tap());
}

}  // namespace
}  // namespace flnet::testing
