// SPDX-License-Identifier: MIT OR Apache-2.0
// NetworkParts: what a Network is put together from, real or simulated.
#pragma once

#include "base/random.hpp"
#include "io/web_socket_client.hpp"
#include "net/links.hpp"

#include <flnet/loop.hpp>
#include <flnet/network.hpp>
#include <flnet/network_broker.hpp>
#include <flnet/task.hpp>

#include <functional>
#include <memory>

namespace flnet::net {

/// Connects to the signalling server. Destroying the client stops all calls of the sink.
using OpenWebSocket = std::function<std::unique_ptr<io::WebSocketClient>(io::WebSocketClientSink& sink)>;

struct NetworkParts {
  Loop& loop;  ///< Outlives the network.
  std::unique_ptr<Random> random;
  OpenWebSocket open_web_socket;
  MakeLinks make_links;
  std::shared_ptr<void> ground;  ///< What the parts rest on; lives longer than all that is made of them.
};

/// As network_start, with parts of the caller's, or the reason why there are none.
Task<Result<Network>> start_network(NodeConfig config, Result<NetworkParts> parts);
/// As network_broker_start, the same.
Task<Result<NetworkBroker>> start_network_broker(NodeConfig config, Result<NetworkParts> parts);

}  // namespace flnet::net
