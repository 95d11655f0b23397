// SPDX-License-Identifier: MIT OR Apache-2.0
// Network::State: joins signalling with what goes to and comes from peers.
#pragma once

#include "net/network_parts.hpp"
#include "net/peer_traffic.hpp"
#include "net/signalling.hpp"

#include <flnet/event.hpp>
#include <flnet/network.hpp>

#include <memory>
#include <optional>

namespace flnet {

/// Everything a Network owns.
struct Network::State final : private net::SignallingSink {
 public:
  State(NodeConfig config, net::NetworkParts parts);

  /// Begins to announce; the rest follows by itself.
  void begin() { signalling_.start(); }
  /// `begin`; completes with the first list, the reason why there is none, or timed_out.
  Task<Result<>> start();
  Task<Result<>> close();

  const NodeInfo& info() const { return info_; }
  Loop& loop() { return loop_; }
  net::Signalling& signalling() { return signalling_; }
  net::PeerTraffic& traffic() { return traffic_; }
  const net::PeerTraffic& traffic() const { return traffic_; }

 private:
  static constexpr Duration start_timeout = 10s;

  void signalling_announced() override {}
  void signalling_listed(std::vector<wire::ListedNode> nodes) override;
  void signalling_setup(PeerInfo info) override;
  void signalling_lost(Error reason) override;
  void signalling_failed(Error reason) override;
  void settle_start(Result<> result);

  std::shared_ptr<void> ground_;  // Shared with the parts; first, so that it goes last.
  Loop& loop_;
  NodeInfo info_;
  std::unique_ptr<Random> random_;
  std::optional<Result<>> started_;
  Event start_settled_;
  net::PeerTraffic traffic_;
  net::Signalling signalling_;
};

}  // namespace flnet
