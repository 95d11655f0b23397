// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketServer: a server of WebSockets as a broker. Native builds only.
#pragma once

#ifdef __EMSCRIPTEN__
#error "WebSocketServer is not in WASM builds: a page can not listen. See docs/wasm.md."
#endif

#include <flnet/broker.hpp>
#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>
#include <flnet/web_socket_message.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace flnet {

/// Where a WebSocketServer listens, and its limits.
struct WebSocketServerConfig {
  /// An unspecified IPv6 address means both families. Port 0 lets the system choose.
  std::vector<SocketAddress> listen;
  std::size_t max_connections = 10000;          ///< Further ones are closed.
  std::size_t max_message_bytes = 1024 * 1024;  ///< A larger one that comes closes its connection.
  std::size_t send_bytes = 4 * 1024 * 1024;     ///< A connection that reads more slowly is closed.
  std::size_t unread_messages = 1024;           ///< Of the broker; what comes beyond waits, bounded:
  /// Received, of all connections, while the broker is full: whose message goes above it is closed.
  std::size_t receive_bytes = 16 * 1024 * 1024;
};

/// Does what WSServerInput says at its broker, and emits WSServerOutput there, for a connection NewConnection
/// first and Disconnection last. Text messages only; binary ones are dropped. Pong answers Ping, and
/// comes at no other time. Nothing is emitted before `broker` has first been called, so that its first
/// reader misses nothing. Stop lets connections send what is queued, for two seconds at most; Disconnection
/// comes for each, then Stopped.
///
/// Destroying it ends all connections at once; the broker stays as long as others hold it, and says nothing
/// any more. All on the loop's thread.
class WebSocketServer {
 public:
  /// address_in_use, invalid_argument or system; the detail names the address.
  static Result<WebSocketServer> start(WebSocketServerConfig config, Loop& loop = Loop::current());
  /// On all addresses of the machine, of both families.
  static Result<WebSocketServer> start(std::uint16_t port, Loop& loop = Loop::current());
  WebSocketServer(WebSocketServer&&) noexcept;
  WebSocketServer& operator=(WebSocketServer&&) noexcept;
  ~WebSocketServer();

  const Broker<WSServerMessage>& broker() const;
  /// The addresses it really listens on; none once it has stopped.
  std::vector<SocketAddress> addresses() const;

 private:
  class State;
  explicit WebSocketServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace flnet
