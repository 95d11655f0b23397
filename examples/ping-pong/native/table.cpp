// SPDX-License-Identifier: MIT OR Apache-2.0
// The table: columns as wide as what stands in them.
#include "report.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace ping_pong {
namespace {

constexpr std::size_t columns = 7;
using Row = std::array<std::string, columns>;

/// Characters; names of wide ones leave their column, which a table for people may.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char byte) { return (static_cast<unsigned char>(byte) & 0xc0) != 0x80; }));
}

Row row_of(const Peer& peer) {
  Row row = {printable(shown_name(peer)),
             std::string(to_string(peer.state)),
             peer.round_trip ? milliseconds(*peer.round_trip) + " ms" : "-",
             std::to_string(peer.sent),
             std::to_string(peer.received),
             std::to_string(peer.lost),
             "-"};
  if (peer.linked_for) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*peer.linked_for).count();
    row.back() = std::to_string(seconds) + " s";
  }
  return row;
}

std::string padded(const std::string& text, std::size_t width, bool to_the_right) {
  const std::string blanks(width - width_of(text), ' ');
  return to_the_right ? blanks + text : text + blanks;
}

}  // namespace

std::string table_of(const Peers& peers) {
  std::vector<Row> rows = {{"node", "state", "round trip", "sent", "received", "lost", "linked for"}};
  for (const Peer& peer : peers.peers) rows.push_back(row_of(peer));
  std::array<std::size_t, columns> widths{};
  for (const Row& row : rows)
    for (std::size_t i = 0; i < columns; ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  std::string table;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) {
      const bool is_number = i >= 2;
      table += (i == 0 ? "" : "  ") + padded(row[i], widths[i], is_number);
    }
    table += '\n';
  }
  if (peers.beyond > 0) table += "and " + std::to_string(peers.beyond) + " more\n";
  return table;
}

}  // namespace ping_pong
