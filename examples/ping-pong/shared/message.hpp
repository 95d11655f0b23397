// SPDX-License-Identifier: MIT OR Apache-2.0
// PingPongMessage: what ping-pong nodes say to each other, and what a view is told.
#pragma once

#include "peer.hpp"

#include <flnet/message.hpp>
#include <flnet/network_message.hpp>
#include <flnet/node_info.hpp>
#include <flnet/time.hpp>
#include <flnet/u256.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ping_pong {

/// All that one node says to another: it asks with ping, the other answers with pong.
enum class Word : std::uint8_t { ping, pong };

/// The text on the wire, a JSON string with its quotes: "Ping" or "Pong", as FLNet's ping-pong in Rust has
/// it.
std::string_view to_text(Word word);
/// Reads that; nothing for any other message.
std::optional<Word> word_of(const flnet::Message& message);

/// To be sent to a node; the link is set up when there is none. A view hears what is sent by it.
struct ToNetwork {
  flnet::NodeID to;
  Word word = Word::ping;
  friend bool operator==(const ToNetwork&, const ToNetwork&) = default;
};
/// Came from a node. Pings are answered by the rules; nobody else has to.
struct FromNetwork {
  flnet::NodeID from;
  Word word = Word::ping;
  friend bool operator==(const FromNetwork&, const FromNetwork&) = default;
};
/// Who is announced at the signalling server now, this node among them.
struct List {
  std::vector<flnet::NodeInfo> nodes;
  friend bool operator==(const List&, const List&) = default;
};
/// The signalling server is to be asked for a list.
struct AskList {
  friend bool operator==(const AskList&, const AskList&) = default;
};
/// A second has passed.
struct Tick {
  friend bool operator==(const Tick&, const Tick&) = default;
};
/// A channel to this node is open.
struct Linked {
  flnet::NodeID peer;
  friend bool operator==(const Linked&, const Linked&) = default;
};
/// The channel to this node is gone, or could not be opened.
struct Unlinked {
  flnet::NodeID peer;
  std::string reason;
  friend bool operator==(const Unlinked&, const Unlinked&) = default;
};
/// So many messages to this node will not arrive.
struct Lost {
  flnet::NodeID peer;
  std::size_t count = 0;
  std::string reason;
  friend bool operator==(const Lost&, const Lost&) = default;
};

/// For views: a ping came back as a pong.
struct RoundTrip {
  flnet::NodeID peer;
  flnet::Duration time{};
  friend bool operator==(const RoundTrip&, const RoundTrip&) = default;
};
/// For views: the signalling server has fallen silent, or is back.
struct Signalling {
  bool reachable = false;
  friend bool operator==(const Signalling&, const Signalling&) = default;
};
/// For views: all that is known of the others, once a second and when somebody comes, goes or changes state.
struct Peers {
  std::vector<Peer> peers;  ///< At most Limits::peers, in the order in which they came.
  std::size_t beyond = 0;   ///< So many more are listed; they are not pinged, but answered.
  friend bool operator==(const Peers&, const Peers&) = default;
};

/// The messages of a ping-pong broker.
using PingPongMessage = std::variant<ToNetwork, FromNetwork, List, AskList, Tick, Linked, Unlinked, Lost,
                                     RoundTrip, Signalling, Peers>;

/// What ping-pong hears of a node's reply; nothing when it doesn't concern it.
std::optional<PingPongMessage> heard(const flnet::NetReply::Any& reply);

}  // namespace ping_pong
