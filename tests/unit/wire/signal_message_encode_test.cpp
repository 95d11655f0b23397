// SPDX-License-Identifier: MIT OR Apache-2.0
// The exact JSON that FLNet's Rust releases write: we write the same and read it back to the same values.
#include "wire/signal_message.hpp"

#include <gtest/gtest.h>

namespace flnet::wire {
namespace {

U256 id_of(std::uint8_t byte) {
  std::array<std::uint8_t, U256::size> bytes{};
  bytes.fill(byte);
  return U256(bytes);
}

const std::string hex_ab = "abababababababababababababababababababababababababababababababab";
const std::string hex_cd = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
const std::string base64_ab = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";

Signature signature_of(std::uint8_t byte) {
  Signature signature;
  signature.fill(byte);
  return signature;
}

NodeInfo info_of(std::uint8_t byte) {
  return {"Amber Heron", "libc", id_of(byte), default_modules};
}

void expect_written(const ServerMessage& message, Dialect dialect, const std::string& json) {
  EXPECT_EQ(encode(message, dialect), json);
  const auto read = decode_server_message(json);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, message);
}

void expect_written(const ClientMessage& message, const std::string& json) {
  EXPECT_EQ(encode(message), json);
  const auto read = decode_client_message(json);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(*read, message);
}

TEST(SignalMessage, writes_a_challenge_as_a_pair) {
  for (const Dialect dialect : {Dialect::v0_7, Dialect::v0_10}) {
    expect_written(Challenge{3, id_of(0xab)}, dialect, R"({"Challenge":[3,")" + hex_ab + R"("]})");
  }
}

TEST(SignalMessage, writes_a_0_7_list_with_bare_infos) {
  const ListReply list{{{info_of(0xab), Dialect::v0_7}}};
  expect_written(
      list, Dialect::v0_7,
      R"({"ListIDsReply":[{"name":"Amber Heron","client":"libc","pubkey":")" + base64_ab + R"("}]})");
  expect_written(ListReply{}, Dialect::v0_7, R"({"ListIDsReply":[]})");
}

TEST(SignalMessage, writes_a_0_10_list_with_node_info_v3) {
  const ListReply list{{{info_of(0xab), Dialect::v0_10}}};
  expect_written(
      list, Dialect::v0_10,
      R"({"ListIDsReply":[{"NodeInfoV3":{"name":"Amber Heron","client":"libc","pubkey":")" + hex_ab +
          R"(","modules":"STAT | RAND | GOSSIP | WEBPROXY | WEBPROXY_REQUESTS | DHT_ROUTER | DHT_STORAGE"}}]})");
}

TEST(SignalMessage, tells_a_0_10_reader_which_nodes_speak_0_7) {
  NodeInfo info = info_of(0xab);
  info.modules = static_cast<Modules>(Module::stat);
  expect_written(ListReply{{{info, Dialect::v0_7}}}, Dialect::v0_10,
                 R"({"ListIDsReply":[{"NodeInfoV3":{"name":"Amber Heron","client":"libc","pubkey":")" +
                     hex_ab + R"(","modules":"STAT","dialect":"0.7"}}]})");
}

TEST(SignalMessage, writes_what_only_0_10_has) {
  expect_written(SystemConfig{}, Dialect::v0_10, R"({"SystemConfig":{"system_realm":null}})");
  expect_written(SystemConfig{id_of(0xcd)}, Dialect::v0_10,
                 R"({"SystemConfig":{"system_realm":")" + hex_cd + R"("}})");
  expect_written(ServerError{"New Connection with same ID"}, Dialect::v0_10,
                 R"({"Error":"New Connection with same ID"})");
}

TEST(SignalMessage, writes_a_0_7_announce_with_base64) {
  const std::string signature =
      "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==";
  expect_written(Announce{3, id_of(0xcd), info_of(0xab), signature_of(1), Dialect::v0_7},
                 R"({"Announce":{"version":3,"challenge":")" + hex_cd +
                     R"(","node_info":{"name":"Amber Heron","client":"libc","pubkey":")" + base64_ab +
                     R"("},"signature":")" + signature + R"("}})");
}

TEST(SignalMessage, writes_a_0_10_announce_with_hex) {
  NodeInfo info = info_of(0xab);
  info.modules = static_cast<Modules>(Module::stat) | static_cast<Modules>(Module::random);
  std::string signature;
  for (int i = 0; i < 64; ++i) signature += "01";
  expect_written(Announce{3, id_of(0xcd), info, signature_of(1), Dialect::v0_10},
                 R"({"Announce":{"version":3,"challenge":")" + hex_cd +
                     R"(","node_info":{"NodeInfoV3":{"name":"Amber Heron","client":"libc","pubkey":")" +
                     hex_ab + R"(","modules":"STAT | RAND"}},"signature":")" + signature + R"("}})");
}

TEST(SignalMessage, writes_a_list_request_as_a_bare_string) {
  expect_written(ListRequest{}, R"("ListIDsRequest")");
}

TEST(SignalMessage, writes_node_stats) {
  expect_written(
      NodeStats{{{id_of(0xab), "0.1.0", 12, 4294967295U}}},
      R"({"NodeStats":[{"id":")" + hex_ab + R"(","version":"0.1.0","ping_ms":12,"ping_rx":4294967295}]})");
}

TEST(SignalMessage, writes_setups_the_same_in_both_directions_and_dialects) {
  const std::string head =
      R"({"PeerSetup":{"id_init":")" + hex_ab + R"(","id_follow":")" + hex_cd + R"(","message":)";
  const std::pair<PeerMessage::Any, std::string> shapes[] = {
      {PeerMessage::Init{}, R"("Init"}})"},
      {PeerMessage::Offer{"v=0\r\n"}, R"({"Offer":"v=0\r\n"}}})"},
      {PeerMessage::Answer{"v=0\r\n"}, R"({"Answer":"v=0\r\n"}}})"},
      {PeerMessage::IceCandidate{"candidate:1 1 udp 1 10.0.0.1 9 typ host"},
       R"({"IceCandidate":"candidate:1 1 udp 1 10.0.0.1 9 typ host"}}})"},
      {PeerMessage::IceCandidate{}, R"({"IceCandidate":""}}})"},
  };
  for (const auto& [message, tail] : shapes) {
    const PeerSetup setup{{id_of(0xab), id_of(0xcd), message}};
    expect_written(setup, head + tail);
    expect_written(setup, Dialect::v0_7, head + tail);
    expect_written(setup, Dialect::v0_10, head + tail);
  }
}

TEST(SignalMessage, writes_a_list_from_entries_as_from_nodes) {
  const ListReply list{{{info_of(1), Dialect::v0_10}, {info_of(2), Dialect::v0_7}}};
  for (const Dialect dialect : {Dialect::v0_7, Dialect::v0_10}) {
    const std::string first = encode_list_entry(list.nodes[0], dialect);
    const std::string second = encode_list_entry(list.nodes[1], dialect);
    const std::array<std::string_view, 2> entries{first, second};
    EXPECT_EQ(encode_list(entries), encode(list, dialect));
  }
  EXPECT_EQ(encode_list({}), encode(ListReply{}, Dialect::v0_7));
}

TEST(SignalMessage, writes_bytes_that_are_no_utf8_as_replacement_characters) {
  const std::string json = encode(ServerError{"a\xff"}, Dialect::v0_10);
  EXPECT_EQ(json, "{\"Error\":\"a\xEF\xBF\xBD\"}");
}

}  // namespace
}  // namespace flnet::wire
