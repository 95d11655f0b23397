// SPDX-License-Identifier: MIT OR Apache-2.0
// WebRTC: two connections whose brokers are linked by their Setup messages, on loopback. On every
// platform.
#include "live/net/linked_pair.hpp"

namespace flnet::testing {
namespace {

Task<> messages_both_ways() {
  LinkedPair pair;
  if (!co_await pair.connect()) co_return;
  EXPECT_TRUE(pair.a->broker().emit(LinkedPair::send(Message::from_text("from a"))));
  EXPECT_TRUE(pair.b->broker().emit(LinkedPair::send(Message::from_binary(Bytes(256 * 1024, 1)))));
  EXPECT_EQ((co_await next<WebRTCOutput::Received>(pair.tap_b))->message, Message::from_text("from a"));
  EXPECT_TRUE((co_await next<WebRTCOutput::Received>(pair.tap_a))->message ==
              Message::from_binary(Bytes(256 * 1024, 1)));
}
TEST(WebRTCLive, connects_through_linked_brokers_and_passes_messages) {
  run_test(messages_both_ways());
}

Task<> states() {
  LinkedPair pair;
  EXPECT_TRUE(pair.a->broker().emit(input(WebRTCInput::UpdateState{})));
  EXPECT_EQ((co_await next<WebRTCOutput::State>(pair.tap_a))->state.signaling, SignalingState::Closed);
  EXPECT_TRUE(pair.a->broker().emit(input(WebRTCInput::Setup{PeerMessage::Init{}})));
  EXPECT_EQ((co_await next<WebRTCOutput::State>(pair.tap_a))->state.signaling, SignalingState::Setup);
  EXPECT_EQ((co_await next<WebRTCOutput::State>(pair.tap_b))->state.signaling, SignalingState::Setup);
  EXPECT_EQ((co_await next<WebRTCOutput::State>(pair.tap_a))->state.signaling, SignalingState::Stable);
  EXPECT_EQ((co_await next<WebRTCOutput::State>(pair.tap_b))->state.signaling, SignalingState::Stable);
  EXPECT_TRUE(pair.b->broker().emit(input(WebRTCInput::Disconnect{})));
  EXPECT_EQ((co_await next<WebRTCOutput::State>(pair.tap_a))->state.signaling, SignalingState::Closed);
  EXPECT_TRUE((co_await next<WebRTCOutput::Disconnected>(pair.tap_a)).has_value());
  EXPECT_TRUE((co_await next<WebRTCOutput::Disconnected>(pair.tap_b)).has_value());
}
TEST(WebRTCLive, tells_each_state_when_it_changes_and_when_asked) {
  run_test(states());
}

Task<> failures() {
  LinkedPair pair;
  const auto& broker = pair.a->broker();
  EXPECT_TRUE(broker.emit(LinkedPair::send(Message::from_text("too early"))));
  EXPECT_EQ((co_await next<WebRTCOutput::Failed>(pair.tap_a))->reason.code, ErrorCode::not_connected);
  EXPECT_TRUE(broker.emit(input(WebRTCInput::Setup{PeerMessage::Offer{"rubbish"}})));
  EXPECT_EQ((co_await next<WebRTCOutput::Failed>(pair.tap_a))->reason.code, ErrorCode::invalid_message);
  if (!co_await pair.connect()) co_return;
  EXPECT_TRUE(broker.emit(LinkedPair::send(Message::from_binary(Bytes(1024 * 1024)))));
  EXPECT_EQ((co_await next<WebRTCOutput::Failed>(pair.tap_a))->reason.code, ErrorCode::too_large);
  EXPECT_TRUE(broker.emit(LinkedPair::send(Message::from_text("it goes on"))));
  EXPECT_EQ((co_await next<WebRTCOutput::Received>(pair.tap_b))->message, Message::from_text("it goes on"));
  EXPECT_TRUE(broker.emit(input(WebRTCInput::Disconnect{})));
  EXPECT_TRUE(broker.emit(LinkedPair::send(Message::from_text("too late"))));
  EXPECT_EQ((co_await next<WebRTCOutput::Failed>(pair.tap_a))->reason.code, ErrorCode::closed);
}
TEST(WebRTCLive, says_failed_for_what_it_can_not_do) {
  run_test(failures());
}

Task<> restarted() {
  LinkedPair pair;
  EXPECT_TRUE(pair.b->broker().emit(input(WebRTCInput::Restart{})));
  EXPECT_EQ((co_await next<WebRTCOutput::Failed>(pair.tap_b))->reason.code, ErrorCode::not_connected);
  if (!co_await pair.connect()) co_return;
  if (!restarts_ice()) co_return;
  EXPECT_TRUE(pair.b->broker().emit(input(WebRTCInput::Restart{})));
  EXPECT_TRUE(pair.b->broker().emit(input(WebRTCInput::Restart{})));
  EXPECT_EQ((co_await next<WebRTCOutput::Failed>(pair.tap_b))->reason.code, ErrorCode::invalid_argument)
      << "one is under way";
  EXPECT_TRUE(pair.a->broker().emit(LinkedPair::send(Message::from_text("it goes on"))));
  EXPECT_EQ((co_await next<WebRTCOutput::Received>(pair.tap_b))->message, Message::from_text("it goes on"));
}
TEST(WebRTCLive, restarts_ice_when_it_is_told_to) {
  run_test(restarted());
}

Task<> destroyed_in_callback() {
  LinkedPair pair;
  if (!co_await pair.connect()) co_return;
  const auto gone = pair.b->broker().add_callback([&pair](const WebRTCMessage& message) {
    const auto* output = std::get_if<WebRTCOutput::Any>(&message);
    if (output != nullptr && std::holds_alternative<WebRTCOutput::Received>(*output)) pair.b.reset();
  });
  EXPECT_TRUE(pair.a->broker().emit(LinkedPair::send(Message::from_text("go"))));
  EXPECT_TRUE((co_await next<WebRTCOutput::Disconnected>(pair.tap_a)).has_value());
  EXPECT_FALSE(pair.b.has_value());
}
TEST(WebRTCLive, may_be_destroyed_by_a_callback_of_its_broker) {
  run_test(destroyed_in_callback());
}

}  // namespace
}  // namespace flnet::testing
