// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInWorld: the table of sessions' ends, and seeds.
#include "net/stand_in_world.hpp"

#include "base/byte_io.hpp"
#include "base/digest.hpp"
#include "net/stand_in_session.hpp"

namespace flnet::net {

StandInWorld::StandInWorld(Loop& its_loop, const StandInConfig& its_config)
    : loop(its_loop),
      config(its_config),
      terrain(its_config.conditions),
      random(stand_in_seed(its_config.seed, "ways")),
      paths(std::make_shared<StandInPaths>(loop, terrain, random, counters)) {}

StandInEndId StandInWorld::add(StandInSession& session) {
  const StandInEndId id{next_end_++};
  ends_.emplace(id, &session);
  return id;
}

StandInSession* StandInWorld::end(StandInEndId id) const {
  const auto found = ends_.find(id);
  return found == ends_.end() ? nullptr : found->second;
}

void StandInWorld::cuts_changed() {
  paths->cuts_changed();
  for (const auto& [id, session] : ends_) session->reach_changed();
}

std::uint64_t stand_in_seed(std::uint64_t seed, std::string_view purpose) {
  Bytes text;
  append_u64(text, seed);
  append_bytes(text, as_bytes(purpose));
  return load_u64(sha256(text).data());
}

}  // namespace flnet::net
