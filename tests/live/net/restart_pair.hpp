// SPDX-License-Identifier: MIT OR Apache-2.0
// Two PeerConnections that restart ICE, and the descriptions that went between them.
#pragma once

#include "live/net/live_connections.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace flnet::testing {

inline const std::string* sdp_in(const PeerMessage::Any& message) {
  if (const auto* offer = std::get_if<PeerMessage::Offer>(&message)) return &offer->sdp;
  if (const auto* answer = std::get_if<PeerMessage::Answer>(&message)) return &answer->sdp;
  return nullptr;
}

/// What follows `name` on its line.
inline std::string value_of(const std::string& sdp, const std::string& name) {
  const std::size_t at = sdp.find("\n" + name);
  if (at == std::string::npos) return "";
  const std::size_t first = at + 1 + name.size();
  return sdp.substr(first, sdp.find_first_of("\r\n", first) - first);
}
inline std::string with_value(std::string sdp, const std::string& name, const std::string& value) {
  const std::size_t first = sdp.find("\n" + name) + 1 + name.size();
  return sdp.replace(first, sdp.find_first_of("\r\n", first) - first, value);
}

/// What one side has said.
struct Mail {
  std::vector<PeerMessage::Any> descriptions;
  int refused = 0;  ///< Messages that the other side did not take.

  const PeerMessage::Any& last() const { return descriptions.back(); }
  std::string ufrag() const { return value_of(*sdp_in(last()), "a=ice-ufrag:"); }
};

inline Task<> carry_and_keep(PeerConnection& from, PeerConnection& to, Mail& mail) {
  while (auto message = co_await from.next_setup()) {
    if (sdp_in(*message) != nullptr) mail.descriptions.push_back(*message);
    const Result<> taken = to.setup(std::move(*message));
    if (!taken) ++mail.refused;
  }
}

struct RestartPair {
  RestartPair() : a(open_port()), b(open_port()) {
    signalling.emplace();
    signalling->add(carry_and_keep(a, b, from_a));
    signalling->add(carry_and_keep(b, a, from_b));
  }
  RestartPair(const RestartPair&) = delete;
  RestartPair& operator=(const RestartPair&) = delete;

  Task<bool> connect() {
    EXPECT_TRUE(a.connect());
    co_return co_await both_open(a, b);
  }

  PeerConnection a, b;
  Mail from_a, from_b;
  std::optional<JobSet> signalling;  ///< The test may end it and carry by itself.
};

/// Begins a restart as soon as none is under way.
inline Task<bool> begin_restart(PeerConnection& side) {
  const Time give_up = now() + patience;
  Result<> begun = side.restart();
  while (!begun && begun.error().code == ErrorCode::invalid_argument && now() < give_up) {
    co_await sleep(20ms);
    begun = side.restart();
  }
  EXPECT_TRUE(begun.has_value()) << to_string(begun.error());
  co_return begun.has_value();
}

/// Until that side has described itself by another ufrag.
inline Task<> new_ufrag(const Mail& mail, std::string old) {
  const Time give_up = now() + patience;
  while (mail.ufrag() == old && now() < give_up) co_await sleep(5ms);
  EXPECT_NE(mail.ufrag(), old);
}

/// The next offer or answer of a side whose set-up the test carries; candidates are let go.
inline Task<std::string> next_description(PeerConnection& side) {
  while (true) {
    auto message = co_await within(patience, side.next_setup());
    EXPECT_TRUE(message.has_value() && message->has_value()) << "nothing comes";
    if (!message || !*message) co_return "";
    if (const std::string* sdp = sdp_in(**message)) co_return *sdp;
  }
}

}  // namespace flnet::testing
