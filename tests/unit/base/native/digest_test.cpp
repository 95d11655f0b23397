// SPDX-License-Identifier: MIT OR Apache-2.0
// Hashes against published vectors; secrets compared.
#include "base/digest.hpp"
#include "base/encoding.hpp"

#include <gtest/gtest.h>

namespace flnet {
namespace {

TEST(Digest, hashes_follow_published_vectors) {
  EXPECT_EQ(hex_encode(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 2202 §3, test case 2, in two parts.
  EXPECT_EQ(hex_encode(hmac_sha1(as_bytes("Jefe"), {as_bytes("what do ya want "), as_bytes("for nothing?")})),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

TEST(Digest, secrets_of_different_length_differ) {
  EXPECT_TRUE(equal_secrets(as_bytes("secret"), as_bytes("secret")));
  EXPECT_FALSE(equal_secrets(as_bytes("secret"), as_bytes("secreT")));
  EXPECT_FALSE(equal_secrets(as_bytes("secret"), as_bytes("secret1")));
}

}  // namespace
}  // namespace flnet
