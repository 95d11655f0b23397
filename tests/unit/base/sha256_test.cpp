// SPDX-License-Identifier: MIT OR Apache-2.0
// SHA-256 on every platform.
#include "base/digest.hpp"
#include "base/encoding.hpp"

#include <gtest/gtest.h>

#include <string>

namespace flnet {
namespace {

std::string sha256_of(const std::string& text) {
  return hex_encode(sha256(as_bytes(text)));
}

TEST(Sha256, gives_the_digests_of_fips_180_4) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of(std::string(1000000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace flnet
