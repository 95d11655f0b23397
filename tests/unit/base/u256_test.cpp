// SPDX-License-Identifier: MIT OR Apache-2.0
// U256: FLNet's three forms, and what parsing accepts.
#include <flnet/u256.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

const std::string digits = "00112233445566778899aabbccddeeff0123456789abcdef0011223344556677";

TEST(U256, is_written_in_flnets_three_forms) {
  const U256 value = U256::parse(digits).value();
  EXPECT_EQ(value.hex(), digits);
  EXPECT_EQ(value.short_hex(), "0011223344556677");
  EXPECT_EQ(value.grouped_hex(), "0011223344556677-8899aabbccddeeff-0123456789abcdef-0011223344556677");
}

TEST(U256, reads_its_own_forms_back) {
  const U256 value = U256::parse(digits).value();
  EXPECT_EQ(U256::parse(value.grouped_hex()), value);
  EXPECT_EQ(U256::from_bytes(value.bytes()), value);
}

TEST(U256, fills_a_short_text_from_the_left) {
  EXPECT_EQ(U256::parse("1234"), U256::parse("123400"));
  EXPECT_EQ(U256::parse("1234").value().array()[0], 0x12);
}

TEST(U256, refuses_what_is_no_id) {
  for (const std::string& text : {std::string(), std::string("123"), std::string("xy"), digits + "00",
                                  std::string("-"), std::string(1000, '-'), std::string("0x12")})
    EXPECT_EQ(U256::parse(text).error().code, ErrorCode::invalid_argument) << text;
  EXPECT_FALSE(U256::from_bytes(Bytes(31)).has_value());
}

}  // namespace
}  // namespace flnet
