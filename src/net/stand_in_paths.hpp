// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInPaths: ordered, reliable ways between the places of a stand-in network.
#pragma once

#include "base/random.hpp"
#include "net/stand_in_terrain.hpp"

#include <flnet/loop.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace flnet::net {

/// One direction between two places.
enum class StandInPathId : std::uint64_t {};

/// A piece is a call that is made at the other side when it has arrived: from the loop, never within a
/// function of this class. Whoever opens a path bounds what is under way on it, and leaves it in the end.
class StandInPaths : public std::enable_shared_from_this<StandInPaths> {
 public:
  using Arrival = std::function<void()>;

  /// All must outlive it, or the last call is `stop`. Needs a shared_ptr: an arrival may let go of it.
  StandInPaths(Loop& loop, const StandInTerrain& terrain, Random& random, StandInCounters& counters)
      : loop_(loop), terrain_(terrain), random_(random), counters_(counters) {}

  StandInPathId open(StandInPlace from, StandInPlace to);
  /// Pieces arrive in the order in which they are sent. They wait while nothing passes. `bytes` keep the path
  /// busy as long as its rate says.
  void send(StandInPathId id, Arrival arrival, std::size_t bytes = 0);
  /// Nobody sends again what is under way: it arrives, unless nothing passes then. The id is gone.
  void leave(StandInPathId id);
  /// The terrain's cuts are others now.
  void cuts_changed();
  /// Nothing arrives any more.
  void stop() { paths_.clear(); }

 private:
  struct Piece {
    Time when;
    Arrival arrival;
  };
  struct Path {
    StandInPlace from, to;
    std::deque<Piece> pieces;
    Time latest{};  ///< Later pieces don't overtake.
    Time free{};    ///< When all that is sent has left.
    Timer timer;
    bool armed = false;
    bool cut = false;   ///< The first piece met a cut: all wait.
    bool left = false;  ///< Nobody sends any more.
  };

  Time next_arrival(Path& path, std::size_t bytes);
  void arm(StandInPathId id, Path& path);
  void deliver(StandInPathId id);
  bool passes(const Path& path) const { return terrain_.passes(path.from, path.to); }

  Loop& loop_;
  const StandInTerrain& terrain_;
  Random& random_;
  StandInCounters& counters_;
  std::uint64_t next_id_ = 1;
  std::map<StandInPathId, Path> paths_;  // In the order of their making: a seed gives one run.
};

}  // namespace flnet::net
