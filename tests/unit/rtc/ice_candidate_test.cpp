// SPDX-License-Identifier: MIT OR Apache-2.0
// Candidate lines as real implementations write them, priorities, and lines that must be refused.
#include "rtc/ice_candidate.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace flnet::rtc {
namespace {

SocketAddress address(std::string_view text) {
  return SocketAddress::parse(text).value();
}

ErrorCode error_of(std::string_view line) {
  const auto candidate = parse_candidate(line);
  EXPECT_FALSE(candidate.has_value()) << line;
  return candidate ? ErrorCode::system : candidate.error().code;
}

TEST(IceCandidate, reads_what_chromium_writes) {
  const auto candidate = parse_candidate(
      "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 192.168.1.5 rport 46154 "
      "generation 0 ufrag EEtu network-id 3 network-cost 10");
  ASSERT_TRUE(candidate.has_value()) << candidate.error().detail;
  EXPECT_EQ(candidate->foundation, "842163049");
  EXPECT_EQ(candidate->priority, 1677729535U);
  EXPECT_EQ(candidate->address, address("203.0.113.7:46154"));
  EXPECT_EQ(candidate->type, CandidateType::server_reflexive);
  EXPECT_EQ(candidate->related, address("192.168.1.5:46154"));
  EXPECT_EQ(candidate->ufrag, "EEtu");
}

TEST(IceCandidate, reads_what_firefox_and_webrtc_rs_and_libdatachannel_write) {
  const auto firefox = parse_candidate("candidate:0 1 UDP 2122252543 192.168.1.5 51234 typ host");
  ASSERT_TRUE(firefox.has_value());
  EXPECT_EQ(firefox->address, address("192.168.1.5:51234"));
  const auto rust = parse_candidate("candidate:167090039 1 udp 2130706431 2001:db8::5 41395 typ host");
  ASSERT_TRUE(rust.has_value());
  EXPECT_EQ(rust->address, address("[2001:db8::5]:41395"));
  const auto juice = parse_candidate("a=candidate:1 1 UDP 2114977791 10.0.0.2 40000 typ host");
  ASSERT_TRUE(juice.has_value());
  const auto bare = parse_candidate("1 1 UDP 2114977791 10.0.0.2 40000 typ host");
  ASSERT_TRUE(bare.has_value());
  EXPECT_EQ(*bare, *juice);
}

TEST(IceCandidate, a_hidden_related_address_is_allowed) {
  const auto hidden = parse_candidate("candidate:1 1 udp 1 203.0.113.7 4 typ srflx raddr 0.0.0.0 rport 0");
  ASSERT_TRUE(hidden.has_value()) << hidden.error().detail;
  EXPECT_EQ(hidden->related, address("0.0.0.0:0"));
  const auto name = parse_candidate("candidate:1 1 udp 1 203.0.113.7 4 typ srflx raddr a-b.local rport 9");
  ASSERT_TRUE(name.has_value());
  EXPECT_FALSE(name->related);
}

TEST(IceCandidate, what_we_do_not_do_is_unsupported) {
  for (const char* line : {
           "candidate:1 1 tcp 1518280447 192.168.1.5 9 typ host tcptype active",
           "candidate:1 2 udp 2122252542 192.168.1.5 51235 typ host",
           "candidate:1 1 udp 2122252543 6f5b6bd4-2f2f-4a37.local 51234 typ host generation 0",
           "candidate:1 1 udp 2122252543 192.168.1.5 51234 typ future",
           "candidate:1 1 ssltcp 2122252543 192.168.1.5 443 typ host",
       }) {
    EXPECT_EQ(error_of(line), ErrorCode::unsupported) << line;
  }
}

TEST(IceCandidate, refuses_what_departs_from_the_grammar) {
  const std::string long_token(33, 'f');
  for (const std::string& line : std::vector<std::string>{
           "",
           "candidate:",
           "candidate:1 1 udp 1 1.2.3.4 5",
           "candidate:1 1 udp 1 1.2.3.4 5 typ",
           "candidate:1 1 udp 1 1.2.3.4 5 type host",
           "candidate: 1 udp 1 1.2.3.4 5 typ host",
           "candidate:" + long_token + " 1 udp 1 1.2.3.4 5 typ host",
           "candidate:a-b 1 udp 1 1.2.3.4 5 typ host",
           "candidate:1 0 udp 1 1.2.3.4 5 typ host",
           "candidate:1 257 udp 1 1.2.3.4 5 typ host",
           "candidate:1 1  udp 1 1.2.3.4 5 typ host",
           "candidate:1 1 udp 0 1.2.3.4 5 typ host",
           "candidate:1 1 udp 2147483648 1.2.3.4 5 typ host",
           "candidate:1 1 udp +1 1.2.3.4 5 typ host",
           "candidate:1 1 udp 1 1.2.3.4 0 typ host",
           "candidate:1 1 udp 1 1.2.3.4 65536 typ host",
           "candidate:1 1 udp 1 1.2.3.4 -5 typ host",
           "candidate:1 1 udp 1 1.2.3.400 5 typ host",
           "candidate:1 1 udp 1 1.2.3 5 typ host",
           "candidate:1 1 udp 1 0.0.0.0 5 typ host",
           "candidate:1 1 udp 1 :: 5 typ host",
           "candidate:1 1 udp 1 224.0.0.1 5 typ host",
           "candidate:1 1 udp 1 ff02::1 5 typ host",
           "candidate:1 1 udp 1 fe80::1%eth0 5 typ host",
           "candidate:1 1 udp 1 [::1] 5 typ host",
           "candidate:1 1 udp 1 1.2.3.4 5 typ host ",
           "candidate:1 1 udp 1 1.2.3.4 5 typ host generation",
           "candidate:1 1 udp 1 1.2.3.4 5 typ srflx raddr 1.2.3.4",
           "candidate:1 1 udp 1 1.2.3.4 5 typ srflx raddr 1.2.3.4 rport x",
           "candidate:1 1 udp 1 1.2.3.4 5 typ host ufrag a:b",
           "candidate:1 1 udp 1 1.2.3.4 5 typ host\r\na=x",
           "candidate:1 1 udp 1 1.2.3.4 5 typ host x " + std::string(600, 'y'),
       }) {
    EXPECT_EQ(error_of(line), ErrorCode::invalid_message) << line;
  }
}

TEST(IceCandidate, its_line_reads_back_the_same) {
  IceCandidate candidate = host_candidate(address("[2001:db8::7]:5000"), 2);
  EXPECT_EQ(parse_candidate(to_line(candidate)).value(), candidate);
  candidate.type = CandidateType::relayed;
  candidate.related = address("192.0.2.1:3478");
  candidate.ufrag = "ab+/";
  EXPECT_EQ(parse_candidate(to_line(candidate)).value(), candidate);
  EXPECT_EQ(to_line(candidate), "candidate:3 1 udp " + std::to_string(candidate.priority) +
                                    " 2001:db8::7 5000 typ relay raddr 192.0.2.1 rport 3478 ufrag ab+/");
}

TEST(IceCandidate, priorities_follow_the_formula) {
  // RFC 8445 §5.1.2.1: 2^24 * type preference + 2^8 * local preference + 256 - component
  EXPECT_EQ(candidate_priority(CandidateType::host, 65535), 2130706431U);
  EXPECT_EQ(candidate_priority(CandidateType::server_reflexive, 65535), 1694498815U);
  EXPECT_EQ(candidate_priority(CandidateType::relayed, 0), 255U);
}

TEST(IceCandidate, ipv6_comes_first_and_loopback_last) {
  const std::vector<IceCandidate> ordered = {
      host_candidate(address("[2001:db8::1]:1"), 5), host_candidate(address("[2001:db8::2]:1"), 6),
      host_candidate(address("10.0.0.1:1"), 0),      host_candidate(address("10.0.0.2:1"), 7000),
      host_candidate(address("[fe80::1]:1"), 1),     host_candidate(address("127.0.0.1:1"), 2),
      host_candidate(address("[::1]:1"), 1'000'000),
  };
  for (std::size_t i = 1; i < ordered.size(); ++i) {
    EXPECT_GT(ordered[i - 1].priority, ordered[i].priority) << i;
    EXPECT_NE(ordered[i - 1].foundation, ordered[i].foundation);
  }
}

}  // namespace
}  // namespace flnet::rtc
