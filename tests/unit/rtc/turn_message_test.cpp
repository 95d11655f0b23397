// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of TURN's messages: the bytes of RFC 8656's example, integrity of both kinds, and everything broken.
#include "rtc/turn_message.hpp"

#include "base/credential_digest.hpp"
#include "base/encoding.hpp"

#include <gtest/gtest.h>

#include <string>

namespace flnet::rtc {
namespace {

SocketAddress address(std::string_view text) {
  return SocketAddress::parse(text).value();
}

TurnKey md5_key(std::string_view secret) {
  const auto digest = md5(as_bytes(secret));
  return {Bytes(digest.begin(), digest.end()), false};
}

TurnMessage everything() {
  TurnMessage message;
  message.message_class = StunClass::request;
  message.method = TurnMethod::allocate;
  for (std::size_t i = 0; i < message.transaction.size(); ++i)
    message.transaction[i] = static_cast<std::uint8_t>(i + 1);
  message.username = "user";
  message.realm = "realm";
  message.nonce = "nonce";
  message.userhash.emplace().fill(7);
  message.password_algorithms = Bytes{0, 2, 0, 0};
  message.password_algorithm = StunPasswordAlgorithm::sha256;
  message.channel = 0x4001;
  message.lifetime_seconds = 600;
  message.peer = address("192.0.2.150:32102");
  message.relayed = address("[2001:db8::1]:50000");
  message.mapped = address("192.0.2.1:7000");
  message.family = IpAddress::Family::ipv6;
  message.transport = 17;
  message.error_code = 437;
  message.error_reason = "why";
  return message;
}

TEST(CredentialDigest, makes_the_key_of_the_rfc) {
  // RFC 8489 §9.2.2: MD5("user:realm:pass")
  EXPECT_EQ(hex_encode(md5(as_bytes("user:realm:pass"))), "8493fbc53ba582fb4c044c456bdc40eb");
}

TEST(CredentialDigest, makes_the_hmac_of_the_rfc) {
  // RFC 4231, test cases 2 and 6
  EXPECT_EQ(
      hex_encode(hmac_sha256(as_bytes("Jefe"), {as_bytes("what do ya want "), as_bytes("for nothing?")})),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex_encode(hmac_sha256(Bytes(131, 0xaa),
                                   {as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")})),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(TurnMessage, writes_what_it_reads) {
  const TurnMessage message = everything();
  const Bytes datagram = encode_turn(message, md5_key("a"));
  const auto read = decode_turn(datagram);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(read->method, message.method);
  EXPECT_EQ(read->transaction, message.transaction);
  EXPECT_EQ(read->username, message.username);
  EXPECT_EQ(read->realm, message.realm);
  EXPECT_EQ(read->nonce, message.nonce);
  EXPECT_EQ(read->userhash, message.userhash);
  EXPECT_EQ(read->password_algorithms, message.password_algorithms);
  EXPECT_EQ(read->password_algorithm, message.password_algorithm);
  EXPECT_EQ(read->channel, message.channel);
  EXPECT_EQ(read->lifetime_seconds, message.lifetime_seconds);
  EXPECT_EQ(read->peer, message.peer);
  EXPECT_EQ(read->relayed, message.relayed);
  EXPECT_EQ(read->mapped, message.mapped);
  EXPECT_EQ(read->family, message.family);
  EXPECT_EQ(read->transport, message.transport);
  EXPECT_EQ(read->error_code, message.error_code);
  EXPECT_EQ(read->error_reason, message.error_reason);
  EXPECT_TRUE(read->unknown_attributes.empty());
  EXPECT_TRUE(read->has_integrity);
}

TEST(TurnMessage, carries_data_of_any_length) {
  for (const std::size_t size : {0U, 1U, 3U, 1200U}) {
    const Bytes data(size, 0x55);
    TurnMessage message;
    message.message_class = StunClass::indication;
    message.method = TurnMethod::send;
    message.peer = address("192.0.2.150:32102");
    message.data = ByteView(data);
    const Bytes datagram = encode_turn(message);
    const auto read = decode_turn(datagram);
    ASSERT_TRUE(read && read->data);
    EXPECT_EQ(to_bytes(*read->data), data);
  }
}

TEST(TurnMessage, notices_every_changed_bit) {
  for (const bool is_sha256 : {false, true}) {
    TurnKey key = md5_key("user:realm:pass");
    key.sha256 = is_sha256;
    const Bytes good = encode_turn(everything(), key);
    ASSERT_TRUE(decode_turn(good));
    EXPECT_TRUE(verify_turn_integrity(good, key));
    TurnKey other = key;
    other.sha256 = !is_sha256;
    EXPECT_FALSE(verify_turn_integrity(good, other)) << "the other kind is not there";
    constexpr std::size_t fingerprint_bytes = 8;
    for (std::size_t bit = 0; bit < (good.size() - fingerprint_bytes) * 8; ++bit) {
      Bytes bad = good;
      bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
      EXPECT_FALSE(verify_turn_integrity(bad, key)) << bit;
      EXPECT_FALSE(decode_turn(bad)) << bit;
    }
  }
}

TEST(TurnMessage, refuses_attributes_of_a_wrong_size) {
  const auto with = [](std::uint16_t type, std::size_t size) {
    Bytes datagram = {0x00, 0x03, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    datagram.push_back(static_cast<std::uint8_t>(type >> 8));
    datagram.push_back(static_cast<std::uint8_t>(type));
    datagram.push_back(static_cast<std::uint8_t>(size >> 8));
    datagram.push_back(static_cast<std::uint8_t>(size));
    datagram.resize(datagram.size() + (size + 3) / 4 * 4);
    datagram[2] = static_cast<std::uint8_t>((datagram.size() - 20) >> 8);
    datagram[3] = static_cast<std::uint8_t>(datagram.size() - 20);
    return decode_turn(datagram);
  };
  EXPECT_TRUE(with(0x000d, 4));
  for (const std::uint16_t type : {0x0008, 0x0009, 0x000c, 0x000d, 0x0012, 0x0016, 0x0017, 0x0019, 0x001c,
                                   0x001d, 0x001e, 0x0020, 0x8028}) {
    EXPECT_FALSE(with(type, 3)) << type;
  }
  EXPECT_FALSE(with(0x0006, 509));
  EXPECT_FALSE(with(0x0014, 764));
  EXPECT_FALSE(with(0x8002, 65));
  EXPECT_EQ(with(0x7777, 8)->unknown_attributes, (std::vector<std::uint16_t>{0x7777}));
  EXPECT_TRUE(with(0x8777, 8)->unknown_attributes.empty());
}

TEST(TurnMessage, refuses_what_is_no_message_of_turn) {
  EXPECT_FALSE(decode_turn(encode_stun(StunMessage{}, {})));
  EXPECT_FALSE(decode_turn({}));
  EXPECT_FALSE(decode_turn(as_bytes("GET / HTTP/1.1\r\n\r\n")));
  EXPECT_FALSE(decode_stun(encode_turn(everything()))) << "and ICE refuses TURN's";
}

TEST(TurnMessage, takes_the_first_algorithm_that_it_knows) {
  const auto first = [](const Bytes& list) { return first_known_algorithm(list); };
  EXPECT_EQ(first({0, 2, 0, 0, 0, 1, 0, 0}), StunPasswordAlgorithm::sha256);
  EXPECT_EQ(first({0, 1, 0, 0, 0, 2, 0, 0}), StunPasswordAlgorithm::md5);
  EXPECT_EQ(first({0, 9, 0, 3, 1, 2, 3, 0, 0, 1, 0, 0}), StunPasswordAlgorithm::md5);
  EXPECT_EQ(first({0, 9, 0xff, 0xff, 0, 1, 0, 0}), std::nullopt);
  EXPECT_EQ(first({0, 1}), std::nullopt);
  EXPECT_EQ(first({}), std::nullopt);
}

}  // namespace
}  // namespace flnet::rtc
