// SPDX-License-Identifier: MIT OR Apache-2.0
// How a peer's state, name and times read.
#include "peer.hpp"

#include <array>
#include <cstddef>

namespace ping_pong {

std::string_view to_string(PeerState state) {
  constexpr std::array<std::string_view, 4> names = {"linking", "linked", "silent", "gone"};
  return names[static_cast<std::size_t>(state)];
}

std::string shown_name(const Peer& peer) {
  return peer.name.empty() ? peer.id.short_hex() : peer.name;
}

std::string milliseconds(flnet::Duration duration) {
  const auto tenths = (duration.count() + 50) / 100;
  return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10);
}

}  // namespace ping_pong
