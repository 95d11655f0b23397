// SPDX-License-Identifier: MIT OR Apache-2.0
// The parts of a real network, from a ConnectionConfig.
#include "net/real_parts.hpp"

#include "io/web_socket_client.hpp"
#include "net/node_links.hpp"
#include "net/peer_host_config.hpp"

namespace flnet::net {

Result<std::unique_ptr<io::PeerHost>> open_peer_host(Loop& loop, const ConnectionConfig& connection) {
  auto config = peer_host_config(connection);
  if (!config) return failure(std::move(config.error()));
  return io::PeerHost::open(loop, *std::move(config));
}

Result<NetworkParts> real_parts(Loop& loop, const ConnectionConfig& connection) {
  if (auto url = io::check_web_socket_url(connection.signal_url); !url) return failure(url.error());
  auto host = open_peer_host(loop, connection);
  if (!host) return failure(host.error());
  const io::WebSocketClientConfig socket{.url = connection.signal_url, .ca_file = connection.ca_file};
  return NetworkParts{.loop = loop,
                      .random = std::make_unique<SystemRandom>(),
                      .open_web_socket =
                          [&loop, socket](io::WebSocketClientSink& sink) {
                            return io::WebSocketClient::open(loop, socket, sink);
                          },
                      .make_links = links_over(std::move(*host))};
}

}  // namespace flnet::net
