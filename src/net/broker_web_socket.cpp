// SPDX-License-Identifier: MIT OR Apache-2.0
// BrokerWebSocket: words of the broker on one side, a WebSocketClient on the other.
#include "net/broker_web_socket.hpp"

#include <flnet/log.hpp>

#include <string>
#include <utility>

namespace flnet::net {
namespace {

constexpr log::Topic topic{"flnet::web_socket"};

}  // namespace

class BrokerWebSocket::Client final : public io::WebSocketClient {
 public:
  Client(BrokerWebSocket& socket, io::WebSocketClientSink& sink) : socket_(socket), sink_(sink) {
    socket_.client_ = this;
    if (socket_.up_) opening_ = socket_.loop_.soon([this] { open(); });
  }
  ~Client() override { leave(); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Result<> send(std::string text) override {
    return socket_.outbox_.push(WSClientMessage(WSClientInput::Message{std::move(text)}));
  }
  void close(std::string reason) override {
    leave();
    opening_ = socket_.loop_.soon([this, reason = std::move(reason)] { end({ErrorCode::closed, reason}); });
  }

  bool is_open() const { return open_; }
  /// May destroy this client.
  void open() {
    if (std::exchange(open_, true)) return;
    BrokerWebSocket& socket = socket_;
    sink_.socket_opened();
    for (const std::string& text : std::exchange(socket.early_, {}))
      if (socket.client_ == this) sink_.socket_received(text);
  }
  void receive(std::string_view text) { sink_.socket_received(text); }
  /// May destroy this client.
  void end(Error reason) {
    leave();
    if (!std::exchange(ended_, true)) sink_.socket_closed(std::move(reason));
  }

 private:
  void leave() {
    if (socket_.client_ == this) socket_.client_ = nullptr;
  }

  BrokerWebSocket& socket_;
  io::WebSocketClientSink& sink_;
  bool open_ = false, ended_ = false;
  Deferred opening_;
};

std::unique_ptr<io::WebSocketClient> BrokerWebSocket::open(io::WebSocketClientSink& sink) {
  return std::make_unique<Client>(*this, sink);
}

void BrokerWebSocket::take(const WSClientOutput::Any& output) {
  std::visit([this](const auto& each) { hear(each); }, output);
}

void BrokerWebSocket::hear(const WSClientOutput::Connected&) {
  if (!std::exchange(up_, true)) early_.clear();
  if (client_ != nullptr) client_->open();
}

void BrokerWebSocket::hear(const WSClientOutput::Message& output) {
  up_ = true;
  if (client_ != nullptr && client_->is_open()) {
    client_->receive(output.text);
  } else if (early_.size() < max_early) {
    early_.push_back(output.text);
    if (client_ != nullptr) client_->open();
  } else {
    topic.warn("the WebSocket's broker brings messages that nobody asked for");
  }
}

void BrokerWebSocket::hear(const WSClientOutput::Disconnected&) {
  up_ = false;
  early_.clear();
  if (client_ != nullptr) client_->end({ErrorCode::closed, "the WebSocket's broker says that it closed"});
}

void BrokerWebSocket::hear(const WSClientOutput::Error& output) {
  topic.warn("the WebSocket's broker says: ", output.detail);
}

}  // namespace flnet::net
