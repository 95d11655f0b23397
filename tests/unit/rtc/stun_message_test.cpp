// SPDX-License-Identifier: MIT OR Apache-2.0
// STUN against the test vectors of RFC 5769, round trips, and messages that must be refused.
#include "rtc/stun_message.hpp"

#include "base/byte_io.hpp"
#include "base/digest.hpp"
#include "base/encoding.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>

namespace flnet::rtc {
namespace {

constexpr std::string_view rfc_password = "VOkJxbRl1RmTxUk/WvJxBt";

Bytes from_hex(std::string_view text) {
  auto bytes = hex_decode(text);
  EXPECT_TRUE(bytes.has_value());
  return bytes.value_or(Bytes{});
}

TransactionId rfc_transaction() {
  return {0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};
}

/// RFC 5769 §2.1
Bytes rfc_request() {
  return from_hex(
      "000100582112a442b7e7a701bc34d686fa87dfae"
      "802200105354554e207465737420636c69656e74"
      "002400046e0001ff"
      "80290008932ff9b151263b36"
      "000600096576746a3a68367659202020"
      "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
      "80280004e57a3bcf");
}

/// RFC 5769 §2.2
Bytes rfc_ipv4_response() {
  return from_hex(
      "0101003c2112a442b7e7a701bc34d686fa87dfae"
      "8022000b7465737420766563746f7220"
      "002000080001a147e112a643"
      "000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
      "80280004c07d4c96");
}

/// RFC 5769 §2.3
Bytes rfc_ipv6_response() {
  return from_hex(
      "010100482112a442b7e7a701bc34d686fa87dfae"
      "8022000b7465737420766563746f7220"
      "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
      "00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
      "80280004c8fb0b4c");
}

StunMessage sample_request() {
  StunMessage message;
  message.transaction = rfc_transaction();
  message.username = "evtj:h6vY";
  message.priority = 0x6e0001ff;
  message.use_candidate = true;
  message.ice_controlling = 0x932ff9b151263b36;
  return message;
}

/// Replaces the header's length and the FINGERPRINT at the end, so that only the change under test is wrong.
Bytes with_right_fingerprint(Bytes message) {
  store_u16(message.data() + 2, static_cast<std::uint16_t>(message.size() - 20));
  const ByteView covered = ByteView(message).first(message.size() - 8);
  store_u32(message.data() + message.size() - 4, crc32(covered) ^ 0x5354554e);
  return message;
}

/// A request with one attribute of that type and value, well-formed otherwise.
Bytes with_attribute(std::uint16_t type, const Bytes& value, std::uint16_t message_type = 0x0001) {
  Bytes message;
  append_u16(message, message_type);
  append_u16(message, 0);
  append_u32(message, 0x2112a442);
  append_bytes(message, rfc_transaction());
  append_u16(message, type);
  append_u16(message, static_cast<std::uint16_t>(value.size()));
  append_bytes(message, value);
  message.resize((message.size() + 3) / 4 * 4);
  append_u32(message, 0x80280004);
  append_u32(message, 0);
  return with_right_fingerprint(message);
}

TEST(StunMessage, reads_the_request_of_rfc_5769) {
  const auto message = decode_stun(rfc_request());
  ASSERT_TRUE(message.has_value()) << message.error().detail;
  EXPECT_EQ(message->message_class, StunClass::request);
  EXPECT_EQ(message->transaction, rfc_transaction());
  EXPECT_EQ(message->username, "evtj:h6vY");
  EXPECT_EQ(message->priority, 0x6e0001ffU);
  EXPECT_EQ(message->ice_controlled, 0x932ff9b151263b36U);
  EXPECT_FALSE(message->ice_controlling);
  EXPECT_FALSE(message->use_candidate);
  EXPECT_TRUE(message->has_integrity);
  EXPECT_TRUE(message->has_fingerprint);
  EXPECT_TRUE(message->unknown_attributes.empty());
  EXPECT_TRUE(verify_stun_integrity(rfc_request(), as_bytes(rfc_password)));
  EXPECT_FALSE(verify_stun_integrity(rfc_request(), as_bytes("VOkJxbRl1RmTxUk/WvJxBT")));
}

TEST(StunMessage, reads_the_ipv4_response_of_rfc_5769) {
  const auto message = decode_stun(rfc_ipv4_response());
  ASSERT_TRUE(message.has_value()) << message.error().detail;
  EXPECT_EQ(message->message_class, StunClass::success);
  ASSERT_TRUE(message->mapped_address);
  EXPECT_EQ(message->mapped_address->to_string(), "192.0.2.1:32853");
  EXPECT_TRUE(verify_stun_integrity(rfc_ipv4_response(), as_bytes(rfc_password)));
}

TEST(StunMessage, reads_the_ipv6_response_of_rfc_5769) {
  const auto message = decode_stun(rfc_ipv6_response());
  ASSERT_TRUE(message.has_value()) << message.error().detail;
  ASSERT_TRUE(message->mapped_address);
  EXPECT_EQ(message->mapped_address->to_string(), "[2001:db8:1234:5678:11:2233:4455:6677]:32853");
  EXPECT_TRUE(verify_stun_integrity(rfc_ipv6_response(), as_bytes(rfc_password)));
}

TEST(StunMessage, every_changed_bit_of_the_rfc_request_is_noticed) {
  const Bytes good = rfc_request();
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    // A flipped type of the last attribute hides it: then it is only a message without FINGERPRINT.
    const auto message = decode_stun(bad);
    EXPECT_FALSE(message && message->has_fingerprint) << "bit " << bit;
  }
}

TEST(StunMessage, writes_what_it_reads) {
  StunMessage request = sample_request();
  const Bytes bytes = encode_stun(request, as_bytes(rfc_password));
  EXPECT_TRUE(verify_stun_integrity(bytes, as_bytes(rfc_password)));
  const auto read = decode_stun(bytes);
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->username, request.username);
  EXPECT_EQ(read->priority, request.priority);
  EXPECT_TRUE(read->use_candidate);
  EXPECT_EQ(read->ice_controlling, request.ice_controlling);
  EXPECT_TRUE(read->has_integrity && read->has_fingerprint);
  EXPECT_EQ(encode_stun(*read, as_bytes(rfc_password)), bytes);
}

