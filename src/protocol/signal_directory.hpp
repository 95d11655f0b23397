// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalDirectory: the announced nodes of a signalling server, and their lists as text.
#pragma once

#include "base/random.hpp"
#include "wire/signal_message.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace flnet::protocol {

/// A WebSocket of the server's, never reused.
enum class ClientId : std::uint64_t {};

/// Each node is encoded once in both dialects. While one list holds all nodes, it is the same text for
/// every reader of a dialect and is kept until somebody comes or goes.
class SignalDirectory {
 public:
  struct Limits {
    std::size_t nodes = 0;  ///< Entries of a list.
    std::size_t bytes = 0;  ///< Of all entries of a list together.
  };
  explicit SignalDirectory(Limits limits) : limits_(limits) {}

  /// `node` must not be there yet.
  void add(const wire::ListedNode& node, ClientId client);
  void remove(const NodeID& id);
  std::optional<ClientId> find(const NodeID& id) const;
  std::size_t size() const { return nodes_.size(); }

  /// A ListIDsReply with `reader`, who must be there, and with all others or, when they are too many, with
  /// a random stretch of them.
  std::string list(const NodeID& reader, wire::Dialect dialect, Random& random);

 private:
  struct Node {
    ClientId client;
    std::array<std::string, 2> entries;  ///< By dialect.
  };
  /// Sorted, not hashed: strangers choose the keys.
  using Nodes = std::map<NodeID, Node>;

  bool fits_one_list(std::size_t dialect) const {
    return nodes_.size() <= limits_.nodes && entry_bytes_[dialect] <= limits_.bytes;
  }
  std::string full_list(std::size_t dialect) const;
  std::string part_list(const NodeID& reader, std::size_t dialect, Random& random) const;

  Limits limits_;
  Nodes nodes_;
  std::array<std::size_t, 2> entry_bytes_{};  ///< Of all entries, by dialect.
  std::array<std::optional<std::string>, 2> full_lists_;
};

}  // namespace flnet::protocol
