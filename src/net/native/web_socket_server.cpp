// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketServer: the sockets of an io::WebSocketServer as messages of one broker.
#include <flnet/web_socket_server.hpp>

#include "io/web_socket_server.hpp"
#include "net/broker_feed.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>

namespace flnet {

class WebSocketServer::State final : private io::WebSocketServerSink {
 public:
  State(Loop& loop, const WebSocketServerConfig& config)
      : loop_(loop),
        broker_(loop, net::broker_limits(config.unread_messages)),
        feed_(broker_, loop, config.receive_bytes),
        handler_(broker_.add_handler(std::ref(*this))) {}

  Result<> listen(const WebSocketServerConfig& config) {
    auto server = io::WebSocketServer::listen(loop_,
                                              {.listen = config.listen,
                                               .max_message_bytes = config.max_message_bytes,
                                               .send_queue_bytes = config.send_bytes,
                                               .max_connections = config.max_connections},
                                              *this);
    if (!server) return failure(std::move(server.error()));
    server_ = std::move(*server);
    return {};
  }

  const Broker<WSServerMessage>& broker() {
    feed_.open();
    return broker_;
  }
  std::vector<SocketAddress> addresses() const {
    return server_ ? server_->addresses() : std::vector<SocketAddress>();
  }

  /// The broker's handler; answers come by the feed.
  std::vector<WSServerMessage> messages(std::vector<WSServerMessage> given) {
    for (WSServerMessage& message : given) {
      auto* input = std::get_if<WSServerInput::Any>(&message);
      if (input != nullptr && stage_ == Stage::serving)
        std::visit([this](auto& each) { handle(std::move(each)); }, *input);
    }
    return {};
  }

 private:
  using Output = WSServerOutput;
  enum class Stage : std::uint8_t { serving, stopping, stopped };
  static constexpr Duration stop_timeout = 2s;
  static constexpr const char* too_slow = "the application takes messages too slowly";

  /// A connection that the application knows.
  struct Connection {
    bool closing = false;  ///< Nothing is sent or heard any more.
    bool pinged = false;
  };

  // A connection and its socket share their number: neither is ever reused.
  static WSConnection connection(io::WebSocketId id) { return static_cast<WSConnection>(id); }
  static io::WebSocketId socket(WSConnection id) { return static_cast<io::WebSocketId>(id); }
  static WSServerMessage output(Output::Any said) { return said; }

  void socket_opened(io::WebSocketId id, const SocketAddress&) override {
    if (stage_ != Stage::serving) return server_->close(id, "the server stops");
    if (!feed_.push(output(Output::NewConnection{connection(id)}), 0)) return server_->close(id, too_slow);
    connections_.emplace(connection(id), Connection{});
  }
  void socket_received(io::WebSocketId id, std::string_view text) override {
    if (find(connection(id)) == nullptr) return;
    if (feed_.push(output(Output::Message{connection(id), std::string(text)}), text.size())) return;
    close(connection(id), too_slow);
  }
  void socket_pong(io::WebSocketId id) override {
    Connection* pinged = find(connection(id));
    // A Pong that nobody asked for is allowed (RFC 6455 §5.5.3), and of no interest.
    if (pinged == nullptr || !std::exchange(pinged->pinged, false)) return;
    feed_.push_always(output(Output::Pong{connection(id)}));
  }
  void socket_closed(io::WebSocketId id, Error) override {
    if (connections_.erase(connection(id)) == 0) return;
    feed_.push_always(output(Output::Disconnection{connection(id)}));
    if (stage_ == Stage::stopping && connections_.empty()) finish_soon();
  }

  void handle(WSServerInput::Message message) {
    if (find(message.connection) != nullptr)
      server_->send(socket(message.connection), std::move(message.text));
  }
  void handle(WSServerInput::Ping ping) {
    Connection* pinged = find(ping.connection);
    if (pinged == nullptr) return;
    pinged->pinged = true;
    server_->ping(socket(ping.connection));
  }
  void handle(WSServerInput::Close input) { close(input.connection, "closed by the application"); }
  void handle(WSServerInput::Stop) {
    stage_ = Stage::stopping;
    for (const auto& [id, known] : connections_) server_->close(socket(id), "the server stops");
    for (auto& [id, known] : connections_) known.closing = true;
    stop_timer_ = loop_.at(loop_.now() + stop_timeout, [this] { finish(); });
    if (connections_.empty()) finish_soon();
  }

  void close(WSConnection id, const char* reason) {
    Connection* known = find(id);
    if (known == nullptr) return;
    known->closing = true;
    server_->close(socket(id), reason);
  }

  /// The sockets may not be destroyed from within their calls.
  void finish_soon() {
    finish_call_ = loop_.soon([this] { finish(); });
  }
  void finish() {
    if (std::exchange(stage_, Stage::stopped) == Stage::stopped) return;
    server_.reset();
    for (const auto& [id, known] : std::exchange(connections_, {}))
      feed_.push_always(output(Output::Disconnection{id}));
    feed_.push_always(output(Output::Stopped{}));
  }

  /// Nothing when it is unknown, or closing.
  Connection* find(WSConnection id) {
    const auto found = connections_.find(id);
    return found == connections_.end() || found->second.closing ? nullptr : &found->second;
  }

  Loop& loop_;
  Stage stage_ = Stage::serving;
  std::map<WSConnection, Connection> connections_;
  Broker<WSServerMessage> broker_;
  net::BrokerFeed<WSServerMessage> feed_;
  Timer stop_timer_;
  Deferred finish_call_;
  std::unique_ptr<io::WebSocketServer> server_;
  Registration handler_;  // Last: it uses everything above.
};

WebSocketServer::WebSocketServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebSocketServer::WebSocketServer(WebSocketServer&&) noexcept = default;
WebSocketServer& WebSocketServer::operator=(WebSocketServer&&) noexcept = default;
WebSocketServer::~WebSocketServer() = default;

Result<WebSocketServer> WebSocketServer::start(WebSocketServerConfig config, Loop& loop) {
  auto state = std::make_unique<State>(loop, config);
  if (auto listening = state->listen(config); !listening) return failure(std::move(listening.error()));
  return WebSocketServer(std::move(state));
}

Result<WebSocketServer> WebSocketServer::start(std::uint16_t port, Loop& loop) {
  return start(WebSocketServerConfig{.listen = {SocketAddress{IpAddress::v6({}), port}}}, loop);
}

const Broker<WSServerMessage>& WebSocketServer::broker() const {
  return state_->broker();
}

std::vector<SocketAddress> WebSocketServer::addresses() const {
  return state_->addresses();
}

}  // namespace flnet
