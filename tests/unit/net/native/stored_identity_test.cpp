// SPDX-License-Identifier: MIT OR Apache-2.0
// Identities that FLNet's releases stored: loaded without loss, refused when damaged.
#include "support/finished.hpp"
#include "support/stored_identities.hpp"

#include <flnet/node_info.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

using stored::changed;

std::string fault(std::string_view text) {
  const auto config = finished(NodeConfig::parse(text));
  return config ? "read" : config.error().detail;
}

std::string info_fault(std::string_view text) {
  const auto info = NodeInfo::parse(text);
  return info ? "read" : info.error().detail;
}

TEST(StoredIdentity, of_every_release_is_loaded_without_loss) {
  for (const auto& text : {stored::yaml_v1, stored::yaml_v1_hex, stored::yaml_v2, stored::toml_v1,
                           stored::amber_heron().to_json()}) {
    SCOPED_TRACE(text);
    const auto config = finished(NodeConfig::parse(text));
    ASSERT_TRUE(config) << to_string(config.error());
    EXPECT_EQ(*config, stored::amber_heron());
    EXPECT_EQ(*finished(NodeConfig::parse(config->to_json())), *config);
  }
}

TEST(StoredIdentity, keeps_modules_of_each_form) {
  const auto modules = [](std::string_view text) {
    const auto config = finished(NodeConfig::parse(text));
    return config ? config->info.modules : 0xdead;
  };
  EXPECT_EQ(modules(changed(stored::yaml_v2, "STAT | RAND | ", "PING | ")), 0xfcU);
  EXPECT_EQ(modules(changed(stored::yaml_v2,
                            "STAT | RAND | GOSSIP | WEBPROXY | WEBPROXY_REQUESTS | DHT_ROUTER | DHT_STORAGE",
                            "\"\"")),
            0U);
  EXPECT_EQ(
      modules(changed(stored::yaml_v1, "  keypair", "    modules: ENABLE_STAT | ENABLE_PING\n  keypair")),
      0x09U);
}

TEST(StoredIdentity, may_be_yaml_as_people_write_it) {
  EXPECT_EQ(fault(changed(stored::yaml_v1, "---\n", "\n# my node\n")), "read");
  EXPECT_EQ(fault(changed(stored::yaml_v1, "Amber Heron", "'Amber Heron'  # a bird")), "read");
  std::string windows;
  for (const char c : stored::yaml_v1) windows += c == '\n' ? "\r\n" : std::string(1, c);
  EXPECT_EQ(fault(windows), "read");
  const auto named =
      finished(NodeConfig::parse(changed(stored::yaml_v1, "Amber Heron", R"("Zo\u00eb \"q\" \\ : # 🦆")")));
  ASSERT_TRUE(named) << to_string(named.error());
  EXPECT_EQ(named->info.name, "Zoë \"q\" \\ : # 🦆");
}

TEST(StoredIdentity, takes_names_of_yaml_as_words_whatever_they_look_like) {
  for (const auto* name : {"true", "012", "1e3", "2026-11-23", "0x10"}) {
    const auto config =
        finished(NodeConfig::parse(changed(stored::yaml_v1, "Amber Heron", "\"" + std::string(name) + "\"")));
    ASSERT_TRUE(config) << name;
    EXPECT_EQ(config->info.name, name);
  }
}

TEST(StoredIdentity, of_older_toml_gets_a_new_key_pair_where_it_has_none) {
  const std::string text = "[v1.our_node]\ninfo = \"Amber Heron\"\nclient = \"libc\"\npubkey = [1, 2]\n";
  const auto config = finished(NodeConfig::parse(text));
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->info.name, "Amber Heron");
  EXPECT_NE(config->info.public_key, U256{});
  EXPECT_NE(finished(NodeConfig::parse(text))->info.public_key, config->info.public_key);
  EXPECT_EQ(*finished(NodeConfig::parse(config->to_json())), *config);
}

TEST(StoredIdentity, of_older_toml_gets_a_new_name_where_it_has_none) {
  const auto config = finished(NodeConfig::parse("[v1]\nkeypair = " + stored::octets_of_key_pair));
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->seed, stored::amber_heron().seed);
  EXPECT_EQ(config->info.public_key, stored::amber_heron().info.public_key);
  EXPECT_FALSE(config->info.name.empty());
  EXPECT_EQ(config->info.client, "libc");
}

