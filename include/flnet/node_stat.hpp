// SPDX-License-Identifier: MIT OR Apache-2.0
// NodeStat: how well one node reaches another one, for the signalling server's operator.
#pragma once

#include <flnet/u256.hpp>

#include <cstdint>
#include <string>

namespace flnet {

struct NodeStat {
  NodeID id;
  std::string version;
  std::uint32_t ping_ms = 0;  ///< The last round trip, in milliseconds.
  std::uint32_t ping_rx = 0;  ///< Answers so far.

  friend bool operator==(const NodeStat&, const NodeStat&) = default;
};

}  // namespace flnet
