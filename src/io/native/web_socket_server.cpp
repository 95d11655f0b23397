// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketServer on Boost.Beast: listeners, limits, the upgrade, and the table of open sockets.
#include "io/web_socket_server.hpp"

#include "io/native/web_socket_pipe.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>

#include <algorithm>
#include <functional>
#include <unordered_map>

namespace flnet::io {
namespace {

namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using Acceptor = asio::basic_socket_acceptor<Tcp, asio::io_context::executor_type>;

constexpr std::uint32_t max_request_bytes = 16 * 1024;
/// After the system had no descriptors or memory left for a connection.
constexpr Duration accept_pause = 100ms;

Tcp::endpoint to_endpoint(const SocketAddress& address) {
  if (address.ip.is_v4()) {
    asio::ip::address_v4::bytes_type bytes{};
    std::ranges::copy(address.ip.view(), bytes.begin());
    return {asio::ip::address_v4(bytes), address.port};
  }
  return {asio::ip::address_v6(address.ip.bytes), address.port};
}

/// IPv4 as such, also when it came through an IPv6 socket.
SocketAddress to_address(const Tcp::endpoint& endpoint) {
  const asio::ip::address ip = endpoint.address();
  if (ip.is_v4()) return {IpAddress::v4(ip.to_v4().to_bytes()), endpoint.port()};
  if (ip.to_v6().is_v4_mapped()) {
    return {IpAddress::v4(asio::ip::make_address_v4(asio::ip::v4_mapped, ip.to_v6()).to_bytes()),
            endpoint.port()};
  }
  return {IpAddress::v6(ip.to_v6().to_bytes()), endpoint.port()};
}

struct IpHash {
  std::size_t operator()(const IpAddress& ip) const { return std::hash<SocketAddress>{}({ip, 0}); }
};

class Server;

/// One connection, from accept on.
class ServerSocket final : public WebSocketPipe<TcpSocket> {
 public:
  ServerSocket(Server& server, Loop& loop, std::size_t send_queue_bytes, WebSocketId id, SocketAddress from,
               TcpSocket socket)
      : WebSocketPipe(loop, send_queue_bytes, std::move(socket)), server_(server), id_(id), from_(from) {}

  void accept(Duration limit);
  const SocketAddress& from() const { return from_; }
  bool is_open() const { return !handshake_; }
  /// No calls any more, and no timer that could outlive the loop.
  void let_go() {
    if (handshake_) handshake_->limit = {};
    detach();
  }

 private:
  struct Handshake {
    beast::flat_buffer buffer{max_request_bytes};
    http::request_parser<http::empty_body> parser;
    Timer limit;
  };
  std::shared_ptr<ServerSocket> self() { return std::static_pointer_cast<ServerSocket>(shared_from_this()); }
  void request_read(ErrorNumber error);
  void upgraded(ErrorNumber error);
  void handshake_failed();
  void received(std::string_view text) override;
  void received_binary() override;
  void received_pong() override;
  void ended(Error reason, ErrorNumber error) override;

  Server& server_;  ///< Not after detach.
  WebSocketId id_;
  SocketAddress from_;
  std::unique_ptr<Handshake> handshake_;  ///< Until the socket is open.
};

/// One listening address; shared with its pending accept, which finds no server after its end.
struct Listener : std::enable_shared_from_this<Listener> {
  Listener(Server& its_server, asio::io_context& context)
      : server(&its_server), acceptor(context.get_executor()), next(context.get_executor()) {}

  void accept_next();
  void accepted(ErrorNumber error);

  Server* server;
  Acceptor acceptor;
  TcpSocket next;
  Timer pause;
};

class Server final : public WebSocketServer {
 public:
  Server(AsioLoop& loop, WebSocketServerConfig config, WebSocketServerSink& sink)
      : loop_(loop), config_(std::move(config)), sink_(sink) {}
  ~Server() override;

  Result<> listen();
  std::vector<SocketAddress> addresses() const override;
  void send(WebSocketId id, std::string text) override;
  void ping(WebSocketId id) override;
  void close(WebSocketId id, std::string reason) override;
  const WebSocketServerCounters& counters() const override { return counters_; }

 private:
  friend ServerSocket;
  friend Listener;

