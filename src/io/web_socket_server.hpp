// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketServer: accepts WebSockets (RFC 6455) on one or more addresses. Native builds only.
#pragma once

#ifdef __EMSCRIPTEN__
#error "WebSocketServer is not in WASM builds: a page can not listen. See docs/wasm.md."
#endif

#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/socket_address.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace flnet::io {

enum class WebSocketId : std::uint64_t {};  ///< Never reused by one server.

struct WebSocketServerConfig {
  /// An unspecified IPv6 address listens on both families. Port 0 lets the system choose.
  std::vector<SocketAddress> listen;
  std::size_t max_message_bytes = 64 * 1024;       ///< A larger message closes with 1009.
  std::size_t send_queue_bytes = 4 * 1024 * 1024;  ///< A slower reader than that is closed.
  std::size_t max_connections = 100000;
  std::size_t max_connections_per_address = 0;  ///< 0: no limit.
  Duration handshake_timeout = 10s;
};

struct WebSocketServerCounters {
  std::uint64_t accepted = 0, refused_limit = 0, failed_handshakes = 0;
  std::uint64_t dropped_binary = 0, closed_too_large = 0, closed_slow = 0, closed_bad_utf8 = 0;
};

/// Called on the loop, never from within a call to the server.
class WebSocketServerSink {
 public:
  virtual ~WebSocketServerSink() = default;
  virtual void socket_opened(WebSocketId id, const SocketAddress& from) = 0;
  virtual void socket_received(WebSocketId id, std::string_view text) = 0;
  virtual void socket_pong(WebSocketId id) = 0;
  /// Comes once an id, also after `close`.
  virtual void socket_closed(WebSocketId id, Error reason) = 0;
};

class WebSocketServer {
 public:
  virtual ~WebSocketServer() = default;
  /// address_in_use, invalid_argument or system; the detail names the address.
  static Result<std::unique_ptr<WebSocketServer>> listen(Loop& loop, WebSocketServerConfig config,
                                                         WebSocketServerSink& sink);
  /// The addresses it really listens on.
  virtual std::vector<SocketAddress> addresses() const = 0;
  /// Unknown ids are ignored: a socket may have closed meanwhile.
  virtual void send(WebSocketId id, std::string text) = 0;
  virtual void ping(WebSocketId id) = 0;
  virtual void close(WebSocketId id, std::string reason) = 0;
  virtual const WebSocketServerCounters& counters() const = 0;
};

}  // namespace flnet::io
