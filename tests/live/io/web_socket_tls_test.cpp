// SPDX-License-Identifier: MIT OR Apache-2.0
// wss:// against a plain Beast server on another thread: whom the client trusts, and whom not.
#include "support/tls_certificate.hpp"
#include "support/web_sockets.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/stream.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace flnet {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using Tcp = asio::ip::tcp;
using test::ClientLog;
using test::make_identity;
using test::PemFile;
using test::run_until;
using test::TlsIdentity;

/// Takes one connection, echoes what it says until it closes.
class EchoServer {
 public:
  explicit EchoServer(const TlsIdentity& identity, int max_version = TLS1_3_VERSION)
      : tls_(ssl::context::tls_server), acceptor_(context_, {asio::ip::address_v4::loopback(), 0}) {
    SSL_CTX_use_certificate(tls_.native_handle(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(tls_.native_handle(), identity.key.get());
    SSL_CTX_set_max_proto_version(tls_.native_handle(), max_version);
    if (max_version < TLS1_2_VERSION) SSL_CTX_set_cipher_list(tls_.native_handle(), "ALL:@SECLEVEL=0");
    port_ = acceptor_.local_endpoint().port();
    thread_ = std::thread([this] { serve(); });
  }
  ~EchoServer() { thread_.join(); }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  std::string url(const std::string& host) const { return "wss://" + host + ":" + std::to_string(port_); }

 private:
  void serve() {
    boost::system::error_code error;
    Tcp::socket socket(context_);
    acceptor_.accept(socket, error);
    boost::beast::websocket::stream<ssl::stream<Tcp::socket>> stream(std::move(socket), tls_);
    stream.next_layer().handshake(ssl::stream_base::server, error);
    if (!error) stream.accept(error);
    while (!error) {
      boost::beast::flat_buffer buffer;
      stream.read(buffer, error);
      if (!error) stream.write(buffer.cdata(), error);
    }
  }

  asio::io_context context_;
  ssl::context tls_;
  Tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// What the client says of a server with that identity when it trusts `authority` alone.
std::optional<Error> error_of(const EchoServer& server, const TlsIdentity& authority,
                              const std::string& host = "localhost") {
  AsioLoop loop;
  const PemFile ca(authority);
  ClientLog log;
  const auto client = test::dial(loop, log, server.url(host), {.url = "", .ca_file = ca.path()});
  EXPECT_TRUE(run_until(loop, [&] { return log.closed || log.opened == 1; }));
  return log.closed;
}

TEST(WebSocketTls, talks_to_a_server_that_a_trusted_authority_vouches_for) {
  AsioLoop loop;
  const TlsIdentity authority = make_identity("authority", nullptr);
  const EchoServer server(make_identity("DNS:localhost", &authority));
  const PemFile ca(authority);
  ClientLog log;
  const auto client = test::dial(loop, log, server.url("localhost"), {.url = "", .ca_file = ca.path()});
  const std::string large(200'000, 'x');
  ASSERT_TRUE(client->send("hello"));
  ASSERT_TRUE(client->send(large));
  ASSERT_TRUE(run_until(loop, [&] { return log.received.size() == 2 || log.closed; }));
  ASSERT_FALSE(log.closed) << log.closed->detail;
  EXPECT_EQ(log.received[0], "hello");
  EXPECT_EQ(log.received[1], large);
  client->close("bye");
  ASSERT_TRUE(run_until(loop, [&] { return log.closed.has_value(); }));
  EXPECT_EQ(log.closed->code, ErrorCode::closed);
}

TEST(WebSocketTls, accepts_an_address_that_the_certificate_names) {
  const TlsIdentity authority = make_identity("authority", nullptr);
  const EchoServer server(make_identity("IP:127.0.0.1", &authority));
  const std::optional<Error> error = error_of(server, authority, "127.0.0.1");
  EXPECT_FALSE(error) << error->detail;
}

TEST(WebSocketTls, does_not_trust_a_certificate_for_another_host) {
  const TlsIdentity authority = make_identity("authority", nullptr);
  for (const std::string name : {"DNS:elsewhere.example", "IP:127.0.0.1"}) {
    const EchoServer server(make_identity(name, &authority));
    const std::optional<Error> error = error_of(server, authority, "localhost");
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::untrusted) << error->detail;
  }
}

TEST(WebSocketTls, does_not_trust_who_signs_for_himself_or_is_signed_by_a_stranger) {
  const TlsIdentity authority = make_identity("authority", nullptr),
                    stranger = make_identity("stranger", nullptr);
  for (const TlsIdentity& identity :
       {make_identity("DNS:localhost", nullptr), make_identity("DNS:localhost", &stranger)}) {
    const EchoServer server(identity);
    const std::optional<Error> error = error_of(server, authority);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->code, ErrorCode::untrusted) << error->detail;
  }
}

TEST(WebSocketTls, does_not_trust_an_expired_certificate) {
  const TlsIdentity authority = make_identity("authority", nullptr);
  const EchoServer server(make_identity("DNS:localhost", &authority, -1));
  const std::optional<Error> error = error_of(server, authority);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::untrusted) << error->detail;
  EXPECT_NE(error->detail.find("expired"), std::string::npos) << error->detail;
}

TEST(WebSocketTls, does_not_trust_strangers_by_the_systems_store) {
  AsioLoop loop;
  const TlsIdentity authority = make_identity("authority", nullptr);
  const EchoServer server(make_identity("DNS:localhost", &authority));
  ClientLog log;
  const auto client = test::dial(loop, log, server.url("localhost"));
  ASSERT_TRUE(run_until(loop, [&] { return log.closed.has_value(); }));
  EXPECT_EQ(log.closed->code, ErrorCode::untrusted) << log.closed->detail;
}

TEST(WebSocketTls, refuses_versions_before_1_2) {
  const TlsIdentity authority = make_identity("authority", nullptr);
  const EchoServer server(make_identity("DNS:localhost", &authority), TLS1_1_VERSION);
  const std::optional<Error> error = error_of(server, authority);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, ErrorCode::refused) << error->detail;
}

TEST(WebSocketTls, names_a_certificate_file_that_it_cannot_read) {
  AsioLoop loop;
  ClientLog log;
  const auto client =
      test::dial(loop, log, "wss://localhost:1", {.url = "", .ca_file = "/nonexistent/ca.pem"});
  ASSERT_TRUE(run_until(loop, [&] { return log.closed.has_value(); }));
  EXPECT_EQ(log.closed->code, ErrorCode::storage);
  EXPECT_NE(log.closed->detail.find("/nonexistent/ca.pem"), std::string::npos);
}

TEST(WebSocketTls, a_plain_server_is_an_error_not_a_hang) {
  AsioLoop loop;
  test::ServerLog server_log;
  ClientLog log;
  const auto server = test::serve(loop, server_log);
  std::string url = test::url_of(*server, "localhost");
  const auto client = test::dial(loop, log, url.replace(0, 2, "wss"));
  ASSERT_TRUE(run_until(loop, [&] { return log.closed.has_value(); }));
  EXPECT_EQ(log.closed->code, ErrorCode::refused) << log.closed->detail;
}

}  // namespace
}  // namespace flnet
