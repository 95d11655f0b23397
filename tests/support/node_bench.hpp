// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeBench: one Node between hand-written inputs, and the outputs sorted for a test to look at.
#pragma once

#include "base/random.hpp"
#include "protocol/node.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace flnet::protocol::test {

inline NodeID id_of(std::uint8_t first) {
  std::array<std::uint8_t, 32> bytes{};
  bytes[0] = first;
  return NodeID(bytes);
}

inline std::string flnet_sdp(int number) {
  return "v=0\r\no=- " + std::to_string(number) + "\r\na=flnet-session:" + std::to_string(number) + "\r\n";
}

inline std::string rust_sdp(int number) {
  return "v=0\r\no=- " + std::to_string(number) + "\r\n";
}

/// The node is 0x50; `smaller` and `larger` are peers on both sides of it.
struct NodeBench {
  explicit NodeBench(NodeLimits given = {}) : limits(given), node(self, given, random) {}

  NodeID self = id_of(0x50), smaller = id_of(0x20), larger = id_of(0x80);
  NodeLimits limits;
  SeededRandom random{7};
  Node node;
  Time now{1h};
  std::vector<NodeOutput::Any> out;  ///< Of the latest call.

  void give(Node::Input input) {
    out.clear();
    node.handle(std::move(input), now, out);
  }

  /// Goes to the next deadline and handles it; false when there is none.
  bool step() {
    const auto due = node.deadline();
    if (!due) return false;
    now = std::max(now, *due);
    out.clear();
    node.handle_timeout(now, out);
    return true;
  }

  void pass(Duration time) {
    now += time;
    out.clear();
    node.handle_timeout(now, out);
  }

  /// A setup in which the peer's session has our outgoing or incoming direction.
  void receive(const NodeID& init, const NodeID& follow, PeerMessage::Any message) {
    give(NodeInput::SetupReceived{{init, follow, std::move(message)}});
  }

  template <class T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const auto& output : out) {
      if (const auto* value = std::get_if<T>(&output)) found.push_back(*value);
    }
    return found;
  }

  /// The only output of that type.
  template <class T>
  T only() const {
    const auto found = all<T>();
    EXPECT_EQ(found.size(), 1U);
    return found.empty() ? T{} : found.front();
  }

  template <class T>
  std::size_t count() const {
    return all<T>().size();
  }

  /// Connect to `larger` up to the open session.
  SessionId open_to_larger(bool rust = false) {
    give(NodeInput::Connect{larger});
    const auto session = only<NodeOutput::CreateOffer>().session;
    give(NodeInput::SessionDescribed{session, flnet_sdp(1)});
    receive(self, larger, PeerMessage::Answer{rust ? rust_sdp(2) : flnet_sdp(2)});
    give(NodeInput::SessionOpened{session});
    return session;
  }

  void send(const NodeID& peer, std::string_view text) {
    give(NodeInput::Send{peer, Message::from_text(text)});
  }

  std::vector<std::string> sent_texts() const {
    std::vector<std::string> texts;
    for (const auto& send : all<NodeOutput::SendOn>()) texts.emplace_back(send.message.text());
    return texts;
  }
};

}  // namespace flnet::protocol::test
