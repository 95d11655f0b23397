// SPDX-License-Identifier: MIT OR Apache-2.0
// Ed25519 against the vectors of RFC 8032 §7.1, and what must not verify.
#include "io/keys.hpp"

#include "base/encoding.hpp"
#include "support/finished.hpp"

#include <gtest/gtest.h>

namespace flnet::io {
namespace {

template <class Array>
Array bytes_of(std::string_view hex) {
  const Bytes bytes = hex_decode(hex).value();
  Array array{};
  EXPECT_EQ(bytes.size(), array.size());
  std::ranges::copy(bytes, array.begin());
  return array;
}

struct Vector {
  std::string_view seed, key, message, signature;
};

constexpr Vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
     "d25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
     "387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
     "4a7c15e9716ed28dc027beceea1ec40a"},
};

TEST(Keys, agree_with_rfc_8032) {
  for (const Vector& vector : vectors) {
    SCOPED_TRACE(vector.key);
    const auto seed = bytes_of<Seed>(vector.seed);
    const U256 key(bytes_of<std::array<std::uint8_t, 32>>(vector.key));
    const Bytes message = hex_decode(vector.message).value();
    const auto signature = bytes_of<Signature>(vector.signature);

    EXPECT_EQ(finished(public_key(seed)).value(), key);
    EXPECT_EQ(finished(sign(seed, message)).value(), signature);
    EXPECT_TRUE(finished(verify(key, message, signature)));
  }
}

TEST(Keys, refuse_every_change_of_a_signature) {
  const Seed seed = finished(generate_seed()).value();
  const U256 key = finished(public_key(seed)).value();
  const Bytes message(32, 7);
  const Signature good = finished(sign(seed, message)).value();
  ASSERT_TRUE(finished(verify(key, message, good)));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Signature bad = good;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(finished(verify(key, message, bad))) << bit;
  }
  Bytes other = message;
  other[0] ^= 1;
  EXPECT_FALSE(finished(verify(key, other, good)));
}

TEST(Keys, refuse_keys_that_are_no_point) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(0xff);
  EXPECT_FALSE(finished(verify(U256(bytes), Bytes(32, 7), Signature{})));
  EXPECT_FALSE(finished(verify(U256(), {}, Signature{})));
}

TEST(Keys, are_never_the_same_twice) {
  EXPECT_NE(finished(generate_seed()).value(), finished(generate_seed()).value());
}

}  // namespace
}  // namespace flnet::io
