// SPDX-License-Identifier: MIT OR Apache-2.0
// WebSocket URLs: what is taken apart how, and what is turned away.
#include "io/web_socket_url.hpp"
#include "io/web_socket_client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace flnet::io {
namespace {

TEST(WebSocketUrl, knows_its_parts) {
  struct Case {
    std::string_view url;
    bool secure;
    std::string_view host;
    int port;
    std::string_view target, authority;
  };
  for (const Case& expected : {
           Case{"ws://localhost:8765", false, "localhost", 8765, "/", "localhost:8765"},
           Case{"wss://signal.example", true, "signal.example", 443, "/", "signal.example"},
           Case{"WS://Host/a/b?c=d", false, "Host", 80, "/a/b?c=d", "Host"},
           Case{"ws://host?x=1", false, "host", 80, "/?x=1", "host"},
           Case{"ws://[::1]:9/", false, "::1", 9, "/", "[::1]:9"},
           Case{"wss://[2001:db8::1]", true, "2001:db8::1", 443, "/", "[2001:db8::1]"},
           Case{"wss://127.0.0.1:443/x", true, "127.0.0.1", 443, "/x", "127.0.0.1"},
           Case{"ws://host:/", false, "host", 80, "/", "host"},
       }) {
    SCOPED_TRACE(expected.url);
    const Result<WebSocketUrl> url = parse_web_socket_url(expected.url);
    ASSERT_TRUE(url) << url.error().detail;
    EXPECT_EQ(url->secure, expected.secure);
    EXPECT_EQ(url->host, expected.host);
    EXPECT_EQ(url->port, expected.port);
    EXPECT_EQ(url->target, expected.target);
    EXPECT_EQ(url->authority(), expected.authority);
    EXPECT_TRUE(check_web_socket_url(expected.url));
  }
}

TEST(WebSocketUrl, says_what_is_wrong_with_others) {
  const std::string long_host(254, 'a');
  for (const std::string& url : {
           std::string(),
           std::string("localhost:8765"),
           std::string("http://localhost"),
           std::string("ws:/host"),
           std::string("ws://"),
           std::string("ws:///path"),
           std::string("ws://:80"),
           std::string("ws://host:0"),
           std::string("ws://host:65536"),
           std::string("ws://host:8x"),
           std::string("ws://host:-1"),
           std::string("ws://user@host"),
           std::string("ws://host/#fragment"),
           std::string("ws://host/a b"),
           std::string("ws://host/\r\nX-Evil: 1"),
           std::string("ws://h\xc3\xb6st"),
           std::string("ws://[::1"),
           std::string("ws://[1.2.3.4]"),
           std::string("ws://[::1]x"),
           std::string("ws://[::1%25eth0]"),
           std::string("ws://ho$t"),
           std::string("ws://.host"),
           "ws://" + long_host,
           "ws://h/" + std::string(3000, 'a'),
       }) {
    SCOPED_TRACE(url);
    const Result<> checked = check_web_socket_url(url);
    ASSERT_FALSE(checked);
    EXPECT_EQ(checked.error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(checked.error().detail.find('\n'), std::string::npos) << "more than one line";
  }
}

}  // namespace
}  // namespace flnet::io
