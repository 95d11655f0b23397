// SPDX-License-Identifier: MIT OR Apache-2.0
// Ids to JSON text and back.
#include <flnet/json.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

const std::string digits = "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664";

TEST(IdJson, of_an_id_is_a_string_of_hex_digits) {
  const U256 id = *U256::parse(digits);
  EXPECT_EQ(to_json(id), "\"" + digits + "\"");
  EXPECT_EQ(*u256_from_json(to_json(id)), id);
  EXPECT_EQ(*u256_from_json(" \"1234\" "), *U256::parse("1234"));
}

TEST(IdJson, of_ids_is_an_array) {
  EXPECT_EQ(to_json(NodeIDs{}), "[]");
  EXPECT_EQ(*node_ids_from_json("[]"), NodeIDs{});
  const NodeIDs ids{*U256::parse(digits), *U256::parse("12")};
  EXPECT_EQ(to_json(ids), "[\"" + digits + "\",\"12" + std::string(62, '0') + "\"]");
  EXPECT_EQ(*node_ids_from_json(to_json(ids)), ids);
}

TEST(IdJson, names_the_place_of_damage) {
  EXPECT_EQ(u256_from_json("12").error(), (Error{ErrorCode::invalid_message, "must be a string"}));
  EXPECT_EQ(u256_from_json("\"xy\"").error().detail, "must be at most 64 hex digits");
  EXPECT_EQ(u256_from_json("\"12").error().code, ErrorCode::invalid_message);
  EXPECT_EQ(node_ids_from_json("[\"12\",\"1\"]").error().detail, "[1]: must be at most 64 hex digits");
  EXPECT_EQ(node_ids_from_json("{}").error().detail, "must be an array");
  EXPECT_EQ(node_ids_from_json(std::string(1024 * 1024 + 1, ' ')).error().code, ErrorCode::too_large);
}

}  // namespace
}  // namespace flnet
