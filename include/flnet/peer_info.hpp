// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerInfo: what two nodes tell each other through signalling to set up a session.
#pragma once

#include <flnet/u256.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

namespace flnet {

/// Which of the two sessions that a pair of nodes may have: outgoing is the one whose id_init is ours. It
/// says nothing about who offers.
enum class Direction : std::uint8_t { Outgoing, Incoming };

inline Direction opposite(Direction direction) {
  return direction == Direction::Outgoing ? Direction::Incoming : Direction::Outgoing;
}

/// One step of a set-up.
struct PeerMessage {
  /// "Please offer": sent by a node that leaves the offer to the other one.
  struct Init {
    friend bool operator==(const Init&, const Init&) = default;
  };
  struct Offer {
    std::string sdp;
    friend bool operator==(const Offer&, const Offer&) = default;
  };
  struct Answer {
    std::string sdp;
    friend bool operator==(const Answer&, const Answer&) = default;
  };
  /// One trickled candidate line (RFC 8839 §5.1); empty for the end of candidates.
  struct IceCandidate {
    std::string line;
    friend bool operator==(const IceCandidate&, const IceCandidate&) = default;
  };
  using Any = std::variant<Init, Offer, Answer, IceCandidate>;
};

/// The pair of ids names the session's direction. The signalling server passes it from one of the two to
/// the other.
struct PeerInfo {
  NodeID id_init;
  NodeID id_follow;
  PeerMessage::Any message;

  /// The other one of the two; nothing when `local` is neither.
  std::optional<NodeID> remote(const NodeID& local) const {
    if (id_init == local) return id_follow;
    if (id_follow == local) return id_init;
    return std::nullopt;
  }
  /// As `local`, which is one of the two, sees it.
  Direction direction(const NodeID& local) const {
    return id_init == local ? Direction::Outgoing : Direction::Incoming;
  }

  friend bool operator==(const PeerInfo&, const PeerInfo&) = default;
};

}  // namespace flnet
