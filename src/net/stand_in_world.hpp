// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInWorld: what all nodes of a stand-in network share: ways, ends of sessions, counters, randomness.
#pragma once

#include "base/random.hpp"
#include "net/stand_in_paths.hpp"
#include "net/stand_in_terrain.hpp"

#include <flnet/loop.hpp>
#include <flnet/stand_in_network.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <string_view>

namespace flnet::net {

class StandInSession;

/// One end of a session in the world; never given again.
enum class StandInEndId : std::uint64_t {};

/// Where the ends of sessions find each other.
class StandInWorld {
 public:
  StandInWorld(Loop& its_loop, const StandInConfig& its_config);
  ~StandInWorld() { paths->stop(); }
  StandInWorld(const StandInWorld&) = delete;
  StandInWorld& operator=(const StandInWorld&) = delete;

  StandInEndId add(StandInSession& session);
  void remove(StandInEndId id) { ends_.erase(id); }
  /// Nothing when it has ended.
  StandInSession* end(StandInEndId id) const;
  /// After each change of the terrain's cuts.
  void cuts_changed();

  Loop& loop;
  const StandInConfig config;
  StandInTerrain terrain;
  SeededRandom random;
  StandInCounters counters;
  const std::shared_ptr<StandInPaths> paths;  // Shared with its own arrivals only.

 private:
  std::uint64_t next_end_ = 1;
  std::map<StandInEndId, StandInSession*> ends_;
};

/// A seed of its own for each purpose.
std::uint64_t stand_in_seed(std::uint64_t seed, std::string_view purpose);

}  // namespace flnet::net
