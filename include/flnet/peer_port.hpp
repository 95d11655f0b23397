// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerPort: what the connections of one program share: a UDP port an address family, and a certificate.
#pragma once

#include <flnet/connection_config.hpp>
#include <flnet/loop.hpp>
#include <flnet/result.hpp>

#include <memory>

namespace flnet {

/// Datagrams are told apart by the address they come from: between two ports there is one live connection,
/// and none from a port to itself.
///
/// A handle: copies are the same port. It stays open until the last handle and the last connection over it
/// are gone. All on its loop's thread, which must outlive it.
class PeerPort {
 public:
  /// `config` says which UDP port and which STUN and TURN servers. Its signal_url is not connected to: where
  /// it is on loopback, so are the peers, and loopback addresses become candidates; empty, the default here,
  /// means that they may be anywhere. invalid_argument or unsupported names a server that can't be used;
  /// address_in_use, or system.
  static Result<PeerPort> open(const ConnectionConfig& config = ConnectionConfig(std::string()),
                               Loop& loop = Loop::current());

  /// What it is made of; complete inside flnet only.
  struct State;
  explicit PeerPort(std::shared_ptr<State> state) : state_(std::move(state)) {}
  const std::shared_ptr<State>& state() const { return state_; }

 private:
  // Shared by the handles and by the connections over this port.
  std::shared_ptr<State> state_;
};

}  // namespace flnet
