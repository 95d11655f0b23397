// SPDX-License-Identifier: MIT OR Apache-2.0
// IP addresses: text forms and kinds.
#include <flnet/socket_address.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

TEST(IpAddress, writes_ipv6_as_rfc_5952_says) {
  const std::pair<const char*, const char*> cases[] = {
      {"::", "::"},
      {"::1", "::1"},
      {"2001:0DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
      {"fe80::", "fe80::"},
      {"::ffff:1.2.3.4", "::ffff:102:304"},
      {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
      {"127.0.0.1", "127.0.0.1"},
  };
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(IpAddress::parse(text).value().to_string(), expected) << text;
}

TEST(IpAddress, refuses_what_is_no_address) {
  for (const char* text : {"", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", ":",
                           ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "::g",
                           "fe80::1%eth0", "1:2:3:4:5:6:7::8:9", "::1.2.3", "1.2.3.4::", "localhost", "1:"})
    EXPECT_FALSE(IpAddress::parse(text).has_value()) << text;
}

TEST(IpAddress, knows_its_kind) {
  EXPECT_TRUE(IpAddress::parse("127.9.9.9")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("::1")->is_loopback());
  EXPECT_FALSE(IpAddress::parse("::2")->is_loopback());
  EXPECT_TRUE(IpAddress::parse("0.0.0.0")->is_unspecified());
  EXPECT_TRUE(IpAddress::parse("::")->is_unspecified());
  EXPECT_TRUE(IpAddress::parse("224.0.0.251")->is_multicast());
  EXPECT_TRUE(IpAddress::parse("255.255.255.255")->is_multicast());
  EXPECT_TRUE(IpAddress::parse("ff02::1")->is_multicast());
  EXPECT_TRUE(IpAddress::parse("fe80::1")->is_link_local());
  EXPECT_TRUE(IpAddress::parse("169.254.1.1")->is_link_local());
  EXPECT_FALSE(IpAddress::parse("192.168.1.1")->is_link_local());
}

TEST(SocketAddress, round_trips_with_its_port) {
  for (const char* text : {"1.2.3.4:80", "[::1]:65535", "[2001:db8::1]:0"})
    EXPECT_EQ(SocketAddress::parse(text).value().to_string(), text);
  for (const char* text :
       {"1.2.3.4", "1.2.3.4:", "1.2.3.4:65536", "::1:80", "[1.2.3.4]:80", "[::1]", "[::1]80", ":80"})
    EXPECT_FALSE(SocketAddress::parse(text).has_value()) << text;
}

}  // namespace
}  // namespace flnet
