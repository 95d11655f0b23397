// SPDX-License-Identifier: MIT OR Apache-2.0
// play: a whole ping-pong node, from joining to saying goodbye, in either version.
#pragma once

#include "message.hpp"

#include <flnet/connection_config.hpp>
#include <flnet/node_info.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>

#include <cstdint>

namespace ping_pong {

enum class Version : std::uint8_t {
  handler,  ///< PingPong, over a NetworkBroker.
  loop,     ///< event_loop, over a Network.
};

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
flnet::Task<flnet::Result<>> play(Version version, flnet::NodeConfig config,
                                  flnet::ConnectionConfig connection, View& view);

}  // namespace ping_pong
