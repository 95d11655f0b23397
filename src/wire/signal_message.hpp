// SPDX-License-Identifier: MIT OR Apache-2.0
// The words between nodes and signalling server, and their JSON in the dialects 0.7 and 0.10.
#pragma once

#include <flnet/peer_info.hpp>

#include <flnet/node_info.hpp>
#include <flnet/node_stat.hpp>
#include <flnet/result.hpp>
#include <flnet/u256.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace flnet::wire {

/// Which Rust releases write like this: crate flnet 0.7, or fledger 0.10 (0.9 is close).
enum class Dialect : std::uint8_t { v0_7, v0_10 };

inline constexpr std::uint64_t signal_version = 3;
inline constexpr std::size_t max_signal_message_bytes = 64 * 1024;  ///< Read by a server.
/// Read by a node: lists are larger.
inline constexpr std::size_t max_server_message_bytes = 1024 * 1024;
inline constexpr std::size_t max_listed_nodes = 4096;
inline constexpr std::size_t max_name_bytes = 256;

/// A list entry; `dialect` is the one its node speaks: a 0.7 node in a list of NodeInfoV3 carries a field
/// of ours that says so, which Rust nodes ignore.
struct ListedNode {
  NodeInfo info;
  Dialect dialect = Dialect::v0_7;
  friend bool operator==(const ListedNode&, const ListedNode&) = default;
};

// Server to node.
struct Challenge {
  std::uint64_t version = signal_version;
  U256 challenge;
  friend bool operator==(const Challenge&, const Challenge&) = default;
};
struct ListReply {
  std::vector<ListedNode> nodes;
  /// Entries that were left out because they could not be read, or stood beyond max_listed_nodes: one odd
  /// node must not hide all the others. Not written.
  std::size_t skipped = 0;
  friend bool operator==(const ListReply&, const ListReply&) = default;
};
struct SystemConfig {
  std::optional<U256> realm;
  friend bool operator==(const SystemConfig&, const SystemConfig&) = default;
};
struct ServerError {
  std::string text;
  friend bool operator==(const ServerError&, const ServerError&) = default;
};

// Node to server.
struct Announce {
  std::uint64_t version = signal_version;
  U256 challenge;
  NodeInfo info;
  Signature signature{};
  Dialect dialect = Dialect::v0_7;
  friend bool operator==(const Announce&, const Announce&) = default;
};
struct ListRequest {
  friend bool operator==(const ListRequest&, const ListRequest&) = default;
};
struct NodeStats {
  std::vector<NodeStat> stats;
  friend bool operator==(const NodeStats&, const NodeStats&) = default;
};

// Both ways.
struct PeerSetup {
  PeerInfo info;
  friend bool operator==(const PeerSetup&, const PeerSetup&) = default;
};

using ServerMessage = std::variant<Challenge, ListReply, PeerSetup, SystemConfig, ServerError>;
using ClientMessage = std::variant<Announce, ListRequest, PeerSetup, NodeStats>;

/// `dialect` is the reader's; it matters for ListReply only. An entry for a 0.10 reader is a NodeInfoV3
/// even when its node is a 0.7 one, and the other way round.
std::string encode(const ServerMessage& message, Dialect dialect);
/// An Announce is written in its own dialect.
std::string encode(const ClientMessage& message);

/// A ListReply from entries that were encoded before: a server writes each node once, not once a reader.
std::string encode_list_entry(const ListedNode& node, Dialect dialect);
std::string encode_list(std::span<const std::string_view> entries);

/// Strict readers: at most max_server_message_bytes or max_signal_message_bytes, nesting of
/// max_json_depth, UTF-8, exactly one key a variant; unknown fields are ignored, unknown variants, wrong
/// types, overlong names and lists are invalid_message with the place. (A ListReply skips such entries
/// instead.) Base64 and hex signatures, bare NodeInfo, NodeInfoV2 and NodeInfoV3 are all understood.
Result<ServerMessage> decode_server_message(std::string_view json);
Result<ClientMessage> decode_client_message(std::string_view json);

}  // namespace flnet::wire
