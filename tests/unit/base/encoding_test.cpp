// SPDX-License-Identifier: MIT OR Apache-2.0
// Hex, base64 and UTF-8.
#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace flnet {
namespace {

TEST(Hex, round_trips_and_reads_either_case) {
  EXPECT_EQ(hex_encode(Bytes{0x00, 0x9a, 0xff}), "009aff");
  EXPECT_EQ(hex_decode("009AfF").value(), (Bytes{0x00, 0x9a, 0xff}));
}

TEST(Hex, refuses_odd_lengths_and_other_characters) {
  EXPECT_FALSE(hex_decode("123").has_value());
  EXPECT_FALSE(hex_decode("1g").has_value());
}

// RFC 4648 §10
TEST(Base64, follows_the_rfcs_vectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(as_bytes(plain)), encoded);
    EXPECT_EQ(as_text(base64_decode(encoded).value()), plain);
  }
}

TEST(Base64, refuses_what_no_encoder_writes) {
  for (const char* text : {"Zg=", "Zg", "Z===", "====", "Zh==", "Zm9=", "Zm 8", "Zg==Zg==", "Zm-_"})
    EXPECT_FALSE(base64_decode(text).has_value()) << text;
}

TEST(Utf8, accepts_every_length_and_refuses_overlong_surrogate_and_cut_ones) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("plain ASCII text of some length, then \u00e4 \u20ac \U0001F600 and more ASCII"));
  EXPECT_TRUE(is_utf8("\xf4\x8f\xbf\xbf"));
  for (const char* text : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
                           "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xe2\x82", "12345678\xff", "\xc3"})
    EXPECT_FALSE(is_utf8(text)) << hex_encode(as_bytes(text));
}

}  // namespace
}  // namespace flnet
