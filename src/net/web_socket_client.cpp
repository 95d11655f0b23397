// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient: connects, tells, and connects again.
#include "net/web_socket_client_state.hpp"

#include <functional>
#include <utility>

namespace flnet {

WebSocketClient::State::State(Loop& loop, std::unique_ptr<Random> random, net::OpenWebSocket open_web_socket)
    : loop_(loop),
      random_(std::move(random)),
      open_web_socket_(std::move(open_web_socket)),
      broker_(loop, net::broker_limits(WebSocketClientLimits::unread_messages)),
      feed_(broker_, loop, WebSocketClientLimits::receive_bytes),
      handler_(broker_.add_handler(std::ref(*this))) {
  connect();
}

const Broker<WSClientMessage>& WebSocketClient::State::broker() {
  feed_.open();
  return broker_;
}

Task<Result<>> WebSocketClient::State::first_attempt() {
  while (!first_result_) co_await first_settled_.wait();
  co_return *first_result_;
}

void WebSocketClient::State::settle_first_attempt(Result<> result) {
  if (first_result_) return;
  first_result_ = std::move(result);
  first_settled_.notify();
}

// The socket's life.

void WebSocketClient::State::connect() {
  stage_ = Stage::connecting;
  socket_ = open_web_socket_(*this);
}

void WebSocketClient::State::try_again_in(Duration pause) {
  stage_ = Stage::waiting;
  retry_ = loop_.at(loop_.now() + pause, [this] {
    // Whoever does not read what was told gets no more to read: so that is bounded, too.
    if (feed_.empty()) return connect();
    try_again_in(net::BackOff::first);
  });
}

void WebSocketClient::State::socket_opened() {
  if (stage_ != Stage::connecting) return;
  stage_ = Stage::open;
  opened_at_ = loop_.now();
  settle_first_attempt({});
  tell(Output::Connected{});
}

void WebSocketClient::State::socket_received(std::string_view text) {
  if (stage_ != Stage::open) return;
  if (feed_.push(WSClientMessage(Output::Any(Output::Message{std::string(text)})), text.size())) return;
  tell(Output::Error{"the application takes messages too slowly: the socket is closed"});
  tell(Output::Disconnected{});
  socket_->close("the application takes messages too slowly");
  try_again_in(back_off_.next(loop_.now() - opened_at_, *random_));
}

void WebSocketClient::State::socket_closed(Error reason) {
  settle_first_attempt(failure(reason));
  switch (stage_) {
    case Stage::connecting:
      tell(Output::Error{to_string(reason)});
      return try_again_in(back_off_.next(Duration::zero(), *random_));
    case Stage::open:
      if (reason.code != ErrorCode::closed) tell(Output::Error{to_string(reason)});
      tell(Output::Disconnected{});
      return try_again_in(back_off_.next(loop_.now() - opened_at_, *random_));
    case Stage::closing:
      stage_ = Stage::closed;
      return tell(Output::Disconnected{});
    case Stage::waiting:
    case Stage::closed:
      return;
  }
}

void WebSocketClient::State::disconnect() {
  retry_ = {};
  switch (stage_) {
    case Stage::connecting:
    case Stage::open:
      stage_ = Stage::closing;
      return socket_->close("disconnected by the application");
    case Stage::waiting:
      stage_ = Stage::closed;
      return tell(Output::Disconnected{});
    case Stage::closing:
    case Stage::closed:
      return;
  }
}

// The broker's words.

std::vector<WSClientMessage> WebSocketClient::State::messages(std::vector<WSClientMessage> given) {
  std::vector<WSClientMessage> answers;
  for (WSClientMessage& message : given) {
    auto* input = std::get_if<WSClientInput::Any>(&message);
    if (input == nullptr) continue;
    if (auto* text = std::get_if<WSClientInput::Message>(input)) {
      if (auto sent = send(std::move(text->text)); !sent)
        answers.emplace_back(Output::Any(Output::Error{"a message is dropped: " + to_string(sent.error())}));
    } else {
      disconnect();
    }
  }
  return answers;
}

Result<> WebSocketClient::State::send(std::string text) {
  if (stage_ == Stage::open) return socket_->send(std::move(text));
  if (stage_ == Stage::closing || stage_ == Stage::closed)
    return failure(ErrorCode::closed, "the client was disconnected");
  return failure(ErrorCode::not_connected, "the socket is not open");
}

// The public face.

WebSocketClient::WebSocketClient(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebSocketClient::WebSocketClient(WebSocketClient&&) noexcept = default;
WebSocketClient& WebSocketClient::operator=(WebSocketClient&&) noexcept = default;
WebSocketClient::~WebSocketClient() = default;

Result<WebSocketClient> WebSocketClient::start(std::string url, std::string ca_file, Loop& loop) {
  if (auto usable = io::check_web_socket_url(url); !usable) return failure(std::move(usable.error()));
  io::WebSocketClientConfig config{.url = std::move(url), .ca_file = std::move(ca_file)};
  config.max_message_bytes = WebSocketClientLimits::max_message_bytes;
  config.send_queue_bytes = WebSocketClientLimits::send_bytes;
  return WebSocketClient(std::make_unique<State>(loop, std::make_unique<SystemRandom>(),
                                                 [&loop, config](io::WebSocketClientSink& sink) {
                                                   return io::WebSocketClient::open(loop, config, sink);
                                                 }));
}

Task<Result<WebSocketClient>> WebSocketClient::connect(std::string url, std::string ca_file) {
  auto client = start(std::move(url), std::move(ca_file));
  if (!client) co_return failure(std::move(client.error()));
  if (auto opened = co_await client->state_->first_attempt(); !opened)
    co_return failure(std::move(opened.error()));
  co_return std::move(*client);
}

const Broker<WSClientMessage>& WebSocketClient::broker() const {
  return state_->broker();
}

}  // namespace flnet
