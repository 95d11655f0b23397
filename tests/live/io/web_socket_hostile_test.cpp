// SPDX-License-Identifier: MIT OR Apache-2.0
// What the WebSocket server does with peers that say nothing, nonsense, or too much.
#include "support/web_sockets.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace flnet {
namespace {

using test::ClientLog;
using test::run_until;
using test::serve;
using test::ServerLog;
using test::url_of;

constexpr std::string_view upgrade_request =
    "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

/// A TCP connection that says what the test wants.
class RawSocket {
 public:
  explicit RawSocket(const io::WebSocketServer& server) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(server.addresses().at(0).port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(descriptor_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  ~RawSocket() { close(descriptor_); }
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  void say(std::string_view bytes) const { send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  /// A client's frame, masked with zeros (RFC 6455 §5.2).
  void say_frame(int opcode, std::string_view payload) const {
    std::string frame{static_cast<char>(0x80 | opcode), static_cast<char>(0x80 | payload.size())};
    frame.append(4, '\0');
    frame += payload;
    say(frame);
  }
  /// What has come so far.
  std::string heard() {
    std::array<char, 4096> bytes{};
    for (;;) {
      const ssize_t count = recv(descriptor_, bytes.data(), bytes.size(), MSG_DONTWAIT);
      if (count == 0) ended_ = true;
      if (count <= 0) return heard_;
      heard_.append(bytes.data(), static_cast<std::size_t>(count));
    }
  }
  bool ended() {
    heard();
    return ended_;
  }
  /// The code of the close frame at the end of what was heard.
  int close_code() {
    const std::size_t start = heard().find("\r\n\r\n");
    if (start == std::string::npos || heard_.size() < start + 8 || heard_[start + 4] != '\x88') return 0;
    return static_cast<unsigned char>(heard_[start + 6]) * 256 +
           static_cast<unsigned char>(heard_[start + 7]);
  }

 private:
  int descriptor_;
  std::string heard_;
  bool ended_ = false;
};

TEST(WebSocketHostile, a_silent_connection_ends_with_the_handshake_limit) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log, {.listen = {}, .handshake_timeout = 50ms});
  RawSocket silent(*server), slow(*server);
  slow.say("GET / HTTP/1.1\r\nHo");
  EXPECT_TRUE(run_until(
      loop, [&] { return silent.ended() && slow.ended() && server->counters().failed_handshakes == 2; }));
  EXPECT_TRUE(log.sockets.empty());
}

TEST(WebSocketHostile, an_upgrade_with_large_headers_is_taken_one_with_huge_ones_is_not) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log);
  RawSocket large(*server), huge(*server);
  large.say(std::string(upgrade_request) + "Cookie: " + std::string(8000, 'c') + "\r\n\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 1; }));
  huge.say(std::string(upgrade_request) + "Cookie: " + std::string(100'000, 'c') + "\r\n\r\n");
  EXPECT_TRUE(run_until(loop, [&] { return server->counters().failed_handshakes == 1; }));
}

TEST(WebSocketHostile, plain_http_and_nonsense_are_turned_away) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log);
  RawSocket http(*server), nonsense(*server);
  http.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  nonsense.say("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 nonsense\r\n\r\n");
  EXPECT_TRUE(run_until(loop, [&] { return server->counters().failed_handshakes == 2; }));
  EXPECT_TRUE(run_until(loop, [&] { return http.ended(); }));
  EXPECT_TRUE(http.heard().starts_with("HTTP/1.1 4")) << http.heard();
}

TEST(WebSocketHostile, binary_messages_are_dropped_and_counted) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log);
  RawSocket socket(*server);
  socket.say(std::string(upgrade_request) + "\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 1; }));
  socket.say_frame(2, "binary");
  socket.say_frame(1, "text");
  ASSERT_TRUE(run_until(loop, [&] { return !log.sockets.at(log.last).received.empty(); }));
  EXPECT_EQ(log.sockets.at(log.last).received, std::vector<std::string>{"text"});
  EXPECT_EQ(server->counters().dropped_binary, 1U);
}

TEST(WebSocketHostile, text_that_is_no_utf8_closes_with_1007) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log);
  RawSocket socket(*server);
  socket.say(std::string(upgrade_request) + "\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 1; }));
  socket.say_frame(1, "\xff\xfe");
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 0; }));
  EXPECT_EQ(socket.close_code(), 1007);
  EXPECT_EQ(server->counters().closed_bad_utf8, 1U);
}

TEST(WebSocketHostile, a_message_above_the_limit_closes_with_1009_although_the_peer_goes_on) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log, {.listen = {}, .max_message_bytes = 100});
  RawSocket socket(*server);
  socket.say(std::string(upgrade_request) + "\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 1; }));
  socket.say_frame(1, std::string(101, 'x'));
  // Never answers the close frame; the server waits a second for it and no longer.
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 0; }, 5s));
  EXPECT_EQ(socket.close_code(), 1009);
  EXPECT_TRUE(socket.ended());
}

