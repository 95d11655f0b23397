// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInTerrain: who reaches whom in a stand-in network, and how long a piece is under way.
#pragma once

#include "base/random.hpp"

#include <flnet/stand_in_network.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace flnet::net {

/// A node, or (nothing) the signalling server.
using StandInPlace = std::optional<NodeID>;

/// How one piece gets to the other side.
struct StandInCrossing {
  Duration delay{};
  int losses = 0;  ///< How often it had to be sent again.
};

class StandInTerrain {
 public:
  /// A loss is noticed after this and a round trip; each further one takes twice as long,
  static constexpr Duration retransmission_delay = 20ms;
  /// up to this (RFC 9260 §16, as rtc has it).
  static constexpr Duration retransmission_max = 10s;

  explicit StandInTerrain(StandInConditions conditions) : conditions_(conditions) {}

  void set_conditions(const StandInConditions& conditions) { conditions_ = conditions; }
  void set_conditions(const NodeID& from, const NodeID& to, const StandInConditions& conditions) {
    own_conditions_[{from, to}] = conditions;
  }
  void partition(const NodeIDs& side) { sides_.emplace_back(side.begin(), side.end()); }
  void cut(const NodeID& a, const NodeID& b) { cuts_.insert(std::minmax(a, b)); }
  void isolate(const NodeID& node) { isolated_.insert(node); }
  void rejoin(const NodeID& node) { isolated_.erase(node); }
  void heal();

  bool passes(const StandInPlace& from, const StandInPlace& to) const;
  /// Of a piece that is sent until it arrives.
  StandInCrossing crossing(const StandInPlace& from, const StandInPlace& to, Random& random) const;
  /// How long so many bytes keep the way busy.
  Duration sending_time(const StandInPlace& from, const StandInPlace& to, std::size_t bytes) const;
  /// Whether a piece is lost that nobody sends again.
  bool loses(const StandInPlace& from, const StandInPlace& to, Random& random) const;

 private:
  const StandInConditions& conditions(const StandInPlace& from, const StandInPlace& to) const;

  StandInConditions conditions_;
  std::map<std::pair<NodeID, NodeID>, StandInConditions> own_conditions_;
  std::vector<std::set<NodeID>> sides_;       ///< Of each partition, one of its two.
  std::set<std::pair<NodeID, NodeID>> cuts_;  ///< The smaller id first.
  std::set<NodeID> isolated_;
};

}  // namespace flnet::net
