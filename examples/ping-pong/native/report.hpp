// SPDX-License-Identifier: MIT OR Apache-2.0
// Report: what the program says on a terminal: lines for events, or a table.
#pragma once

#include "shared/message.hpp"

#include <flnet/u256.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ping_pong {

/// A name as a terminal may have it: what would control it is a question mark, and after `max_width`
/// characters it is cut.
std::string printable(std::string_view name, std::size_t max_width = 24);

/// Remembers who is there, to tell what has changed. Pure: returns text and prints nothing.
class Report {
 public:
  enum class Detail : std::uint8_t {
    changes,  ///< Who comes and goes, links, the signalling server.
    all,      ///< Each ping and pong, too.
  };
  explicit Report(Detail detail) : detail_(detail) {}

  /// Lines, each with its end; empty when there is nothing to say.
  std::string hear(const PingPongMessage& message);

 private:
  std::string text(const ToNetwork& message) const;
  std::string text(const FromNetwork& message) const;
  std::string text(const RoundTrip& message) const;
  std::string text(const Lost& message) const;
  std::string text(const Signalling& message) const;
  std::string text(const Peers& message);
  std::string text(const List&) const { return {}; }
  std::string text(const AskList&) const { return {}; }
  std::string text(const Tick&) const { return {}; }
  std::string text(const Linked&) const { return {}; }
  std::string text(const Unlinked&) const { return {}; }
  std::string name_of(const flnet::NodeID& id) const;

  Detail detail_;
  std::vector<Peer> peers_;
};

/// Who is there, one line each, with a heading.
std::string table_of(const Peers& peers);

}  // namespace ping_pong