TEST(StunMessage, writes_addresses_of_both_families_and_errors) {
  for (const char* address : {"192.0.2.1:32853", "[2001:db8::1]:1"}) {
    StunMessage response;
    response.message_class = StunClass::success;
    response.transaction = rfc_transaction();
    response.mapped_address = SocketAddress::parse(address).value();
    const auto read = decode_stun(encode_stun(response, {}));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->mapped_address, response.mapped_address);
    EXPECT_FALSE(read->has_integrity);
  }
  StunMessage error;
  error.message_class = StunClass::error;
  error.error_code = 420;
  error.error_reason = "Unknown Attribute";
  error.unknown_attributes = {0x7001, 0x7002, 0x7003};
  const auto read = decode_stun(encode_stun(error, as_bytes(rfc_password)));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->message_class, StunClass::error);
  EXPECT_EQ(read->error_code, 420);
  EXPECT_EQ(read->error_reason, "Unknown Attribute");
  EXPECT_EQ(read->unknown_attributes, error.unknown_attributes);
}

TEST(StunMessage, reads_every_class) {
  for (const auto message_class :
       {StunClass::request, StunClass::indication, StunClass::success, StunClass::error}) {
    StunMessage message;
    message.message_class = message_class;
    const auto read = decode_stun(encode_stun(message, {}));
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->message_class, message_class);
  }
}

TEST(StunMessage, lists_unknown_attributes_that_must_be_understood_and_skips_the_others) {
  const auto required = decode_stun(with_attribute(0x7fff, {1, 2, 3}));
  ASSERT_TRUE(required.has_value());
  EXPECT_EQ(required->unknown_attributes, std::vector<std::uint16_t>{0x7fff});
  const auto optional = decode_stun(with_attribute(0xc057, {0, 1, 0, 10}));  // libwebrtc's network info
  ASSERT_TRUE(optional.has_value());
  EXPECT_TRUE(optional->unknown_attributes.empty());
}

TEST(StunMessage, ignores_what_follows_the_integrity) {
  Bytes message = encode_stun(sample_request(), as_bytes(rfc_password));
  const Bytes late = {0x00, 0x24, 0x00, 0x04, 0, 0, 0, 7, 0x00, 0x20, 0x00, 0x02, 1, 2, 0, 0};
  message.insert(message.end() - 8, late.begin(), late.end());
  message = with_right_fingerprint(message);
  const auto read = decode_stun(message);
  ASSERT_TRUE(read.has_value()) << read.error().detail;
  EXPECT_EQ(read->priority, 0x6e0001ffU);
  EXPECT_FALSE(read->mapped_address);
  EXPECT_TRUE(verify_stun_integrity(message, as_bytes(rfc_password)));
}

TEST(StunMessage, the_first_of_two_equal_attributes_counts) {
  Bytes message = with_attribute(0x0024, {0, 0, 0, 7});
  const Bytes second = {0x00, 0x24, 0x00, 0x04, 0, 0, 0, 9};
  message.insert(message.end() - 8, second.begin(), second.end());
  const auto read = decode_stun(with_right_fingerprint(message));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->priority, 7U);
}

