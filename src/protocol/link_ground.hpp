// SPDX-License-Identifier: MIT OR Apache-2.0
// LinkGround: what all links of a node share: who we are, limits, counters, and what is known of sessions and
// peers.
#pragma once

#include "base/id_map.hpp"
#include "base/random.hpp"
#include "protocol/node_words.hpp"
#include "protocol/peer_payload.hpp"

#include <optional>

namespace flnet::protocol {

/// Which peer each live session belongs to.
class SessionTable {
 public:
  explicit SessionTable(Random& random) : next_(random.u64()) {}

  /// A new id, never given before.
  SessionId add(const NodeID& peer) {
    const SessionId id{next_++};
    peers_.emplace(id, peer);
    return id;
  }
  void remove(SessionId id) { peers_.erase(id); }
  std::optional<NodeID> peer_of(SessionId id) const {
    const NodeID* const found = peers_.find(id);
    if (found == nullptr) return std::nullopt;
    return *found;
  }
  std::size_t size() const { return peers_.size(); }

 private:
  std::uint64_t next_;
  IdMap<SessionId, NodeID> peers_;
};

struct LinkGround {
  LinkGround(const NodeID& node, NodeLimits node_limits, Random& source)
      : self(node),
        limits(node_limits),
        random(source),
        sessions(source),
        payloads(node_limits.known_payloads) {}

  const NodeID self;
  const NodeLimits limits;
  Random& random;
  SessionTable sessions;
  PeerPayloads payloads;
  NodeCounters counters;
};

/// What every call to a link brings: the time, and where its outputs go.
struct LinkTurn {
  Time now;
  std::vector<NodeOutput::Any>& out;
};

}  // namespace flnet::protocol
