// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocketClient on Boost.Beast: resolve, connect, TLS, upgrade, all within one time limit.
#include "io/web_socket_client.hpp"

#include "io/native/web_socket_pipe.hpp"
#include "io/web_socket_url.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <functional>
#include <type_traits>

namespace flnet::io {
namespace {

namespace ssl = boost::asio::ssl;
using Tcp = asio::ip::tcp;
using TlsStream = ssl::stream<TcpSocket>;
using Resolver = asio::ip::basic_resolver<Tcp, asio::io_context::executor_type>;

bool is_address(const std::string& host) {
  ErrorNumber error;
  asio::ip::make_address(host, error);
  return !error;
}

/// What needs no resolver: addresses, and localhost, which is loopback by definition (RFC 6761 §6.3).
std::vector<Tcp::endpoint> known_endpoints(const WebSocketUrl& url) {
  ErrorNumber error;
  const asio::ip::address address = asio::ip::make_address(url.host, error);
  if (!error) return {{address, url.port}};
  if (url.host != "localhost") return {};
  return {{asio::ip::address_v6::loopback(), url.port}, {asio::ip::address_v4::loopback(), url.port}};
}

/// The system's messages begin with a capital; ours go on after a colon. Abbreviations stay.
std::string uncapitalised(std::string text) {
  const auto upper = [&text](std::size_t i) { return i < text.size() && text[i] >= 'A' && text[i] <= 'Z'; };
  if (upper(0) && !upper(1)) text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

/// The client's side of one socket, whatever it runs over.
class ClientSocket {
 public:
  virtual ~ClientSocket() = default;
  virtual void connect() = 0;
  virtual Result<> send(std::string text) = 0;
  virtual void close(std::string_view reason) = 0;
  /// The user is gone.
  virtual void let_go() = 0;
};

template <class Lower>
class ClientPipe final : public WebSocketPipe<Lower>, public ClientSocket {
 public:
  static constexpr bool is_secure = std::is_same_v<Lower, TlsStream>;

  template <class... LowerArguments>
  ClientPipe(AsioLoop& loop, const WebSocketClientConfig& config, WebSocketUrl url, WebSocketClientSink& sink,
             LowerArguments&&... lower)
      : WebSocketPipe<Lower>(loop, config.send_queue_bytes, std::forward<LowerArguments>(lower)...),
        sink_(sink),
        config_(config),
        url_(std::move(url)),
        resolver_(loop.context().get_executor()) {}

  void connect() override;
  Result<> send(std::string text) override;
  void close(std::string_view reason) override;
  void let_go() override;

 private:
  std::shared_ptr<ClientPipe> self() {
    return std::static_pointer_cast<ClientPipe>(this->shared_from_this());
  }
  void resolved(ErrorNumber error, const Resolver::results_type& results);
  void try_next();
  void connected(ErrorNumber error);
  void start_tls();
  void tls_done(ErrorNumber error);
  void upgrade();
  void upgraded(ErrorNumber error);
  void check_closing_later();
  void give_up(ErrorCode code, const std::string& why);
  void report(Error reason);

  void received(std::string_view text) override { sink_.socket_received(text); }
  void received_binary() override {}
  void received_pong() override {}
  void ended(Error reason, ErrorNumber) override { report(std::move(reason)); }

  WebSocketClientSink& sink_;  ///< Not after let_go.
  WebSocketClientConfig config_;
  WebSocketUrl url_;
  Resolver resolver_;
  std::vector<Tcp::endpoint> endpoints_;
  std::size_t next_endpoint_ = 0;
  ErrorNumber last_error_;
  Timer time_limit_, attempt_limit_, check_closing_timer_;
  Time give_up_at_;
  Deferred report_closed_;
  websocket::response_type response_;
  bool is_open_ = false, ended_ = false;
};

template <class Lower>
void ClientPipe<Lower>::connect() {
  Loop& loop = this->loop();
  give_up_at_ = loop.now() + config_.connect_timeout;
  time_limit_ = loop.at(give_up_at_, [this] { give_up(ErrorCode::timed_out, "no connection in time"); });
  endpoints_ = known_endpoints(url_);
  if (!endpoints_.empty()) return try_next();
  resolver_.async_resolve(url_.host, std::to_string(url_.port),
                          [self = self()](ErrorNumber error, const Resolver::results_type& results) {
                            self->resolved(error, results);
                          });
}

template <class Lower>
void ClientPipe<Lower>::resolved(ErrorNumber error, const Resolver::results_type& results) {
  if (this->detached() || ended_) return;
  const Loop::Scope scope(this->loop());
  if (error) return give_up(ErrorCode::unreachable, "unknown host: " + error.message());
  for (const auto& result : results) endpoints_.push_back(result.endpoint());
  try_next();
}

/// The addresses in turn; each gets its share of the time that is left, so that a silent one leaves some
/// for the next.
template <class Lower>
void ClientPipe<Lower>::try_next() {
  if (next_endpoint_ == endpoints_.size()) return give_up(ErrorCode::unreachable, last_error_.message());
  const auto left = static_cast<std::int64_t>(endpoints_.size() - next_endpoint_);
  const Tcp::endpoint endpoint = endpoints_[next_endpoint_++];
  Loop& loop = this->loop();
  this->close_socket();
  attempt_limit_ = {};
  if (left > 1) {
    const Time now = loop.now();
    attempt_limit_ = loop.at(now + (give_up_at_ - now) / left, [this] { this->close_socket(); });
  }
  this->socket().async_connect(endpoint, [self = self()](ErrorNumber error) { self->connected(error); });
}

template <class Lower>
void ClientPipe<Lower>::connected(ErrorNumber error) {
  if (this->detached() || ended_) return;
  const Loop::Scope scope(this->loop());
  attempt_limit_ = {};
  // The limit may have closed the socket when the connection was just made.
  if (!error && !this->socket().is_open()) error = asio::error::timed_out;
  if (error) {
    last_error_ = error == asio::error::operation_aborted ? ErrorNumber(asio::error::timed_out) : error;
    return try_next();
  }
  ErrorNumber ignored;
  this->socket().set_option(Tcp::no_delay(true), ignored);
  if constexpr (is_secure) {
    start_tls();
  } else {
    upgrade();
  }
}

template <class Lower>
void ClientPipe<Lower>::start_tls() {
  TlsStream& tls = this->stream().next_layer();
  // Server name indication is for names only (RFC 6066 §3).
  if (!is_address(url_.host)) SSL_set_tlsext_host_name(tls.native_handle(), url_.host.c_str());
  ErrorNumber error;
  tls.set_verify_mode(ssl::verify_peer, error);
  if (!error) tls.set_verify_callback(ssl::host_name_verification(url_.host), error);
  if (error) return give_up(ErrorCode::system, error.message());
  tls.async_handshake(ssl::stream_base::client,
                      [self = self()](ErrorNumber failed) { self->tls_done(failed); });
}

template <class Lower>
void ClientPipe<Lower>::tls_done(ErrorNumber error) {
  if (this->detached() || ended_) return;
  const Loop::Scope scope(this->loop());
  if (!error) return upgrade();
  if constexpr (is_secure) {
    const long verified = SSL_get_verify_result(this->stream().next_layer().native_handle());
    if (verified != X509_V_OK) {
      return give_up(ErrorCode::untrusted, std::string("its certificate is not trusted: ") +
                                               X509_verify_cert_error_string(verified));
    }
    if (error.category() == asio::error::get_ssl_category() &&
        ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_CERTIFICATE_VERIFY_FAILED) {
      return give_up(ErrorCode::untrusted, "its certificate is for another host");
    }
  }
  give_up(ErrorCode::refused, "TLS failed: " + error.message());
}

template <class Lower>
void ClientPipe<Lower>::upgrade() {
  this->stream().async_handshake(response_, url_.authority(), url_.target,
                                 [self = self()](ErrorNumber error) { self->upgraded(error); });
}

template <class Lower>
void ClientPipe<Lower>::upgraded(ErrorNumber error) {
  if (this->detached() || ended_) return;
  const Loop::Scope scope(this->loop());
  if (error == websocket::error::upgrade_declined) {
    return give_up(ErrorCode::refused, "it answers HTTP " + std::to_string(response_.result_int()) +
                                           " instead of opening a WebSocket");
  }
  if (error) return give_up(ErrorCode::refused, "it opens no WebSocket: " + error.message());
  response_ = {};
  time_limit_ = {};
  is_open_ = true;
  this->start(config_.max_message_bytes);
  check_closing_later();
  sink_.socket_opened();
}

template <class Lower>
void ClientPipe<Lower>::check_closing_later() {
  Loop& loop = this->loop();
  check_closing_timer_ = loop.at(loop.now() + close_limit, [this] {
    this->check_closing();
    check_closing_later();
  });
}

template <class Lower>
void ClientPipe<Lower>::give_up(ErrorCode code, const std::string& why) {
  report(Error{code, "can't reach " + config_.url + ": " + uncapitalised(why)});
}

template <class Lower>
void ClientPipe<Lower>::report(Error reason) {
  ended_ = true;
  is_open_ = false;
  WebSocketClientSink& sink = sink_;
  let_go();
  sink.socket_closed(std::move(reason));
}

template <class Lower>
Result<> ClientPipe<Lower>::send(std::string text) {
  if (ended_ || this->is_closing()) return failure(ErrorCode::closed, "the socket is closed");
  if (!WebSocketPipe<Lower>::send(std::move(text))) {
    return failure(ErrorCode::queue_full, "too much waits to be sent to " + config_.url);
  }
  return {};
}

template <class Lower>
void ClientPipe<Lower>::close(std::string_view reason) {
  if (ended_) return;
  if (is_open_) return WebSocketPipe<Lower>::close(reason);
  ended_ = true;
  report_closed_ =
      this->loop().soon([this] { report(Error{ErrorCode::closed, "closed before it was open"}); });
}

template <class Lower>
void ClientPipe<Lower>::let_go() {
  time_limit_ = {};
  attempt_limit_ = {};
  check_closing_timer_ = {};
  report_closed_ = {};
  resolver_.cancel();
  this->detach();
}

/// A context for wss: TLS 1.2 or later (RFC 8996), the CAs of `ca_file` or of the system.
Result<std::unique_ptr<ssl::context>> make_tls(const std::string& ca_file) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  ErrorNumber error;
  if (ca_file.empty()) {
    context->set_default_verify_paths(error);
  } else {
    context->load_verify_file(ca_file, error);
  }
  if (error)
    return failure(ErrorCode::storage, "can't read certificates from " + ca_file + ": " + error.message());
  return context;
}

class Client final : public WebSocketClient {
 public:
  Client(Loop& loop, WebSocketClientConfig config, WebSocketClientSink& sink) {
    const Result<> started = start(loop, config, sink);
    if (started) return;
    report_failure_ = loop.soon([&sink, error = started.error()] { sink.socket_closed(error); });
  }
  ~Client() override {
    if (socket_) socket_->let_go();
  }

