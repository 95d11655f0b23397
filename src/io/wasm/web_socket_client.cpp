// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient over the platform's WebSocket.
#include "io/web_socket_client.hpp"

#include <flnet/log.hpp>
#include <flnet/ring.hpp>

#include <emscripten/em_macros.h>

#include <cstdint>
#include <optional>
#include <utility>

namespace flnet::io {

///   connecting ──opened──▶ open ──close──▶ closing ──closed, or close_limit──▶ ended
///       └───refused, connect_timeout, the server's close: at any time──────────▲
class BrowserWebSocket final : public WebSocketClient {
 public:
  BrowserWebSocket(Loop& loop, WebSocketClientConfig config, WebSocketClientSink& sink);
  ~BrowserWebSocket() override { let_go(); }
  BrowserWebSocket(const BrowserWebSocket&) = delete;
  BrowserWebSocket& operator=(const BrowserWebSocket&) = delete;

  Result<> send(std::string text) override;
  void close(std::string reason) override;

  // JavaScript's.
  void opened();
  void received(const char* text, std::size_t size);
  void dropped_binary();
  void closed(int code, std::string_view reason);
  void refused(std::string_view why);

 private:
  enum class Stage : std::uint8_t { connecting, open, closing, ended };
  /// RFC 6455 §5.5: a close frame holds 125 bytes, two of them the code.
  static constexpr std::size_t max_reason_bytes = 123;
  static constexpr Duration close_limit = 1s;
  static constexpr int normal_closure = 1000;

  Result<> start();
  /// Reports from the ready queue: none of this may happen within `open`.
  void report_soon(Error reason);
  void report(Error reason);
  void let_go();

  Loop& loop_;
  WebSocketClientConfig config_;
  WebSocketClientSink& sink_;
  Stage stage_ = Stage::connecting;
  std::optional<int> handle_;
  Ring<std::string> early_;  ///< Sent before the socket was open.
  std::size_t early_bytes_ = 0;
  std::uint64_t dropped_binary_ = 0;
  Timer limit_;
  Deferred report_;
};

}  // namespace flnet::io

using flnet::io::BrowserWebSocket;

extern "C" {
int flnet_socket_open(BrowserWebSocket* self, const char* url, std::size_t size, std::size_t most_bytes);
int flnet_socket_send(int handle, const char* text, std::size_t size);
double flnet_socket_buffered(int handle);
void flnet_socket_close(int handle, int code, const char* reason, std::size_t size);
void flnet_socket_destroy(int handle);

EMSCRIPTEN_KEEPALIVE void flnet_socket_opened(BrowserWebSocket* self) noexcept {
  self->opened();
}
EMSCRIPTEN_KEEPALIVE void flnet_socket_received(BrowserWebSocket* self, const char* text,
                                                std::size_t size) noexcept {
  self->received(text, size);
}
EMSCRIPTEN_KEEPALIVE void flnet_socket_dropped(BrowserWebSocket* self) noexcept {
  self->dropped_binary();
}
EMSCRIPTEN_KEEPALIVE void flnet_socket_closed(BrowserWebSocket* self, int code, const char* reason,
                                              std::size_t size) noexcept {
  self->closed(code, {reason, size});
}
EMSCRIPTEN_KEEPALIVE void flnet_socket_refused(BrowserWebSocket* self, const char* why,
                                               std::size_t size) noexcept {
  self->refused({why, size});
}
}

namespace flnet::io {
namespace {

constexpr log::Topic topic{"flnet::web_socket"};

/// The first bytes of `text`, at most `most`, without a torn letter at the end.
std::string_view whole_letters(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(text[at]) & 0xc0U) == 0x80U;
  };
  while (most > 0 && continues(most)) --most;
  return text.substr(0, most);
}

}  // namespace

BrowserWebSocket::BrowserWebSocket(Loop& loop, WebSocketClientConfig config, WebSocketClientSink& sink)
    : loop_(loop), config_(std::move(config)), sink_(sink) {
  if (auto started = start(); !started) report_soon(std::move(started.error()));
}

