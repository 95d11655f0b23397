// SPDX-License-Identifier: MIT OR Apache-2.0
// PayloadDialect: what applications' messages look like on the channel to a peer, and how that is known.
#pragma once

#include "base/id_map.hpp"
#include "wire/signal_message.hpp"

#include <flnet/message.hpp>
#include <flnet/result.hpp>
#include <flnet/ring.hpp>
#include <flnet/u256.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace flnet::protocol {

enum class PayloadDialect : std::uint8_t {
  flnet,    ///< A C++ node: text and binary as they are.
  text,     ///< FLNet 0.7 in Rust: text as it is. Native ones abort on binary, browsers ignore it.
  packets,  ///< fledger 0.10: text in packets (wire/packet.hpp), and nothing else.
};

/// unsupported_by_peer for a kind that has no form in this dialect, or fine.
Result<> takes(PayloadDialect dialect, MessageKind kind);

/// What lists and descriptions have said about peers. It is what others say: beyond `limit` peers the one
/// that has been known for longest is forgotten, and counts as one that was never heard of.
///
/// Never asked: the look of a message. An application of 0.7 may send {"data":"x"} as a text of its own.
class PeerPayloads {
 public:
  explicit PeerPayloads(std::size_t limit) : limit_(limit) {}

  /// The peer's list entry; true when it speaks another dialect than before.
  bool listed(const NodeID& peer, wire::Dialect dialect);
  /// The peer's description; only C++ nodes write a=flnet-session into theirs.
  void described(const NodeID& peer, bool by_flnet);

  /// What a Rust node of this id speaks: by its latest list entry, or text.
  PayloadDialect of_rust(const NodeID& peer) const;
  /// What a peer takes whose latest description was a Rust node's; nothing for others.
  std::optional<PayloadDialect> of(const NodeID& peer) const;
  std::size_t size() const { return peers_.size(); }

 private:
  struct Known {
    bool is_rust = false;
    bool reads_packets = false;
  };

  Known& note(const NodeID& peer);

  std::size_t limit_;
  IdMap<NodeID, Known> peers_;
  Ring<NodeID> order_;  ///< Of `peers_`, as they came.
};

}  // namespace flnet::protocol
