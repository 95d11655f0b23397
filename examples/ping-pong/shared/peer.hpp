// SPDX-License-Identifier: MIT OR Apache-2.0
// Peer: what a view shows of another node.
#pragma once

#include <flnet/time.hpp>
#include <flnet/u256.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ping_pong {

enum class PeerState : std::uint8_t {
  linking,  ///< Listed; the link is being set up.
  linked,   ///< Pings come back.
  silent,   ///< The link is open, but the latest ping was not answered in time.
  gone,     ///< Neither listed nor linked; forgotten soon.
};
std::string_view to_string(PeerState state);

struct Peer {
  flnet::NodeID id;
  std::string name;  ///< Its own words: any text, at most 256 bytes. Empty until a list has told it.
  PeerState state = PeerState::linking;
  std::uint64_t sent = 0;                       ///< Pings.
  std::uint64_t received = 0;                   ///< Pongs that answered them.
  std::uint64_t lost = 0;                       ///< Pings that will not be answered any more.
  std::uint64_t answered = 0;                   ///< Pings of theirs.
  std::optional<flnet::Duration> round_trip{};  ///< The latest; kept when the peer is gone.
  std::optional<flnet::Duration> linked_for{};  ///< How long the link has been open.
  std::string trouble{};                        ///< Why there is no link, if that is known.

  friend bool operator==(const Peer&, const Peer&) = default;
};

/// Its name, or the short form of its id while it has none.
std::string shown_name(const Peer& peer);
/// In milliseconds with one decimal, rounded: "0.4".
std::string milliseconds(flnet::Duration duration);

}  // namespace ping_pong
