// SPDX-License-Identifier: MIT OR Apache-2.0
// Stored identities: written so that FLNet's Rust releases load them, read without loss, refused when
// damaged.
#include "wire/node_config_json.hpp"

#include <gtest/gtest.h>

namespace flnet::wire {
namespace {

NodeConfig config() {
  NodeConfig config;
  std::array<std::uint8_t, U256::size> key{};
  key.fill(0xab);
  config.info = {"Amber Heron", "libc", U256(key), default_modules};
  config.seed.fill(1);
  return config;
}

const std::string written =
    R"({"NodeConfigV1":{"info":{"name":"Amber Heron","client":"libc",)"
    R"("pubkey":"q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s="},)"
    R"("keypair":"AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQGrq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqw=="}})";

TEST(NodeConfigJson, is_the_shape_that_flnet_0_7_loads) {
  EXPECT_EQ(encode_node_config(config()), written);
}

TEST(NodeConfigJson, reads_back_what_it_wrote) {
  const auto read = decode_node_config(written);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, config());
}

TEST(NodeConfigJson, keeps_modules_and_names_of_any_kind) {
  NodeConfig odd = config();
  odd.info.modules = 0x109;
  odd.info.name = "Zoë \"\\/\n\x01 \xF0\x9F\xA6\x86";
  const auto read = decode_node_config(encode_node_config(odd));
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, odd);
}

TEST(NodeConfigJson, reads_the_form_of_fledger_0_10) {
  std::string hex_seed, hex_key;
  for (int i = 0; i < 32; ++i) {
    hex_seed += "01";
    hex_key += "ab";
  }
  const auto read = decode_node_config(
      R"({"NodeConfigV2":{"info":{"NodeInfoV3":{"name":"Amber Heron","client":"libc","pubkey":")" + hex_key +
      R"(","modules":"STAT"}},"keypair":")" + hex_seed + hex_key + R"("}})");
  ASSERT_TRUE(read) << to_string(read.error());
  NodeConfig expected = config();
  expected.info.modules = static_cast<Modules>(Module::stat);
  EXPECT_EQ(*read, expected);
}

TEST(NodeConfigJson, names_the_place_of_damage) {
  const auto fault = [](std::string_view json) {
    const auto read = decode_node_config(json);
    return read ? "read" : read.error().detail;
  };
  const auto changed = [](std::string_view from, std::string_view to) {
    std::string json = written;
    return json.replace(json.find(from), from.size(), to);
  };
  EXPECT_EQ(fault(changed("\"pubkey\"", "\"pubkez\"")), "NodeConfigV1.info.pubkey: is missing");
  EXPECT_EQ(fault(changed("\"pubkey\":\"q6u", "\"pubkey\":\"q6v")),
            "NodeConfigV1.keypair: holds another public key than info.pubkey");
  EXPECT_EQ(fault(changed("NodeConfigV1", "NodeConfigV7")), "is no NodeConfig");
  EXPECT_EQ(fault(changed("urqw==", "ur")).substr(0, 22), "NodeConfigV1.keypair: ");
  for (std::size_t cut = 0; cut < written.size(); ++cut) {
    EXPECT_NE(fault(written.substr(0, cut)), "read") << cut;
  }
}

}  // namespace
}  // namespace flnet::wire
