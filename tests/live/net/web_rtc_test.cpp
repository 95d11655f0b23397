// SPDX-License-Identifier: MIT OR Apache-2.0
// WebRTC: two connections whose brokers are linked by their Setup messages, on loopback.
#include "live/net/live_connections.hpp"

#include "support/pending.hpp"

#include <flnet/web_rtc.hpp>

#include <memory>

namespace flnet::testing {
namespace {

WebRTCMessage input(WebRTCInput::Any said) {
  return said;
}

/// A Setup of one side becomes a Setup for the other side.
std::optional<WebRTCMessage> across(const WebRTCMessage& message) {
  const auto* output = std::get_if<WebRTCOutput::Any>(&message);
  const auto* setup = output != nullptr ? std::get_if<WebRTCOutput::Setup>(output) : nullptr;
  if (setup == nullptr) return std::nullopt;
  return input(WebRTCInput::Setup{setup->message});
}

/// The next output of the wanted kind; others are passed over. Nothing when none comes in time.
template <class Output>
Task<std::optional<Output>> next(Tap<WebRTCMessage>& tap) {
  const Time give_up = now() + patience;
  while (now() < give_up) {
    auto message = co_await within(give_up - now(), tap.recv());
    if (!message || !*message) co_return std::nullopt;
    auto* output = std::get_if<WebRTCOutput::Any>(&**message);
    if (output == nullptr) continue;
    if (auto* wanted = std::get_if<Output>(output)) co_return std::move(*wanted);
  }
  ADD_FAILURE() << "it never comes";
  co_return std::nullopt;
}

struct LinkedPair {
  LinkedPair() : a(WebRTC(open_port())), b(WebRTC(open_port())) {}
  Task<bool> connect() {
    EXPECT_TRUE(a->broker().emit(input(WebRTCInput::Setup{PeerMessage::Init{}})));
    const bool a_connected = (co_await next<WebRTCOutput::Connected>(tap_a)).has_value();
    const bool b_connected = (co_await next<WebRTCOutput::Connected>(tap_b)).has_value();
    co_return a_connected&& b_connected;
  }
  static WebRTCMessage send(Message message) { return input(WebRTCInput::Send{std::move(message)}); }

  std::optional<WebRTC> a, b;
  Registration link = a->broker().link(b->broker(), across, across);
  Tap<WebRTCMessage> tap_a = a->broker().tap(), tap_b = b->broker().tap();
};

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
