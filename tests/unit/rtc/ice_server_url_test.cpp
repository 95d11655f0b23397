// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of parse_ice_server_url: the forms of RFC 7064 and 7065, and clear words for everything else.
#include "rtc/ice_server_url.hpp"

#include <gtest/gtest.h>

#include <string>

namespace flnet::rtc {
namespace {

ErrorCode code_of(const std::string& url) {
  const auto parsed = parse_ice_server_url(url);
  EXPECT_FALSE(parsed) << url;
  return parsed ? ErrorCode::system : parsed.error().code;
}

TEST(IceServerUrl, reads_names_addresses_and_ports) {
  EXPECT_EQ(parse_ice_server_url("stun:stun.l.google.com:19302"),
            (IceServerUrl{IceServerKind::stun, "stun.l.google.com", 19302}));
  EXPECT_EQ(parse_ice_server_url("stun:192.0.2.1"), (IceServerUrl{IceServerKind::stun, "192.0.2.1", 3478}));
  EXPECT_EQ(parse_ice_server_url("STUN:[2001:db8::1]:5349"),
            (IceServerUrl{IceServerKind::stun, "2001:db8::1", 5349}));
  EXPECT_EQ(parse_ice_server_url("turn:relay.example"),
            (IceServerUrl{IceServerKind::turn, "relay.example", 3478}));
  EXPECT_EQ(parse_ice_server_url("turn:relay.example:"),  // RFC 3986 §3.2.3
            (IceServerUrl{IceServerKind::turn, "relay.example", 3478}));
  EXPECT_EQ(parse_ice_server_url("turn:relay.example:80?transport=UDP"),
            (IceServerUrl{IceServerKind::turn, "relay.example", 80}));
}

TEST(IceServerUrl, is_written_as_it_is_read) {
  for (const std::string url : {"stun:example.org", "turn:[2001:db8::1]", "turn:192.0.2.1:19302"}) {
    const auto parsed = parse_ice_server_url(url);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->to_string(), url);
  }
}

TEST(IceServerUrl, says_that_tls_and_tcp_are_not_supported) {
  for (const std::string url : {"stuns:example.org", "turns:example.org:443?transport=tcp",
                                "turn:example.org?transport=tcp", "turn:example.org?transport=sctp"}) {
    EXPECT_EQ(code_of(url), ErrorCode::unsupported) << url;
  }
}

TEST(IceServerUrl, refuses_what_is_no_server) {
  for (const std::string url : {"",
                                "example.org",
                                "http://example.org",
                                "stun",
                                "stun:",
                                "stun:?",
                                "stun::3478",
                                "stun://example.org",
                                "stun:example.org:0",
                                "stun:example.org:65536",
                                "stun:example.org:+1",
                                "stun:example.org:1x",
                                "stun:user@example.org",
                                "stun:exa mple.org",
                                "stun:[::1",
                                "stun:[::1]3478",
                                "stun:[192.0.2.1]",
                                "stun:[name]",
                                "stun:2001:db8::1",
                                "stun:.example.org",
                                "stun:example.org?transport=udp",
                                "turn:example.org?",
                                "turn:example.org?udp",
                                "turn:example.org/path",
                                "stun:caf\xc3\xa9.org"}) {
    EXPECT_EQ(code_of(url), ErrorCode::invalid_argument) << url;
  }
  EXPECT_EQ(code_of("stun:" + std::string(254, 'a')), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of("stun:" + std::string(5000, 'a')), ErrorCode::invalid_argument);
}

TEST(IceServerUrl, repeats_only_printable_characters_in_its_complaint) {
  const auto parsed = parse_ice_server_url("stun:\x1b[31m\n");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().detail.find_first_of("\x1b\n"), std::string::npos);
}

}  // namespace
}  // namespace flnet::rtc
