// SPDX-License-Identifier: MIT OR Apache-2.0
// WebRTCConn on loopback, with a signalling of the test's own.
#include "live/net/live_network.hpp"

#include <flnet/web_rtc_conn.hpp>

#include <gtest/gtest.h>

#include <optional>

namespace flnet::testing {
namespace {

using ConnMessage = WebRTCConnMessage::Any;

/// Brings one side's set-ups to the other one, with the directions exchanged.
Registration carry(const WebRTCConn& from, const NodeID& from_id, const WebRTCConn& to, const NodeID& to_id) {
  return from.broker().add_translator(
      to.broker(), [from_id, to_id](const ConnMessage& message) -> std::optional<ConnMessage> {
        const auto* output = std::get_if<WebRTCConnMessage::OutputNC>(&message);
        const auto* setup = output ? std::get_if<NCOutput::Setup>(&output->output) : nullptr;
        if (setup == nullptr || output->peer != to_id) return std::nullopt;
        return WebRTCConnMessage::InputNC{from_id,
                                          NCInput::Setup{opposite(setup->direction), setup->message}};
      });
}

template <class Output>
Task<std::optional<Output>> next_output(Tap<ConnMessage>& tap) {
  const Time give_up = now() + patience;
  while (now() < give_up) {
    const auto message = co_await within(give_up - now(), tap.recv());
    if (!message || !*message) co_return std::nullopt;
    const auto* output = std::get_if<WebRTCConnMessage::OutputNC>(&**message);
    const auto* wanted = output ? std::get_if<Output>(&output->output) : nullptr;
    if (wanted != nullptr) co_return *wanted;
  }
  co_return std::nullopt;
}

TEST(WebRTCConn, links_two_ids_with_a_signalling_of_ones_own) {
  struct Case {
    static Task<> run() {
      const NodeID a = U256::parse("aa").value(), b = U256::parse("bb").value();
      auto alice = WebRTCConn::start(a, "ws://localhost"), bob = WebRTCConn::start(b, "ws://localhost");
      EXPECT_TRUE(alice && bob);
      if (!alice || !bob) co_return;
      const auto to_bob = carry(*alice, a, *bob, b), to_alice = carry(*bob, b, *alice, a);
      auto alices = alice->broker().tap(), bobs = bob->broker().tap();

      // The larger id begins: it asks for an offer with Init.
      EXPECT_TRUE(bob->broker().emit(WebRTCConnMessage::Connect{a}));
      EXPECT_TRUE(co_await next_output<NCOutput::Connected>(bobs));
      EXPECT_TRUE(alice->broker().emit(
          WebRTCConnMessage::InputNC{b, NCInput::Send{Message::from_binary(Bytes(70000, 7))}}));
      const auto received = co_await next_output<NCOutput::Received>(bobs);
      EXPECT_TRUE(received && received->message.bytes.size() == 70000);
      EXPECT_TRUE(bob->broker().emit(WebRTCConnMessage::InputNC{a, NCInput::GetStates{}}));
      const auto state = co_await next_output<NCOutput::State>(bobs);
      EXPECT_TRUE(state && state->state.rx_bytes >= 70000);
      EXPECT_TRUE(bob->broker().emit(WebRTCConnMessage::InputNC{a, NCInput::Disconnect{}}));
      EXPECT_TRUE(co_await next_output<NCOutput::Disconnected>(alices));
      EXPECT_TRUE(co_await alice->close());
      EXPECT_TRUE(co_await bob->close());
    }
  };
  run_test(Case::run());
}

}  // namespace
}  // namespace flnet::testing
