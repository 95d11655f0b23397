// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerInfo: what two nodes tell each other through the signalling server to set up a session.
#pragma once

#include <flnet/u256.hpp>

#include <string>
#include <variant>

namespace flnet::wire {

/// "Please offer": sent by a node that leaves the offer to the other one.
struct PeerInit {
  friend bool operator==(const PeerInit&, const PeerInit&) = default;
};
struct PeerOffer {
  std::string sdp;
  friend bool operator==(const PeerOffer&, const PeerOffer&) = default;
};
struct PeerAnswer {
  std::string sdp;
  friend bool operator==(const PeerAnswer&, const PeerAnswer&) = default;
};
/// One trickled candidate line; empty for the end of candidates.
struct PeerCandidate {
  std::string line;
  friend bool operator==(const PeerCandidate&, const PeerCandidate&) = default;
};

using PeerMessage = std::variant<PeerInit, PeerOffer, PeerAnswer, PeerCandidate>;

/// FLNet's PeerInfo. The pair of ids names the session's direction: for the node `id_init` it is the
/// outgoing one. The server passes it from one of the two to the other.
struct PeerInfo {
  NodeID id_init;
  NodeID id_follow;
  PeerMessage message;

  friend bool operator==(const PeerInfo&, const PeerInfo&) = default;
};

}  // namespace flnet::wire
