// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient: one WebSocket (RFC 6455) to a server, ws:// or wss://.
#pragma once

#include <flnet/loop.hpp>
#include <flnet/result.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace flnet::io {

struct WebSocketClientConfig {
  std::string url;      ///< ws://host[:port][/path] or wss://…
  std::string ca_file;  ///< PEM; empty: the system's. wss:// checks certificate and host name.
  Duration connect_timeout = 10s;
  std::size_t max_message_bytes =
      1024 * 1024;  ///< Larger ones close the socket. Lists of many nodes are large.
  std::size_t send_queue_bytes = 1024 * 1024;
};

/// Called on the loop, never from within a call to the client. Destroying the client stops all calls.
class WebSocketClientSink {
 public:
  virtual ~WebSocketClientSink() = default;
  virtual void socket_opened() = 0;
  /// One text message, UTF-8 checked. Binary ones are dropped and counted.
  virtual void socket_received(std::string_view text) = 0;
  /// Comes once: refused, unreachable, timed_out, untrusted, closed, too_large, invalid_argument (bad URL).
  virtual void socket_closed(Error reason) = 0;
};

class WebSocketClient {
 public:
  virtual ~WebSocketClient() = default;
  /// Starts connecting.
  static std::unique_ptr<WebSocketClient> open(Loop& loop, WebSocketClientConfig config,
                                               WebSocketClientSink& sink);
  /// queue_full, or closed.
  virtual Result<> send(std::string text) = 0;
  /// Sends a close frame after what is queued; socket_closed follows within a second.
  virtual void close(std::string reason) = 0;
};

/// Whether `url` has a form that `open` can use; the detail says what is wrong.
Result<> check_web_socket_url(std::string_view url);

}  // namespace flnet::io
