// SPDX-License-Identifier: MIT OR Apache-2.0
// A whole ping-pong node, from joining to saying goodbye, in either version. Programs link those that they
// name.
#pragma once

#include "message.hpp"

#include <flnet/broker_tap.hpp>
#include <flnet/connection_config.hpp>
#include <flnet/node_info.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <chrono>

namespace ping_pong {

/// Who watches: a terminal, a page. Called on the node's loop.
class View {
 public:
  virtual ~View() = default;
  /// This node has joined.
  virtual void begin(const flnet::NodeInfo& own) = 0;
  virtual void hear(const PingPongMessage& message) = 0;
};

/// Joins, plays until flnet::stop_requested, and leaves. Why it could not join is the error: that of
/// network_start. `view` must outlive the task.
using Play = flnet::Task<flnet::Result<>>(flnet::NodeConfig config, flnet::ConnectionConfig connection,
                                          View& view);

Play play_with_handler;  ///< PingPong, over a NetworkBroker.
Play play_in_a_loop;     ///< event_loop, over a Network.

// What both do around the game itself.

/// Hands all that the tap hears to the view.
flnet::Task<> show(flnet::Tap<PingPongMessage> tap, View& view);
/// For saying goodbye. A ping is not worth waiting for: what is not delivered soon stays undelivered.
inline constexpr std::chrono::seconds farewell{1};

}  // namespace ping_pong
