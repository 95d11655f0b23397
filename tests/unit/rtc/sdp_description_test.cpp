// SPDX-License-Identifier: MIT OR Apache-2.0
// Descriptions as browsers and other stacks write them, our own ones, and nonsense.
#include "rtc/sdp_description.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace flnet::rtc {
namespace {

constexpr std::string_view hash_text =
    "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1";

const std::string chromium_offer =
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
    "a=candidate:1467250027 1 udp 2122260223 6f5b6bd4-2f2f-4a37-9d4e-2f6d5a2f0a11.local 46243 typ host "
    "generation 0 network-id 1\r\n"
    "a=candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 0.0.0.0 rport 0 generation 0 "
    "network-cost 999\r\n"
    "a=candidate:435653019 1 tcp 1845501695 192.168.1.5 9 typ host tcptype active generation 0\r\n"
    "a=ice-ufrag:EEtu\r\na=ice-pwd:cKYv3rGnRQRBQ4Z0sVyZ7xWr\r\na=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 " +
    std::string(hash_text) +
    "\r\na=setup:actpass\r\na=mid:0\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n";

const std::string firefox_answer =
    "v=0\r\no=mozilla...THIS_IS_SDPARTA-99.0 3458219356730212 0 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
    "a=fingerprint:sha-256 " +
    std::string(hash_text) +
    "\r\na=group:BUNDLE 0\r\na=ice-options:trickle\r\na=msid-semantic:WMS *\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
    "a=candidate:0 1 UDP 2122252543 192.168.1.5 51234 typ host\r\na=sendrecv\r\na=end-of-candidates\r\n"
    "a=ice-pwd:0c2ac6a5e4fd1ad8fe4b9b2c7fa8a9d3\r\na=ice-ufrag:8d1f5a0c\r\na=mid:0\r\na=setup:active\r\n"
    "a=sctp-port:5000\r\na=max-message-size:1073741823\r\n";

const std::string webrtc_rs_offer =
    "v=0\r\no=- 7283452837465 284736251 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
    "a=fingerprint:sha-256 " +
    std::string(hash_text) +
    "\r\na=group:BUNDLE 0\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
    "a=setup:actpass\r\na=mid:0\r\na=sendrecv\r\na=sctp-port:5000\r\n"
    "a=ice-ufrag:LBzvrWFxzCTYJzBz\r\na=ice-pwd:vDzXkXQDPZCiBJIUQbUBPuAfPUSQAZwB\r\n"
    "a=candidate:167090039 1 udp 2130706431 2001:db8::5 41395 typ host\r\n"
    "a=candidate:167090039 2 udp 2130706431 2001:db8::5 41395 typ host\r\na=end-of-candidates\r\n";

const std::string libdatachannel_offer =
    "v=0\r\no=rtc 3871027382 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=group:LS 0\r\n"
    "a=msid-semantic:WMS *\r\na=ice-options:ice2,trickle\r\n"
    "a=fingerprint:sha-256 " +
    std::string(hash_text) +
    "\r\nm=application 46154 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 192.168.1.5\r\na=mid:0\r\n"
    "a=sendrecv\r\na=sctp-port:5000\r\na=max-message-size:262144\r\na=setup:actpass\r\na=ice-ufrag:uXfp\r\n"
    "a=ice-pwd:EYzXcRqPnl8MaZ2fKR0hVn\r\na=candidate:1 1 UDP 2114977791 192.168.1.5 46154 typ host\r\n";

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

ErrorCode error_of(const std::string& sdp) {
  const auto read = decode_sdp(sdp);
  EXPECT_FALSE(read.has_value()) << sdp;
  return read ? ErrorCode::system : read.error().code;
}

SessionDescription sample() {
  SessionDescription description;
  description.session_id = 4611731400430051336;
  description.ice = {"abcdEF+/", "0123456789abcdefghijklmn"};
  description.fingerprints.emplace_back();
  description.fingerprints[0][0] = 0xab;
  description.candidates.push_back(host_candidate(SocketAddress::parse("192.0.2.1:5000").value(), 0));
  description.candidates.push_back(host_candidate(SocketAddress::parse("[2001:db8::1]:5001").value(), 1));
  description.end_of_candidates = true;
  description.flnet_session = 0xfedcba9876543210;
  return description;
}

void expect_same(const SessionDescription& a, const SessionDescription& b) {
  EXPECT_EQ(a.session_id, b.session_id);
  EXPECT_EQ(a.session_version, b.session_version);
  EXPECT_EQ(a.media_id, b.media_id);
  EXPECT_EQ(a.ice, b.ice);
  EXPECT_EQ(a.fingerprints, b.fingerprints);
  EXPECT_EQ(a.setup, b.setup);
  EXPECT_EQ(a.sctp_port, b.sctp_port);
  EXPECT_EQ(a.max_message_size, b.max_message_size);
  EXPECT_EQ(a.candidates, b.candidates);
  EXPECT_EQ(a.end_of_candidates, b.end_of_candidates);
  EXPECT_EQ(a.trickle, b.trickle);
  EXPECT_EQ(a.flnet_session, b.flnet_session);
}

TEST(SdpDescription, reads_an_offer_of_chromium) {
  const auto offer = decode_sdp(chromium_offer);
  ASSERT_TRUE(offer.has_value()) << offer.error().detail;
  EXPECT_EQ(offer->session_id, 4611731400430051336U);
  EXPECT_EQ(offer->ice, (IceCredentials{"EEtu", "cKYv3rGnRQRBQ4Z0sVyZ7xWr"}));
  ASSERT_EQ(offer->fingerprints.size(), 1U);
  EXPECT_EQ(offer->fingerprints[0][0], 0x4a);
  EXPECT_EQ(offer->fingerprints[0][31], 0xf1);
  EXPECT_EQ(offer->setup, DtlsSetup::actpass);
  EXPECT_EQ(offer->sctp_port, 5000);
  EXPECT_EQ(offer->max_message_size, 262144U);
  EXPECT_TRUE(offer->trickle);
  EXPECT_FALSE(offer->end_of_candidates);
  EXPECT_FALSE(offer->flnet_session);
  ASSERT_EQ(offer->candidates.size(), 1U) << "neither mDNS nor TCP";
  EXPECT_EQ(offer->candidates[0].type, CandidateType::server_reflexive);
}

TEST(SdpDescription, reads_an_answer_of_firefox) {
  const auto answer = decode_sdp(firefox_answer);
  ASSERT_TRUE(answer.has_value()) << answer.error().detail;
  EXPECT_EQ(answer->setup, DtlsSetup::active);
  EXPECT_EQ(answer->fingerprints.size(), 1U) << "at session level";
  EXPECT_TRUE(answer->trickle);
  EXPECT_TRUE(answer->end_of_candidates);
  EXPECT_EQ(answer->max_message_size, 1073741823U);
  EXPECT_EQ(answer->candidates.size(), 1U);
}

TEST(SdpDescription, reads_offers_of_webrtc_rs_and_libdatachannel) {
  const auto rust = decode_sdp(webrtc_rs_offer);
  ASSERT_TRUE(rust.has_value()) << rust.error().detail;
  EXPECT_EQ(rust->candidates.size(), 1U) << "component 2 is not for us";
  EXPECT_EQ(rust->max_message_size, 65536U) << "the default";
  EXPECT_FALSE(rust->trickle);
  const auto cpp = decode_sdp(libdatachannel_offer);
  ASSERT_TRUE(cpp.has_value()) << cpp.error().detail;
  EXPECT_EQ(cpp->candidates.size(), 1U);
  EXPECT_TRUE(cpp->trickle) << "it separates the options by a comma";
}

TEST(SdpDescription, reads_lines_that_end_in_lf_alone) {
  std::string text;
  for (const char c : chromium_offer) {
    if (c != '\r') text += c;
  }
  EXPECT_TRUE(decode_sdp(text).has_value());
}

TEST(SdpDescription, its_own_text_reads_back_the_same) {
  SessionDescription description = sample();
  const auto read = decode_sdp(encode_sdp(description));
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  expect_same(*read, description);
  description.setup = DtlsSetup::passive;
  description.flnet_session.reset();
  description.candidates.clear();
  description.end_of_candidates = description.trickle = false;
  description.max_message_size = 0;
  const auto plain = decode_sdp(encode_sdp(description));
  ASSERT_TRUE(plain.has_value()) << plain.error().detail;
  expect_same(*plain, description);
}

TEST(SdpDescription, its_own_text_is_what_browsers_expect) {
  SessionDescription description = sample();
  description.candidates.resize(1);
  EXPECT_EQ(
      encode_sdp(description),
      "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
      "a=msid-semantic: WMS\r\n"
      "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
      "a=candidate:1 1 udp 2122318079 192.0.2.1 5000 typ host\r\na=end-of-candidates\r\n"
      "a=ice-ufrag:abcdEF+/\r\na=ice-pwd:0123456789abcdefghijklmn\r\na=ice-options:trickle\r\n"
      "a=fingerprint:sha-256 AB:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:00:"
      "00:00:00:00:00:00\r\na=setup:actpass\r\na=mid:0\r\na=sctp-port:5000\r\n"
      "a=max-message-size:262144\r\na=flnet-session:fedcba9876543210\r\na=flnet-offer\r\n");
}

TEST(SdpDescription, only_an_offer_says_that_it_is_one_of_flnet) {
  SessionDescription description = sample();
  description.setup = DtlsSetup::active;
  EXPECT_EQ(encode_sdp(description).find("a=flnet-offer"), std::string::npos);
  description.setup = DtlsSetup::actpass;
  description.flnet_session.reset();
  EXPECT_EQ(encode_sdp(description).find("a=flnet-offer"), std::string::npos);
}

TEST(SdpDescription, media_level_goes_before_session_level) {
  const auto read =
      decode_sdp(replaced(chromium_offer, "a=msid-semantic: WMS\r\n",
                          "a=ice-ufrag:other\r\na=setup:active\r\na=fingerprint:sha-1 AB:CD\r\n"));
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->ice.ufrag, "EEtu");
  EXPECT_EQ(read->setup, DtlsSetup::actpass);
}