  Result<> send(std::string text) override {
    if (!socket_) return failure(ErrorCode::closed, "the socket is closed");
    return socket_->send(std::move(text));
  }
  void close(std::string reason) override {
    if (socket_) socket_->close(reason);
  }

 private:
  Result<> start(Loop& loop, const WebSocketClientConfig& config, WebSocketClientSink& sink) {
    auto* native = dynamic_cast<AsioLoop*>(&loop);
    if (native == nullptr) return failure(ErrorCode::invalid_argument, "a WebSocketClient needs an AsioLoop");
    Result<WebSocketUrl> url = parse_web_socket_url(config.url);
    if (!url) return failure(url.error());
    const auto executor = native->context().get_executor();
    if (url->secure) {
      Result<std::unique_ptr<ssl::context>> tls = make_tls(config.ca_file);
      if (!tls) return failure(tls.error());
      // Each socket's SSL object holds a reference to what it needs of the context.
      socket_ =
          std::make_shared<ClientPipe<TlsStream>>(*native, config, std::move(*url), sink, executor, **tls);
    } else {
      socket_ = std::make_shared<ClientPipe<TcpSocket>>(*native, config, std::move(*url), sink, executor);
    }
    socket_->connect();
    return {};
  }

  std::shared_ptr<ClientSocket> socket_;  ///< Shared with its pending handlers.
  Deferred report_failure_;
};

}  // namespace

std::unique_ptr<WebSocketClient> WebSocketClient::open(Loop& loop, WebSocketClientConfig config,
                                                       WebSocketClientSink& sink) {
  return std::make_unique<Client>(loop, std::move(config), sink);
}

}  // namespace flnet::io
