// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerPayloads: a bounded table of what is not the default, a peer of unknown kind that reads text.
#include "protocol/peer_payload.hpp"

#include <utility>

namespace flnet::protocol {

Result<> takes(PayloadDialect dialect, MessageKind kind) {
  if (dialect == PayloadDialect::flnet || kind == MessageKind::text) return {};
  return failure(ErrorCode::unsupported_by_peer, "nodes of FLNet in Rust take text only");
}

bool PeerPayloads::listed(const NodeID& peer, wire::Dialect dialect) {
  const bool reads_packets = dialect == wire::Dialect::v0_10;
  if (!reads_packets && !peers_.contains(peer)) return false;
  return std::exchange(note(peer).reads_packets, reads_packets) != reads_packets;
}

void PeerPayloads::described(const NodeID& peer, bool by_flnet) {
  if (by_flnet && !peers_.contains(peer)) return;
  note(peer).is_rust = !by_flnet;
}

PayloadDialect PeerPayloads::of_rust(const NodeID& peer) const {
  const Known* const found = peers_.find(peer);
  const bool reads_packets = found != nullptr && found->reads_packets;
  return reads_packets ? PayloadDialect::packets : PayloadDialect::text;
}

std::optional<PayloadDialect> PeerPayloads::of(const NodeID& peer) const {
  const Known* const found = peers_.find(peer);
  if (found == nullptr || !found->is_rust) return std::nullopt;
  return of_rust(peer);
}

PeerPayloads::Known& PeerPayloads::note(const NodeID& peer) {
  if (Known* const found = peers_.find(peer)) return *found;
  if (peers_.size() >= limit_) peers_.erase(order_.take_front());
  order_.push_back(peer);
  return peers_.emplace(peer);
}

}  // namespace flnet::protocol
