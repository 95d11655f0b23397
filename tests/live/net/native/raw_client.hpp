// SPDX-License-Identifier: MIT OR Apache-2.0
// A signalling client that says exactly what a test wants, good or bad.
#pragma once

#include "io/web_socket_client.hpp"

#include <flnet/flnet.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace flnet::testing {

class RawClient final : private io::WebSocketClientSink {
 public:
  explicit RawClient(const std::string& url)
      : socket_(io::WebSocketClient::open(Loop::current(), {.url = url}, *this)) {}

  void say(std::string text) { EXPECT_TRUE(try_say(std::move(text))); }
  /// False when the socket has no room, or is closed.
  bool try_say(std::string text) { return socket_->send(std::move(text)).has_value(); }

  /// The next message, or nothing when the server has closed the socket.
  Task<std::optional<std::string>> hear() {
    while (heard_.empty() && !closed_) {
      news_.reset();
      co_await news_.wait();
    }
    if (heard_.empty()) co_return std::nullopt;
    std::string text = std::move(heard_.front());
    heard_.pop_front();
    co_return text;
  }

  Task<> opened() {
    while (!opened_ && !closed_) {
      news_.reset();
      co_await news_.wait();
    }
  }
  const std::optional<Error>& closed() const { return closed_; }

 private:
  void socket_opened() override {
    opened_ = true;
    news_.notify();
  }
  void socket_received(std::string_view text) override {
    heard_.emplace_back(text);
    news_.notify();
  }
  void socket_closed(Error reason) override {
    closed_ = std::move(reason);
    news_.notify();
  }

  std::deque<std::string> heard_;
  std::optional<Error> closed_;
  bool opened_ = false;
  Event news_;
  std::unique_ptr<io::WebSocketClient> socket_;
};

}  // namespace flnet::testing
