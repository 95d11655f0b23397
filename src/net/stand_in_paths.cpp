// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInPaths: when pieces arrive, and what a cut does to them.
#include "net/stand_in_paths.hpp"

#include <algorithm>
#include <utility>

namespace flnet::net {

StandInPathId StandInPaths::open(StandInPlace from, StandInPlace to) {
  const StandInPathId id{next_id_++};
  Path& path = paths_[id];
  path.from = from;
  path.to = to;
  return id;
}

void StandInPaths::send(StandInPathId id, Arrival arrival, std::size_t bytes) {
  const auto found = paths_.find(id);
  if (found == paths_.end() || found->second.left) return;
  Path& path = found->second;
  path.pieces.push_back({next_arrival(path, bytes), std::move(arrival)});
  if (!path.cut && !path.armed) arm(id, path);
}

void StandInPaths::leave(StandInPathId id) {
  const auto found = paths_.find(id);
  if (found == paths_.end()) return;
  Path& path = found->second;
  if (path.pieces.empty() || path.cut) {
    paths_.erase(found);
  } else {
    path.left = true;
  }
}

void StandInPaths::cuts_changed() {
  for (auto& [id, path] : paths_) {
    if (!path.cut || !passes(path)) continue;
    path.cut = false;
    const Time again = next_arrival(path, 0);
    for (Piece& piece : path.pieces) piece.when = std::max(piece.when, again);
    arm(id, path);
  }
}

Time StandInPaths::next_arrival(Path& path, std::size_t bytes) {
  const StandInCrossing crossing = terrain_.crossing(path.from, path.to, random_);
  counters_.retransmissions += static_cast<std::uint64_t>(crossing.losses);
  path.free = std::max(path.free, loop_.now()) + terrain_.sending_time(path.from, path.to, bytes);
  path.latest = std::max(path.latest, path.free + crossing.delay);
  return path.latest;
}

void StandInPaths::arm(StandInPathId id, Path& path) {
  path.armed = true;
  path.timer = loop_.at(path.pieces.front().when, [this, id] { deliver(id); });
}

/// The path is looked for anew after each arrival, as that may do anything.
void StandInPaths::deliver(StandInPathId id) {
  const auto alive = shared_from_this();
  if (const auto found = paths_.find(id); found != paths_.end()) found->second.armed = false;
  while (true) {
    const auto found = paths_.find(id);
    if (found == paths_.end()) return;
    Path& path = found->second;
    if (!path.pieces.empty() && !passes(path)) path.cut = true;
    if (path.left && (path.pieces.empty() || path.cut)) {
      paths_.erase(found);
      return;
    }
    if (path.pieces.empty() || path.cut) return;
    if (path.pieces.front().when > loop_.now()) {
      if (!path.armed) arm(id, path);
      return;
    }
    const Arrival arrival = std::move(path.pieces.front().arrival);
    path.pieces.pop_front();
    arrival();
  }
}

}  // namespace flnet::net
