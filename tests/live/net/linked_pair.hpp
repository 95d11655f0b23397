// SPDX-License-Identifier: MIT OR Apache-2.0
// Two WebRTC connections whose brokers are linked by their Setup messages.
#pragma once

#include "live/net/live_connections.hpp"

#include <flnet/web_rtc.hpp>

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace flnet::testing {

inline WebRTCMessage input(WebRTCInput::Any said) {
  return said;
}

/// A Setup of one side becomes a Setup for the other side.
inline std::optional<WebRTCMessage> across(const WebRTCMessage& message) {
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

}  // namespace flnet::testing