TEST(StunMessage, prefers_the_xored_address) {
  const auto plain = decode_stun(with_attribute(0x0001, {0, 1, 0, 80, 192, 0, 2, 7}, 0x0101));
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->mapped_address->to_string(), "192.0.2.7:80");
  Bytes both = rfc_ipv4_response();
  const Bytes other = {0x00, 0x01, 0x00, 0x08, 0, 1, 0, 80, 192, 0, 2, 7};
  both.insert(both.begin() + 20, other.begin(), other.end());
  const auto read = decode_stun(with_right_fingerprint(both));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->mapped_address->to_string(), "192.0.2.1:32853");
}

TEST(StunMessage, refuses_broken_attributes) {
  EXPECT_FALSE(decode_stun(with_attribute(0x0024, {1, 2, 3})));                     // PRIORITY too short
  EXPECT_FALSE(decode_stun(with_attribute(0x0025, {1})));                           // USE-CANDIDATE not empty
  EXPECT_FALSE(decode_stun(with_attribute(0x8029, {1, 2, 3, 4})));                  // tie-breaker too short
  EXPECT_FALSE(decode_stun(with_attribute(0x0020, {0, 3, 0, 80, 1, 2, 3, 4})));     // no such family
  EXPECT_FALSE(decode_stun(with_attribute(0x0020, {0, 1, 0, 80, 1, 2, 3, 4, 5})));  // IPv4 of five bytes
  EXPECT_FALSE(decode_stun(with_attribute(0x0009, {0, 0, 2, 0})));                  // error 200
  EXPECT_FALSE(decode_stun(with_attribute(0x0009, {0, 0, 4, 100})));                // error 4 + 100
  EXPECT_FALSE(decode_stun(with_attribute(0x0008, Bytes(19))));                     // short HMAC
  EXPECT_FALSE(decode_stun(with_attribute(0x0006, Bytes(509, 'a'))));               // endless username
  EXPECT_FALSE(decode_stun(with_attribute(0x000a, {1, 2, 3})));                     // half a type
}

TEST(StunMessage, refuses_broken_frames) {
  const Bytes good = encode_stun(sample_request(), as_bytes(rfc_password));
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(decode_stun(ByteView(good).first(size))) << size;
  }
  Bytes longer = good;
  longer.resize(good.size() + 4);
  EXPECT_FALSE(decode_stun(longer));
  Bytes other_cookie = good;
  other_cookie[4] ^= 1;
  EXPECT_FALSE(decode_stun(other_cookie));
  Bytes other_method = good;
  other_method[1] = 3;
  EXPECT_FALSE(decode_stun(with_right_fingerprint(other_method)));
  EXPECT_TRUE(decode_stun(with_right_fingerprint(good)));
}

TEST(StunMessage, refuses_too_many_attributes_and_too_long_datagrams) {
  const auto with_many = [](std::size_t count) {
    Bytes message = with_attribute(0xc001, {});
    const Bytes empty = {0xc0, 0x01, 0x00, 0x00};
    for (std::size_t i = 0; i + 2 < count; ++i)
      message.insert(message.begin() + 20, empty.begin(), empty.end());
    return with_right_fingerprint(message);
  };
  EXPECT_TRUE(decode_stun(with_many(32)));
  EXPECT_FALSE(decode_stun(with_many(33)));
  EXPECT_TRUE(decode_stun(with_attribute(0xc001, Bytes(1468))));
  EXPECT_FALSE(decode_stun(with_attribute(0xc001, Bytes(1472))));
}

TEST(StunMessage, finds_the_receivers_ufrag) {
  EXPECT_EQ(stun_receiver_ufrag(rfc_request()), "evtj");
  EXPECT_EQ(stun_receiver_ufrag(rfc_ipv4_response()), "");
  EXPECT_EQ(stun_receiver_ufrag(with_attribute(0x0006, {'n', 'o'})), "");
  EXPECT_EQ(stun_receiver_ufrag(Bytes(20)), "");
  EXPECT_EQ(stun_receiver_ufrag({}), "");
}

TEST(StunMessage, survives_any_bytes) {
  SeededRandom random(5769);
  for (int round = 0; round < 2000; ++round) {
    Bytes bytes = rfc_request();
    for (std::uint64_t change = random.below(6) + 1; change > 0; --change) {
      bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.u32());
    }
    bytes.resize(random.below(bytes.size() + 1));
    (void)decode_stun(bytes);
    (void)verify_stun_integrity(bytes, as_bytes(rfc_password));
    (void)stun_receiver_ufrag(bytes);
  }
}

}  // namespace
}  // namespace flnet::rtc
