// SPDX-License-Identifier: MIT OR Apache-2.0
// StandInDescription: what a session of a stand-in network says of itself in an offer or answer.
#pragma once

#include "net/stand_in_world.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flnet::net {

/// Looks like the SDP of a C++ node to whoever passes it on, and names the end instead of candidates.
struct StandInDescription {
  std::uint64_t session = 0;  ///< a=flnet-session: the attempt; an answer repeats its offer's.
  StandInEndId end{};
  std::optional<StandInEndId> answers;  ///< The offer's end, in an answer.

  std::string text() const;
  /// Nothing for any other text.
  static std::optional<StandInDescription> parse(std::string_view text);
};

}  // namespace flnet::net