Result<> BrowserWebSocket::start() {
  if (auto good = check_web_socket_url(config_.url); !good) return good;
  if (!config_.ca_file.empty()) {
    return failure(ErrorCode::unsupported,
                   "which authorities wss:// trusts is the platform's: no ca_file here");
  }
  const int handle =
      flnet_socket_open(this, config_.url.data(), config_.url.size(), config_.max_message_bytes);
  if (handle == 0) return {};  // `refused` has been called.
  handle_ = handle;
  limit_ = loop_.at(loop_.now() + config_.connect_timeout, [this] {
    report({ErrorCode::timed_out, "can't reach " + config_.url + ": no connection in time"});
  });
  return {};
}

Result<> BrowserWebSocket::send(std::string text) {
  if (stage_ == Stage::closing || stage_ == Stage::ended) {
    return failure(ErrorCode::closed, "the socket is closed");
  }
  const auto buffered = handle_ ? static_cast<std::size_t>(flnet_socket_buffered(*handle_)) : 0;
  if (buffered + early_bytes_ + text.size() > config_.send_queue_bytes) {
    return failure(ErrorCode::queue_full, "too much waits to be sent to " + config_.url);
  }
  if (stage_ == Stage::connecting) {
    early_bytes_ += text.size();
    early_.push_back(std::move(text));
    return {};
  }
  if (flnet_socket_send(*handle_, text.data(), text.size()) == 0) {
    return failure(ErrorCode::closed, "the socket did not take the text");
  }
  return {};
}

void BrowserWebSocket::close(std::string reason) {
  if (stage_ == Stage::closing || stage_ == Stage::ended) return;
  if (stage_ == Stage::connecting) return report_soon({ErrorCode::closed, "closed before it was open"});
  stage_ = Stage::closing;
  const std::string_view told = whole_letters(reason, max_reason_bytes);
  flnet_socket_close(*handle_, normal_closure, told.data(), told.size());
  limit_ = loop_.at(loop_.now() + close_limit,
                    [this] { report({ErrorCode::closed, "closed; the server did not confirm in time"}); });
}

void BrowserWebSocket::opened() {
  if (stage_ != Stage::connecting) return;
  const Loop::Scope scope(loop_);
  stage_ = Stage::open;
  limit_ = {};
  early_bytes_ = 0;
  while (!early_.empty()) {
    const std::string text = early_.take_front();
    flnet_socket_send(*handle_, text.data(), text.size());
  }
  sink_.socket_opened();
}

void BrowserWebSocket::received(const char* text, std::size_t size) {
  if (stage_ != Stage::open && stage_ != Stage::closing) return;
  const Loop::Scope scope(loop_);
  if (size > config_.max_message_bytes) {
    report({ErrorCode::too_large,
            "a message of more than " + std::to_string(config_.max_message_bytes) + " bytes"});
    return;
  }
  if (stage_ == Stage::open) sink_.socket_received({text, size});
}

void BrowserWebSocket::dropped_binary() {
  ++dropped_binary_;
  topic.debug(config_.url, ": a binary message was dropped, ", dropped_binary_, " in all");
}

void BrowserWebSocket::closed(int code, std::string_view reason) {
  const Loop::Scope scope(loop_);
  std::string why = "code " + std::to_string(code);
  if (!reason.empty()) why.append(", ").append(reason);
  if (stage_ == Stage::connecting) {
    report({ErrorCode::unreachable, "can't reach " + config_.url + ": " + why});
  } else {
    report({ErrorCode::closed, "the socket is closed: " + why});
  }
}

void BrowserWebSocket::refused(std::string_view why) {
  // A page of https:// may not open ws://.
  report_soon({ErrorCode::refused, "can't open " + config_.url + ": " + std::string(why)});
}

void BrowserWebSocket::report_soon(Error reason) {
  stage_ = Stage::ended;
  report_ = loop_.soon([this, why = std::move(reason)] { report(why); });
}

void BrowserWebSocket::report(Error reason) {
  stage_ = Stage::ended;
  WebSocketClientSink& sink = sink_;
  let_go();
  sink.socket_closed(std::move(reason));  // May destroy this.
}

void BrowserWebSocket::let_go() {
  limit_ = {};
  if (handle_) flnet_socket_destroy(*std::exchange(handle_, std::nullopt));
}

std::unique_ptr<WebSocketClient> WebSocketClient::open(Loop& loop, WebSocketClientConfig config,
                                                       WebSocketClientSink& sink) {
  return std::make_unique<BrowserWebSocket>(loop, std::move(config), sink);
}

}  // namespace flnet::io
