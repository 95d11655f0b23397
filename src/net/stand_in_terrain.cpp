// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInTerrain: cuts, and what loss and jitter do to a piece.
#include "net/stand_in_terrain.hpp"

#include <algorithm>

namespace flnet::net {
namespace {

double chance_of_loss(const StandInConditions& conditions) {
  return std::clamp(conditions.loss, 0.0, StandInConditions::max_loss);
}

Duration uniform(Duration bound, Random& random) {
  if (bound <= Duration::zero()) return Duration::zero();
  return Duration(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bound.count()) + 1)));
}

}  // namespace

void StandInTerrain::heal() {
  sides_.clear();
  cuts_.clear();
  isolated_.clear();
}

bool StandInTerrain::passes(const StandInPlace& from, const StandInPlace& to) const {
  const auto isolated = [this](const StandInPlace& place) { return place && isolated_.contains(*place); };
  if (isolated(from) || isolated(to)) return false;
  if (!from || !to) return true;
  if (cuts_.contains(std::minmax(*from, *to))) return false;
  return std::ranges::none_of(
      sides_, [&](const std::set<NodeID>& side) { return side.contains(*from) != side.contains(*to); });
}

StandInCrossing StandInTerrain::crossing(const StandInPlace& from, const StandInPlace& to,
                                         Random& random) const {
  const StandInConditions& way = conditions(from, to);
  const double loss = chance_of_loss(way);
  StandInCrossing crossing{std::max(way.latency, Duration::zero()) + uniform(way.jitter, random), 0};
  Duration patience = 2 * crossing.delay + retransmission_delay;
  while (loss > 0 && random.unit() < loss) {
    ++crossing.losses;
    crossing.delay += patience;
    patience = std::min(2 * patience, std::max(retransmission_max, patience));
  }
  return crossing;
}

Duration StandInTerrain::sending_time(const StandInPlace& from, const StandInPlace& to,
                                      std::size_t bytes) const {
  const std::uint64_t rate = conditions(from, to).bytes_per_second;
  return rate == 0 ? Duration::zero()
                   : Duration(static_cast<std::int64_t>(std::uint64_t{bytes} * 1'000'000 / rate));
}

bool StandInTerrain::loses(const StandInPlace& from, const StandInPlace& to, Random& random) const {
  const double loss = chance_of_loss(conditions(from, to));
  return loss > 0 && random.unit() < loss;
}

const StandInConditions& StandInTerrain::conditions(const StandInPlace& from, const StandInPlace& to) const {
  if (!from || !to) return conditions_;
  const auto own = own_conditions_.find({*from, *to});
  return own == own_conditions_.end() ? conditions_ : own->second;
}

}  // namespace flnet::net