TEST(SdpDescription, rejected_sections_are_passed_over) {
  const std::string rejected = "m=audio 0 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:x\r\na=setup:nonsense\r\n";
  const auto before = decode_sdp(replaced(chromium_offer, "m=application", rejected + "m=application"));
  EXPECT_TRUE(before.has_value());
  EXPECT_TRUE(decode_sdp(chromium_offer + rejected).has_value());
}

TEST(SdpDescription, other_media_is_unsupported) {
  for (const std::string& sdp : std::vector<std::string>{
           chromium_offer + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
           chromium_offer + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n",
           replaced(chromium_offer, "m=application 9", "m=application 0"),
           replaced(chromium_offer, "UDP/DTLS/SCTP webrtc-datachannel", "DTLS/SCTP 5000"),
           replaced(chromium_offer, "UDP/DTLS/SCTP", "TCP/DTLS/SCTP"),
           "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n",
       }) {
    EXPECT_EQ(error_of(sdp), ErrorCode::unsupported);
  }
}

TEST(SdpDescription, nonsense_is_invalid) {
  const std::string colon_hash = "sha-256 " + std::string(hash_text);
  for (const std::string& sdp : std::vector<std::string>{
           "",
           "hello",
           "v=0\r\n",
           "v=1\r\n" + chromium_offer.substr(5),
           chromium_offer.substr(5),
           chromium_offer + "v=0\r\n",
           chromium_offer + "x\r\n",
           chromium_offer + "a=x",
           chromium_offer + "a=\rx\r\n",
           chromium_offer + std::string("a=\0x\r\n", 6),
           replaced(chromium_offer, "o=- 4611731400430051336 2", "o=- 99999999999999999999 2"),
           replaced(chromium_offer, "o=- 4611731400430051336 2", "o=- -1 2"),
           replaced(chromium_offer, "m=application 9", "m=application 99999"),
           replaced(chromium_offer, "a=ice-ufrag:EEtu\r\n", ""),
           replaced(chromium_offer, "a=ice-ufrag:EEtu", "a=ice-ufrag:EEt"),
           replaced(chromium_offer, "a=ice-ufrag:EEtu", "a=ice-ufrag:EE:u"),
           replaced(chromium_offer, "a=ice-pwd:cKYv3rGnRQRBQ4Z0sVyZ7xWr", "a=ice-pwd:short"),
           replaced(chromium_offer, "a=ice-pwd:cKYv3rGnRQRBQ4Z0sVyZ7xWr\r\n", ""),
           replaced(chromium_offer, "a=setup:actpass\r\n", ""),
           replaced(chromium_offer, "a=setup:actpass", "a=setup:holdconn"),
           replaced(chromium_offer, "a=fingerprint:" + colon_hash + "\r\n", ""),
           replaced(chromium_offer, colon_hash, "sha-1 4A:AD"),
           replaced(chromium_offer, "4A:AD", "4A-AD"),
           replaced(chromium_offer, "4A:AD", "4A:-D"),
           replaced(chromium_offer, "4A:AD", "4G:AD"),
           replaced(chromium_offer, "4A:AD:", "4A:"),
           replaced(chromium_offer, "a=sctp-port:5000", "a=sctp-port:0"),
           replaced(chromium_offer, "a=sctp-port:5000", "a=sctp-port:65536"),
           replaced(chromium_offer, "a=sctp-port:5000", "a=sctp-port:5000 "),
           replaced(chromium_offer, "a=max-message-size:262144", "a=max-message-size:-1"),
           replaced(chromium_offer, "a=mid:0", "a=mid:"),
           replaced(chromium_offer, "a=mid:0", "a=mid:0\r\na=mid:1"),
           replaced(chromium_offer, "a=mid:0", "a=mid:\"0\""),
           replaced(chromium_offer, "203.0.113.7", "203.0.113.777"),
           replaced(encode_sdp(sample()), "fedcba9876543210", "fedcba98765432100"),
           replaced(encode_sdp(sample()), "fedcba9876543210", "-1"),
       }) {
    EXPECT_EQ(error_of(sdp), ErrorCode::invalid_message) << sdp;
  }
}

TEST(SdpDescription, limits_hold) {
  std::string lines = chromium_offer;
  while (lines.size() < 64 * 1024) lines += "a=x:" + std::string(1000, 'y') + "\r\n";
  EXPECT_EQ(error_of(lines), ErrorCode::too_large);
  std::string many = chromium_offer;
  for (int i = 0; i < 1024; ++i) many += "a=x\r\n";
  EXPECT_EQ(error_of(many), ErrorCode::too_large);
  std::string candidates = chromium_offer;
  for (int i = 0; i < 63; ++i) {
    candidates += "a=candidate:1 1 udp 1 192.0.2.1 " + std::to_string(1000 + i) + " typ host\r\n";
  }
  EXPECT_EQ(decode_sdp(candidates).value().candidates.size(), 64U);
  EXPECT_EQ(error_of(candidates + "a=candidate:1 1 udp 1 192.0.2.1 5 typ host\r\n"), ErrorCode::too_large);
}

TEST(SdpDescription, a_huge_message_size_is_clamped) {
  const auto read = decode_sdp(
      replaced(chromium_offer, "a=max-message-size:262144", "a=max-message-size:99999999999999999999999"));
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->max_message_size, UINT64_MAX);
}

}  // namespace
}  // namespace flnet::rtc
