// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient: a WebSocket to a server as a broker; it comes back when it was lost.
#pragma once

#include <flnet/broker.hpp>
#include <flnet/loop.hpp>
#include <flnet/result.hpp>
#include <flnet/task.hpp>
#include <flnet/web_socket_message.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace flnet {

/// Limits of one WebSocketClient. What happens at each of them stands beside it.
struct WebSocketClientLimits {
  static constexpr std::size_t max_message_bytes =
      1024 * 1024;                                        ///< A larger one that comes closes the socket.
  static constexpr std::size_t send_bytes = 1024 * 1024;  ///< Not sent yet: Error, the message is dropped.
  static constexpr std::size_t unread_messages = 256;     ///< The broker is full.
  /// Received while the broker is full: Error, and the socket is closed.
  static constexpr std::size_t receive_bytes = 4 * 1024 * 1024;
};

/// Does what WSClientInput says at its broker, and emits WSClientOutput there. Text messages only; binary
/// ones are dropped.
///
/// ```
///   connecting ─ opened: Connected ─▶ open ─ lost: Disconnected ─▶ waiting ─ back-off ─▶ connecting
///       └──── failed: Error ───────────────────────────────────────▲
///   Disconnect leads from everywhere to closing, and, once Disconnected is told, to closed for good.
/// ```
///
/// It comes back after half a second first and half a minute at most, at random below that. A message for a
/// socket that is not open is not kept: Error. Nothing is emitted before `broker` has first been called, so
/// that its first reader misses nothing. Destroying it ends the socket at once; the broker stays as long as
/// others hold it, and says nothing any more. All on the loop's thread.
class WebSocketClient {
 public:
  /// Connects to ws://host[:port][/path] or wss://…, within ten seconds: unreachable, refused, timed_out,
  /// untrusted, invalid_argument (URL), storage (`ca_file`, PEM; empty: the system's authorities).
  static Task<Result<WebSocketClient>> connect(std::string url, std::string ca_file = {});
  /// Begins to connect, and goes on until it succeeds; Connected tells. invalid_argument (URL).
  static Result<WebSocketClient> start(std::string url, std::string ca_file = {},
                                       Loop& loop = Loop::current());
  WebSocketClient(WebSocketClient&&) noexcept;
  WebSocketClient& operator=(WebSocketClient&&) noexcept;
  ~WebSocketClient();

  const Broker<WSClientMessage>& broker() const;

  /// What it is made of; complete inside flnet only.
  class State;
  explicit WebSocketClient(std::unique_ptr<State> state);

 private:
  std::unique_ptr<State> state_;
};

}  // namespace flnet