TEST(WebSocketHostile, many_small_fragments_cannot_pass_the_limit) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log, {.listen = {}, .max_message_bytes = 100});
  RawSocket socket(*server);
  socket.say(std::string(upgrade_request) + "\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 1; }));
  for (int i = 0; i < 60; ++i) {
    std::string frame{static_cast<char>(i == 0 ? 0x01 : 0x00), static_cast<char>(0x82)};
    socket.say(frame + std::string(4, '\0') + "xx");
  }
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 0; }, 5s));
  EXPECT_TRUE(log.sockets.begin()->second.received.empty());
  EXPECT_EQ(socket.close_code(), 1009);
}

TEST(WebSocketHostile, one_that_never_confirms_our_close_is_gone_within_a_second_or_so) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log);
  RawSocket socket(*server);
  socket.say(std::string(upgrade_request) + "\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 1; }));
  server->close(log.last, "go");
  EXPECT_TRUE(run_until(loop, [&] { return log.open == 0; }, 2s));
  EXPECT_EQ(log.sockets.begin()->second.closed->code, ErrorCode::closed);
}

TEST(WebSocketHostile, a_peer_that_does_not_read_is_closed_when_its_queue_is_full) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log, {.listen = {}, .send_queue_bytes = 100'000});
  RawSocket socket(*server);
  socket.say(std::string(upgrade_request) + "\r\n");
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 1; }));
  const auto flood = [&] {
    for (int i = 0; i < 100 && log.open == 1; ++i) server->send(log.last, std::string(1000, 'x'));
    return log.open == 0;
  };
  ASSERT_TRUE(run_until(loop, flood, 20s));
  EXPECT_EQ(server->counters().closed_slow, 1U);
  EXPECT_EQ(log.sockets.begin()->second.closed->code, ErrorCode::queue_full);
}

TEST(WebSocketHostile, the_server_dies_with_hundreds_of_sockets_in_every_state) {
  AsioLoop loop;
  ServerLog log;
  auto server = serve(loop, log);
  std::vector<std::unique_ptr<RawSocket>> sockets;
  for (int i = 0; i < 300; ++i) {
    sockets.push_back(std::make_unique<RawSocket>(*server));
    const std::string upgrade = std::string(upgrade_request) + "\r\n";
    sockets.back()->say(std::string_view(upgrade).substr(0, i % 3 == 0 ? 40 : std::string_view::npos));
  }
  ASSERT_TRUE(run_until(loop, [&] { return log.open == 200; }));
  int count = 0;
  for (const auto& [id, socket] : log.sockets) {
    if (++count % 2 == 0) server->send(id, "in flight");
    if (count % 5 == 0) server->close(id, "closing");
    if (count % 7 == 0) server->ping(id);
  }
  server.reset();
  EXPECT_TRUE(run_until(loop, [&] { return sockets.front()->ended() && sockets.back()->ended(); }));
  EXPECT_EQ(log.open, 200);
}

TEST(WebSocketHostile, running_out_of_descriptors_pauses_accepting_and_does_not_end_it) {
  AsioLoop loop;
  ServerLog log;
  const auto server = serve(loop, log);
  // Connected by the kernel, not yet accepted.
  RawSocket socket(*server);
  socket.say(std::string(upgrade_request) + "\r\n");
  rlimit saved{};
  getrlimit(RLIMIT_NOFILE, &saved);
  rlimit none = saved;
  none.rlim_cur = 3;
  setrlimit(RLIMIT_NOFILE, &none);
  const std::clock_t busy_before = std::clock();
  EXPECT_FALSE(run_until(loop, [&] { return log.open == 1; }, 300ms));
  const double busy = static_cast<double>(std::clock() - busy_before) / CLOCKS_PER_SEC;
  setrlimit(RLIMIT_NOFILE, &saved);
  EXPECT_LT(busy, 0.2) << "accepting spins";
  EXPECT_TRUE(run_until(loop, [&] { return log.open == 1; }));
}

TEST(WebSocketHostile, a_client_gives_up_on_a_server_that_says_nothing) {
  AsioLoop loop;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  ASSERT_EQ(bind(listener, reinterpret_cast<const sockaddr*>(&at), size), 0);
  ASSERT_EQ(listen(listener, 5), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size), 0);
  const std::string host = "127.0.0.1:" + std::to_string(ntohs(at.sin_port));
  for (const std::string scheme : {"ws://", "wss://"}) {
    ClientLog log;
    const auto client =
        test::dial(loop, log, scheme + host, {.url = "", .ca_file = "", .connect_timeout = 50ms});
    ASSERT_TRUE(run_until(loop, [&] { return log.closed.has_value(); }));
    EXPECT_EQ(log.closed->code, ErrorCode::timed_out) << log.closed->detail;
  }
  close(listener);
}

}  // namespace
}  // namespace flnet
