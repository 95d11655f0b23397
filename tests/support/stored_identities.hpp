// SPDX-License-Identifier: MIT OR Apache-2.0
// One identity in every form in which a release of FLNet stored it, as that release writes it.
#pragma once

#include <flnet/node_info.hpp>

#include <array>
#include <numeric>
#include <string>
#include <string_view>

namespace flnet::stored {

inline const std::string hex_key = "79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664";

/// The seed is 01 02 … 20.
inline NodeConfig amber_heron() {
  NodeConfig config;
  config.info = {"Amber Heron", "libc", *U256::parse(hex_key), default_modules};
  std::iota(config.seed.begin(), config.seed.end(), std::uint8_t{1});
  return config;
}

/// The document with the first `from` replaced.
inline std::string changed(std::string_view document, std::string_view from, std::string_view to) {
  std::string text(document);
  return text.replace(text.find(from), from.size(), to);
}

/// FLNet 0.7
inline const std::string yaml_v1 =
    "---\n"
    "NodeConfigV1:\n"
    "  info:\n"
    "    name: Amber Heron\n"
    "    client: libc\n"
    "    pubkey: ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=\n"
    "  keypair: AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyB5tVYuj+ZU+UB4sRLoqYunkB+FOuaVvtfg45ELrQSWZA==\n";

/// fledger 0.9.0: the same form by name, but hex, and with modules.
inline const std::string yaml_v1_hex =
    "---\n"
    "NodeConfigV1:\n"
    "  info:\n"
    "    name: Amber Heron\n"
    "    client: libc\n"
    "    pubkey: 79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664\n"
    "    modules: STAT | RAND | GOSSIP | WEBPROXY | WEBPROXY_REQUESTS | DHT_ROUTER | DHT_STORAGE\n"
    "  keypair: "
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2079b5562e8fe654f94078b112e8a98ba7901f853a"
    "e"
    "695bed7e0e3910bad049664\n";

/// fledger 0.10
inline const std::string yaml_v2 =
    "---\n"
    "NodeConfigV2:\n"
    "  info:\n"
    "    NodeInfoV3:\n"
    "      name: Amber Heron\n"
    "      client: libc\n"
    "      pubkey: 79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664\n"
    "      modules: STAT | RAND | GOSSIP | WEBPROXY | WEBPROXY_REQUESTS | DHT_ROUTER | DHT_STORAGE\n"
    "  keypair: "
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2079b5562e8fe654f94078b112e8a98ba7901f853a"
    "e"
    "695bed7e0e3910bad049664\n";

/// Before FLNet 0.7
inline const std::string octets_of_key_pair =
    "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, "
    "29, 30, 31, 32, 121, 181, 86, 46, 143, 230, 84, 249, 64, 120, 177, 18, 232, 169, 139, 167, 144, 31, "
    "133, "
    "58, 230, 149, 190, 215, 224, 227, 145, 11, 173, 4, 150, 100]";
inline const std::string octets_of_key =
    "[121, 181, 86, 46, 143, 230, 84, 249, 64, 120, 177, 18, 232, 169, 139, 167, 144, 31, 133, 58, 230, 149, "
    "190, 215, 224, 227, 145, 11, 173, 4, 150, 100]";
inline const std::string toml_v1 =
    "[v1]\nkeypair = " + octets_of_key_pair +
    "\n\n[v1.our_node]\ninfo = \"Amber Heron\"\nclient = \"libc\"\npubkey = " + octets_of_key + "\n";

inline const std::string yaml_info_v2 =
    "---\n"
    "NodeInfoV2:\n"
    "  name: Amber Heron\n"
    "  client: libc\n"
    "  pubkey: ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=\n";
inline const std::string yaml_info_v3 =
    "---\n"
    "NodeInfoV3:\n"
    "  name: Amber Heron\n"
    "  client: libc\n"
    "  pubkey: 79b5562e8fe654f94078b112e8a98ba7901f853ae695bed7e0e3910bad049664\n"
    "  modules: STAT | RAND | GOSSIP | WEBPROXY | WEBPROXY_REQUESTS | DHT_ROUTER | DHT_STORAGE\n";
inline const std::string json_info_v1 =
    R"({"info":"Amber Heron","client":"libc","pubkey":)" + octets_of_key + "}";
inline const std::string toml_info_v1 =
    "info = \"Amber Heron\"\nclient = \"libc\"\npubkey = " + octets_of_key + "\n";

}  // namespace flnet::stored