  Result<> listen_on(const SocketAddress& address);
  void take(TcpSocket socket);
  void check_closing();
  bool has_room_for(const IpAddress& ip) const;
  ServerSocket* find(WebSocketId id);
  /// Takes the socket out of the table; the caller still holds it.
  void remove(ServerSocket& socket, WebSocketId id);

  AsioLoop& loop_;
  WebSocketServerConfig config_;
  WebSocketServerSink& sink_;
  WebSocketServerCounters counters_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::unordered_map<WebSocketId, std::shared_ptr<ServerSocket>> sockets_;
  std::unordered_map<IpAddress, std::size_t, IpHash> sockets_of_;  ///< Only when there is a limit.
  std::uint64_t last_id_ = 0;
  Timer check_closing_timer_;
};

void ServerSocket::accept(Duration limit) {
  ErrorNumber ignored;
  socket().set_option(Tcp::no_delay(true), ignored);
  handshake_ = std::make_unique<Handshake>();
  handshake_->parser.header_limit(max_request_bytes);
  handshake_->limit = loop().at(loop().now() + limit, [this] { close_socket(); });
  http::async_read(stream().next_layer(), handshake_->buffer, handshake_->parser,
                   [self = self()](ErrorNumber error, std::size_t) { self->request_read(error); });
}

void ServerSocket::request_read(ErrorNumber error) {
  if (detached()) return;
  const Loop::Scope scope(loop());
  if (error) return handshake_failed();
  stream().async_accept(handshake_->parser.get(),
                        [self = self()](ErrorNumber failed) { self->upgraded(failed); });
}

void ServerSocket::upgraded(ErrorNumber error) {
  if (detached()) return;
  const Loop::Scope scope(loop());
  if (error) return handshake_failed();
  handshake_.reset();
  start(server_.config_.max_message_bytes);
  server_.sink_.socket_opened(id_, from_);
}

void ServerSocket::handshake_failed() {
  ++server_.counters_.failed_handshakes;
  close_socket();
  server_.remove(*this, id_);
}

void ServerSocket::received(std::string_view text) {
  server_.sink_.socket_received(id_, text);
}

void ServerSocket::received_binary() {
  ++server_.counters_.dropped_binary;
}

void ServerSocket::received_pong() {
  server_.sink_.socket_pong(id_);
}

void ServerSocket::ended(Error reason, ErrorNumber error) {
  if (error == websocket::error::message_too_big) ++server_.counters_.closed_too_large;
  if (error == websocket::error::bad_frame_payload) ++server_.counters_.closed_bad_utf8;
  WebSocketServerSink& sink = server_.sink_;
  server_.remove(*this, id_);
  sink.socket_closed(id_, std::move(reason));
}

void Listener::accept_next() {
  acceptor.async_accept(next, [self = shared_from_this()](ErrorNumber error) { self->accepted(error); });
}

void Listener::accepted(ErrorNumber error) {
  if (server == nullptr) return;
  const Loop::Scope scope(server->loop_);
  if (!error) {
    server->take(std::exchange(next, TcpSocket(acceptor.get_executor())));
    accept_next();
  } else if (error == asio::error::connection_aborted) {
    accept_next();
  } else {
    // No descriptors, no memory: trying again at once would only burn time.
    pause = server->loop_.at(server->loop_.now() + accept_pause, [this] { accept_next(); });
  }
}

Server::~Server() {
  for (const auto& listener : listeners_) {
    listener->server = nullptr;
    listener->pause = {};
    ErrorNumber ignored;
    listener->acceptor.close(ignored);
  }
  for (const auto& [id, socket] : sockets_) socket->let_go();
}

Result<> Server::listen() {
  for (const SocketAddress& address : config_.listen) {
    Result<> listening = listen_on(address);
    if (!listening) return listening;
  }
  for (const auto& listener : listeners_) listener->accept_next();
  check_closing();
  return {};
}

Result<> Server::listen_on(const SocketAddress& address) {
  const auto listener = std::make_shared<Listener>(*this, loop_.context());
  Acceptor& acceptor = listener->acceptor;
  const Tcp::endpoint endpoint = to_endpoint(address);
  ErrorNumber error;
  acceptor.open(endpoint.protocol(), error);
  const bool both_families = !address.ip.is_v4() && address.ip.is_unspecified();
  if (error == asio::error::address_family_not_supported && both_families) {
    return listen_on({IpAddress::v4({0, 0, 0, 0}), address.port});
  }
  if (!error) acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (!error && !address.ip.is_v4()) acceptor.set_option(asio::ip::v6_only(!both_families), error);
  if (!error) acceptor.bind(endpoint, error);
  if (error == boost::system::errc::address_not_available && both_families) {
    return listen_on({IpAddress::v4({0, 0, 0, 0}), address.port});
  }
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    const bool in_use = error == asio::error::address_in_use;
    const bool not_ours = error == boost::system::errc::address_not_available;
    const ErrorCode code = in_use     ? ErrorCode::address_in_use
                           : not_ours ? ErrorCode::invalid_argument
                                      : ErrorCode::system;
    return failure(code, "can't listen on " + address.to_string() + ": " + error.message());
  }
  listeners_.push_back(listener);
  return {};
}

std::vector<SocketAddress> Server::addresses() const {
  std::vector<SocketAddress> found;
  for (const auto& listener : listeners_) {
    ErrorNumber error;
    const Tcp::endpoint endpoint = listener->acceptor.local_endpoint(error);
    if (!error) found.push_back(to_address(endpoint));
  }
  return found;
}

void Server::send(WebSocketId id, std::string text) {
  ServerSocket* socket = find(id);
  if (socket == nullptr || socket->send(std::move(text))) return;
  ++counters_.closed_slow;
  socket->abort(Error{ErrorCode::queue_full, "the other side reads too slowly"});
}

void Server::ping(WebSocketId id) {
  if (ServerSocket* socket = find(id)) socket->ping();
}

void Server::close(WebSocketId id, std::string reason) {
  if (ServerSocket* socket = find(id)) socket->close(reason);
}

void Server::take(TcpSocket socket) {
  ErrorNumber error;
  const Tcp::endpoint endpoint = socket.remote_endpoint(error);
  if (error) return;
  const SocketAddress from = to_address(endpoint);
  if (!has_room_for(from.ip)) {
    ++counters_.refused_limit;
    return;
  }
  ++counters_.accepted;
  if (config_.max_connections_per_address > 0) ++sockets_of_[from.ip];
  const WebSocketId id{++last_id_};
  const auto connection =
      std::make_shared<ServerSocket>(*this, loop_, config_.send_queue_bytes, id, from, std::move(socket));
  sockets_.emplace(id, connection);
  connection->accept(config_.handshake_timeout);
}

void Server::check_closing() {
  for (const auto& [id, socket] : sockets_) socket->check_closing();
  check_closing_timer_ = loop_.at(loop_.now() + close_limit, [this] { check_closing(); });
}

bool Server::has_room_for(const IpAddress& ip) const {
  if (sockets_.size() >= config_.max_connections) return false;
  if (config_.max_connections_per_address == 0) return true;
  const auto found = sockets_of_.find(ip);
  return found == sockets_of_.end() || found->second < config_.max_connections_per_address;
}

ServerSocket* Server::find(WebSocketId id) {
  const auto found = sockets_.find(id);
  if (found == sockets_.end() || !found->second->is_open()) return nullptr;
  return found->second.get();
}

void Server::remove(ServerSocket& socket, WebSocketId id) {
  if (config_.max_connections_per_address > 0) {
    const auto counted = sockets_of_.find(socket.from().ip);
    if (counted != sockets_of_.end() && --counted->second == 0) sockets_of_.erase(counted);
  }
  socket.let_go();
  sockets_.erase(id);
}

}  // namespace

Result<std::unique_ptr<WebSocketServer>> WebSocketServer::listen(Loop& loop, WebSocketServerConfig config,
                                                                 WebSocketServerSink& sink) {
  auto* native = dynamic_cast<AsioLoop*>(&loop);
  if (native == nullptr) return failure(ErrorCode::invalid_argument, "a WebSocketServer needs an AsioLoop");
  if (config.listen.empty()) return failure(ErrorCode::invalid_argument, "no address to listen on");
  auto server = std::make_unique<Server>(*native, std::move(config), sink);
  const Result<> listening = server->listen();
  if (!listening) return failure(listening.error());
  return server;
}

}  // namespace flnet::io