TEST(StoredIdentity, of_an_empty_document_is_new) {
  for (const auto* text : {"", " \n\t\n", "# nothing yet\n"}) {
    const auto config = finished(NodeConfig::parse(text));
    ASSERT_TRUE(config) << to_string(config.error());
    EXPECT_NE(config->info.public_key, finished(NodeConfig::parse(text))->info.public_key);
  }
  for (const auto* text : {"{}", "---\n", "...\n", "null", "[v2]\n", "v1 = 1\n"}) {
    EXPECT_NE(fault(text), "read") << text;
  }
}

TEST(StoredIdentity, names_the_place_of_damage) {
  const auto& v1 = stored::yaml_v1;
  EXPECT_EQ(fault(changed(v1, "keypair", "keypear")), "NodeConfigV1.keypair: is missing");
  EXPECT_EQ(fault(changed(v1, "    name: Amber Heron\n", "")), "NodeConfigV1.info.name: is missing");
  EXPECT_EQ(fault(changed(v1, "Amber Heron", "[Amber, Heron]")), "NodeConfigV1.info.name: must be a string");
  EXPECT_EQ(fault(changed(v1, "Amber Heron", "")), "NodeConfigV1.info.name: must be a string");
  EXPECT_EQ(fault(changed(v1, "Amber Heron", std::string(257, 'x'))),
            "NodeConfigV1.info.name: is longer than 256 bytes");
  EXPECT_EQ(fault(changed(v1, "SWZA==", "SW")).substr(0, 22), "NodeConfigV1.keypair: ");
  EXPECT_EQ(fault(changed(v1, "SWZA==", "SWAQ==")),
            "NodeConfigV1.keypair: holds another public key than info.pubkey");
  EXPECT_EQ(fault(changed(v1, "keypair: AQID", "keypair: AgID")),
            "NodeConfigV1.keypair: the public key does not belong to the seed");
  EXPECT_EQ(fault(changed(v1, "client: libc", "client: {")).substr(0, 15), "YAML line 7, co");
  EXPECT_EQ(fault(changed(v1, "NodeConfigV1", "NodeConfigV3")), "is no NodeConfig");
  EXPECT_EQ(fault(stored::yaml_info_v2), "is no NodeConfig");
  EXPECT_EQ(fault(changed(stored::yaml_v2, "keypair: 01", "keypair: 0")).substr(0, 22),
            "NodeConfigV2.keypair: ");
  EXPECT_EQ(fault(changed(stored::yaml_v2, "keypair: 01", "keypair: ")),
            "NodeConfigV2.keypair: must stand for 64 bytes");
  EXPECT_EQ(fault(changed(stored::yaml_v2, "modules: STAT", "modules: 1|?")),
            "NodeConfigV2.info.NodeInfoV3.modules: must be names of modules with | between them");
}

TEST(StoredIdentity, names_the_place_of_damage_in_older_toml) {
  const auto& v1 = stored::toml_v1;
  EXPECT_EQ(fault(changed(v1, "[1, 2,", "[1, 256,")), "v1.keypair[1]: must be a whole number of at most 255");
  EXPECT_EQ(fault(changed(v1, "[1, 2,", "[1, -2,")), "v1.keypair[1]: must be a whole number of at most 255");
  EXPECT_EQ(fault(changed(v1, "[1, 2,", "[1,")), "v1.keypair: must be 64 numbers");
  EXPECT_EQ(fault(changed(v1, "[1, 2,", "[1, 2, 2,")), "v1.keypair: has more than 64 elements");
  EXPECT_EQ(fault(changed(v1, "[1, 2,", "[2, 2,")), "v1.keypair: the public key does not belong to the seed");
  EXPECT_EQ(fault(changed(v1, "pubkey = [121", "pubkey = [122")),
            "v1.our_node.pubkey: is another public key than keypair's");
  EXPECT_EQ(fault(changed(v1, "\"Amber Heron\"", "true")), "v1.our_node.info: must be a string");
  EXPECT_EQ(fault(changed(v1, "client = \"libc\"\n", "")), "v1.our_node.client: is missing");
  EXPECT_EQ(fault(changed(v1, "keypair", "keypear")), "v1: has no keypair, and fields that are not known");
  EXPECT_EQ(fault(changed(v1, "[v1]", "[v0]")), "v1: has no keypair, and fields that are not known");
  EXPECT_EQ(fault("v1 = 3\n"), "v1: must be an object");
  EXPECT_EQ(fault(changed(v1, "client = ", "client = = ")).substr(0, 15), "TOML line 6, co");
}

