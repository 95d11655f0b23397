// SPDX-License-Identifier: MIT OR Apache-2.0
// Report: the sentences, and what has changed from one Peers to the next.
#include "report.hpp"

#include <algorithm>
#include <variant>

namespace ping_pong {
namespace {

/// How many bytes the character that begins with `lead` has (RFC 3629 §3); names are UTF-8.
std::size_t bytes_of_character(unsigned char lead) {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/// C0, DEL and C1, which terminals obey.
bool is_control(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (first < 0x20 || first == 0x7f) return true;
  return first == 0xc2 && character.size() == 2 && static_cast<unsigned char>(character[1]) < 0xa0;
}

std::string word(Word said) {
  return said == Word::ping ? "ping" : "pong";
}

std::string quoted(const Peer& peer) {
  return printable(shown_name(peer));
}

std::string state_line(const Peer& peer) {
  switch (peer.state) {
    case PeerState::linking:
      return peer.trouble.empty() ? "linking to " + quoted(peer)
                                  : "no link to " + quoted(peer) + ": " + printable(peer.trouble, 200);
    case PeerState::linked:
      return "linked with " + quoted(peer);
    case PeerState::silent:
      return quoted(peer) + " does not answer";
    case PeerState::gone:
      return quoted(peer) + " has left";
  }
  return {};
}

}  // namespace

std::string printable(std::string_view name, std::size_t max_width) {
  std::string shown;
  for (std::size_t at = 0, width = 0; at < name.size(); ++width) {
    if (width == max_width) return shown + "…";
    const auto character = name.substr(at, bytes_of_character(static_cast<unsigned char>(name[at])));
    shown += is_control(character) ? std::string_view("?") : character;
    at += character.size();
  }
  return shown;
}

std::string Report::hear(const PingPongMessage& message) {
  return std::visit([this](const auto& each) { return text(each); }, message);
}

std::string Report::text(const ToNetwork& message) const {
  if (detail_ != Detail::all) return {};
  return "sent " + word(message.word) + " to " + name_of(message.to) + '\n';
}

std::string Report::text(const FromNetwork& message) const {
  // A pong's line is that of its round trip, if it has one.
  if (detail_ != Detail::all) return {};
  return "got " + word(message.word) + " from " + name_of(message.from) + '\n';
}

std::string Report::text(const RoundTrip& message) const {
  if (detail_ != Detail::all) return {};
  return "round trip to " + name_of(message.peer) + ": " + milliseconds(message.time) + " ms\n";
}

std::string Report::text(const Lost& message) const {
  return std::to_string(message.count) + (message.count == 1 ? " message to " : " messages to ") +
         name_of(message.peer) + " lost: " + printable(message.reason, 200) + '\n';
}

std::string Report::text(const Signalling& message) const {
  return message.reachable ? "the signalling server is back\n"
                           : "the signalling server does not answer; links stay\n";
}

std::string Report::text(const Peers& message) {
  std::string lines;
  for (const Peer& peer : message.peers) {
    const auto before = std::ranges::find(peers_, peer.id, &Peer::id);
    if (before != peers_.end() && before->state == peer.state && before->trouble == peer.trouble) continue;
    lines += state_line(peer) + '\n';
  }
  peers_ = message.peers;
  return lines;
}

std::string Report::name_of(const flnet::NodeID& id) const {
  const auto known = std::ranges::find(peers_, id, &Peer::id);
  return known == peers_.end() ? id.short_hex() : quoted(*known);
}

}  // namespace ping_pong