TEST(StoredIdentity, cut_anywhere_is_an_error_or_the_right_one) {
  for (const auto& text :
       {stored::yaml_v1, stored::yaml_v1_hex, stored::yaml_v2, stored::amber_heron().to_json()}) {
    for (std::size_t size = 1; size < text.size(); ++size) {
      const auto config = finished(NodeConfig::parse(std::string_view(text).substr(0, size)));
      if (config) {
        EXPECT_EQ(*config, stored::amber_heron()) << size;
      }
      if (!config) {
        EXPECT_EQ(config.error().code, ErrorCode::invalid_message) << size;
      }
      if (size + 2 < text.size()) {
        EXPECT_FALSE(config) << size;
      }
    }
  }
}

// Here the second half may be missing: an identity without a name, or without a key, is what it was.
TEST(StoredIdentity, of_older_toml_cut_anywhere_never_gets_another_key_than_its_own_or_a_new_one) {
  const std::string& text = stored::toml_v1;
  const std::size_t key_begins = text.find('k');
  const std::size_t key_ends = text.find(']', key_begins) + 1;
  for (std::size_t size = 1; size < text.size(); ++size) {
    const auto config = finished(NodeConfig::parse(std::string_view(text).substr(0, size)));
    if (size > key_begins && size < key_ends) {
      EXPECT_FALSE(config) << size;
    }
    if (config && size >= key_ends) {
      EXPECT_EQ(config->seed, stored::amber_heron().seed) << size;
    }
  }
}

TEST(StoredIdentity, with_any_byte_changed_is_never_another_key) {
  for (const auto& text : {stored::yaml_v1, stored::yaml_v2, stored::toml_v1}) {
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (const char c : {'\n', ':', '&', '{', '0', '\xff'}) {
        std::string damaged = text;
        damaged[at] = c;
        const auto config = finished(NodeConfig::parse(damaged));
        if (config && damaged.find("keypair") != std::string::npos && damaged.front() == text.front()) {
          EXPECT_EQ(config->seed, stored::amber_heron().seed) << damaged;
        }
      }
    }
  }
}

TEST(StoredNodeInfo, of_every_release_is_loaded_without_loss) {
  const NodeInfo info = stored::amber_heron().info;
  for (const auto& text : {stored::yaml_info_v2, stored::yaml_info_v3, stored::json_info_v1,
                           stored::toml_info_v1, info.to_json()}) {
    SCOPED_TRACE(text);
    const auto read = NodeInfo::parse(text);
    ASSERT_TRUE(read) << to_string(read.error());
    EXPECT_EQ(*read, info);
  }
}

TEST(StoredNodeInfo, names_the_place_of_damage) {
  EXPECT_EQ(info_fault(changed(stored::yaml_info_v2, "ElmQ=", "El")).substr(0, 19), "NodeInfoV2.pubkey: ");
  EXPECT_EQ(info_fault(changed(stored::yaml_info_v3, "  client: libc\n", "")),
            "NodeInfoV3.client: is missing");
  EXPECT_EQ(info_fault(changed(stored::json_info_v1, "121, ", "")), "pubkey: must be 32 numbers");
  EXPECT_EQ(info_fault(changed(stored::toml_info_v1, "121, ", "\"a\", ")),
            "pubkey[0]: must be a whole number of at most 255");
  EXPECT_EQ(info_fault(stored::yaml_v1), "is no NodeInfo");
  EXPECT_NE(info_fault(""), "read");
}

}  // namespace
}  // namespace flnet
