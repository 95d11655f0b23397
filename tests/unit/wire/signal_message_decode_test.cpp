// SPDX-License-Identifier: MIT OR Apache-2.0
// Strict reading: what is refused, with which place, and what is forgiven.
#include "wire/json_text.hpp"
#include "wire/signal_message.hpp"

#include <gtest/gtest.h>

namespace flnet::wire {
namespace {

const std::string hex_ab = "abababababababababababababababababababababababababababababababab";
const std::string base64_ab = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=";

std::string server_fault(std::string_view json) {
  const auto read = decode_server_message(json);
  return read ? "read" : read.error().detail;
}

std::string client_fault(std::string_view json) {
  const auto read = decode_client_message(json);
  return read ? "read" : read.error().detail;
}

std::string info_of(std::string_view name, std::string_view pubkey = base64_ab) {
  std::string info = R"({"name":")";
  return info.append(name).append(R"(","client":"libc","pubkey":")").append(pubkey).append(R"("})");
}

std::string announce_of(const std::string& info, const std::string& signature) {
  return R"({"Announce":{"version":3,"challenge":")" + hex_ab + R"(","node_info":)" + info +
         R"(,"signature":")" + signature + R"("}})";
}

TEST(SignalDecode, names_the_place_of_a_fault) {
  EXPECT_EQ(server_fault(R"({"Challenge":[3]})"), "Challenge[1]: is missing");
  EXPECT_EQ(server_fault(R"({"Challenge":[3,"xy"]})"), "Challenge[1]: must be at most 64 hex digits");
  EXPECT_EQ(server_fault(R"({"Challenge":[3,"12",4]})"), "Challenge: has more than 2 elements");
  EXPECT_EQ(server_fault(R"({"Challenge":["3","12"]})").substr(0, 14), "Challenge[0]: ");
  EXPECT_EQ(server_fault(R"({"Error":5})"), "Error: must be a string");
  EXPECT_EQ(client_fault(R"({"PeerSetup":{"id_init":"ab","id_follow":"cd","message":{"Offer":1}}})"),
            "PeerSetup.message.Offer: must be a string");
  EXPECT_EQ(client_fault(R"({"PeerSetup":{"id_init":"ab","message":"Init"}})"),
            "PeerSetup.id_follow: is missing");
  EXPECT_EQ(client_fault(R"({"NodeStats":[{"id":"ab","version":"1","ping_ms":1,"ping_rx":4294967296}]})"),
            "NodeStats[0].ping_rx: must be a whole number of at most 4294967295");
}

TEST(SignalDecode, refuses_unknown_variants_and_wrong_shapes_of_variants) {
  EXPECT_EQ(server_fault(R"({"Else":1})"), "an unknown variant");
  EXPECT_EQ(client_fault(R"("Else")"), "an unknown variant");
  EXPECT_NE(client_fault(R"({"ListIDsRequest":null})"), "read");
  EXPECT_NE(client_fault(R"("PeerSetup")"), "read");
  EXPECT_NE(client_fault(R"({"PeerSetup":{"id_init":"ab","id_follow":"cd","message":{"Init":1}}})"), "read");
  EXPECT_NE(client_fault(R"({"PeerSetup":{"id_init":"ab","id_follow":"cd","message":"Offer"}})"), "read");
  EXPECT_NE(server_fault(R"({"Error":"a","Challenge":[3,"12"]})"), "read");
  EXPECT_NE(server_fault(R"({})"), "read");
  EXPECT_NE(server_fault(R"([])"), "read");
  EXPECT_NE(server_fault(R"("Error")"), "read");
  EXPECT_NE(server_fault("5"), "read");
  EXPECT_NE(server_fault(""), "read");
}

TEST(SignalDecode, refuses_text_that_is_not_one_json_document) {
  EXPECT_NE(server_fault(R"({"Error":"a"}x)"), "read");
  EXPECT_NE(server_fault(R"({"Error":"a")"), "read");
  EXPECT_NE(server_fault(R"({"Error":"a","Error":"b"})"), "read") << "a field twice";
  EXPECT_NE(server_fault(std::string_view("{\"Error\":\"a\"}\0", 14)), "read");
}

TEST(SignalDecode, refuses_what_is_no_utf8) {
  EXPECT_EQ(server_fault("{\"Error\":\"\xC3\xA4\"}"), "read");
  EXPECT_NE(server_fault("{\"Error\":\"\xff\"}"), "read");
  EXPECT_NE(server_fault("{\"Error\":\"\xC0\x80\"}"), "read") << "overlong";
  EXPECT_NE(server_fault("{\"Error\":\"\xED\xA0\x80\"}"), "read") << "a surrogate";
  EXPECT_NE(server_fault("{\"Error\":\"\xF4\x90\x80\x80\"}"), "read") << "above U+10FFFF";
  EXPECT_NE(server_fault(R"({"Error":"\ud800"})"), "read") << "half an escaped pair";
  EXPECT_NE(server_fault("{\"Error\":\"a\",\"\xff\":1}"), "read") << "in a field that is ignored";
}

TEST(SignalDecode, ignores_unknown_fields) {
  const auto read = decode_client_message(
      R"({"PeerSetup":{"new":{"a":[1,2.5,true,null]},"id_init":"ab","id_follow":"cd","message":"Init"}})");
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_TRUE(std::holds_alternative<PeerSetup>(*read));
}

TEST(SignalDecode, stops_at_nesting_deeper_than_its_limit) {
  const auto nested = [](std::size_t depth) {
    return R"({"Error":"a","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  // The outer object is the first level. Two fields are no variant, but they are read as JSON.
  EXPECT_EQ(server_fault(nested(max_json_depth - 1)), "must be an object with exactly one field");
  EXPECT_EQ(server_fault(nested(max_json_depth)), "nested too deep");
  EXPECT_EQ(server_fault(std::string(max_server_message_bytes, '[')), "nested too deep");
  std::string objects;
  for (int i = 0; i < 10000; ++i) objects += "{\"a\":";
  EXPECT_EQ(server_fault(objects), "nested too deep");
}

TEST(SignalDecode, stops_at_objects_wider_than_its_limit) {
  std::string wide = R"({"Error":"a")";
  for (int i = 0; i < 64; ++i) wide += ",\"f" + std::to_string(i) + "\":1";
  EXPECT_EQ(server_fault(wide + "}"), "an object of too many fields");
}

TEST(SignalDecode, stops_at_text_longer_than_its_limit) {
  const auto padded = [](std::string text, std::size_t size) {
    text.resize(size, ' ');
    return text;
  };
  const std::string request = R"("ListIDsRequest")";
  EXPECT_EQ(client_fault(padded(request, max_signal_message_bytes)), "read");
  const auto long_request = decode_client_message(padded(request, max_signal_message_bytes + 1));
  ASSERT_FALSE(long_request);
  EXPECT_EQ(long_request.error().code, ErrorCode::too_large);
  EXPECT_EQ(server_fault(padded(R"({"Error":"a"})", max_server_message_bytes)), "read");
  EXPECT_NE(server_fault(padded(R"({"Error":"a"})", max_server_message_bytes + 1)), "read");
}

TEST(SignalDecode, skips_list_entries_that_it_cannot_read) {
  const std::string long_name(max_name_bytes + 1, 'n');
  const std::string good_name(max_name_bytes, 'n');
  const auto read =
      decode_server_message(R"({"ListIDsReply":[)" + info_of(long_name) + "," + info_of(good_name) +
                            R"(,{"NodeInfoV9":{}},5,)" + info_of("a", "xx") + "]}");
  ASSERT_TRUE(read) << to_string(read.error());
  const auto& list = std::get<ListReply>(*read);
  ASSERT_EQ(list.nodes.size(), 1U);
  EXPECT_EQ(list.nodes[0].info.name, good_name);
  EXPECT_EQ(list.skipped, 4U);
}

TEST(SignalDecode, reads_no_more_list_entries_than_its_limit) {
  std::string list = R"({"ListIDsReply":[)";
  for (std::size_t i = 0; i < max_listed_nodes + 3; ++i) list += (i == 0 ? "" : ",") + info_of("n");
  const auto read = decode_server_message(list + "]}");
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(std::get<ListReply>(*read).nodes.size(), max_listed_nodes);
  EXPECT_EQ(std::get<ListReply>(*read).skipped, 3U);
}

TEST(SignalDecode, takes_the_dialect_of_a_list_entry_from_its_form) {
  const auto read = decode_server_message(
      R"({"ListIDsReply":[)" + info_of("bare") + R"(,{"NodeInfoV2":)" + info_of("two") +
      R"(},{"NodeInfoV3":{"name":"three","client":"c","pubkey":")" + hex_ab + R"(","modules":""}}]})");
  ASSERT_TRUE(read) << to_string(read.error());
  const auto& nodes = std::get<ListReply>(*read).nodes;
  ASSERT_EQ(nodes.size(), 3U);
  EXPECT_EQ(nodes[0].dialect, Dialect::v0_7);
  EXPECT_EQ(nodes[1].dialect, Dialect::v0_10);
  EXPECT_EQ(nodes[1].info.modules, default_modules);
  EXPECT_EQ(nodes[2].dialect, Dialect::v0_10);
  EXPECT_EQ(nodes[2].info.modules, 0U);
  for (const ListedNode& node : nodes) EXPECT_EQ(node.info.public_key.hex(), hex_ab);
}

TEST(SignalDecode, reads_module_names_that_it_does_not_know) {
  const auto modules = [](std::string_view text) -> std::optional<Modules> {
    const auto read =
        decode_server_message(R"({"ListIDsReply":[{"NodeInfoV3":{"name":"n","client":"c","pubkey":")" +
                              hex_ab + R"(","modules":")" + std::string(text) + R"("}}]})");
    if (!read || std::get<ListReply>(*read).nodes.empty()) return std::nullopt;
    return std::get<ListReply>(*read).nodes[0].info.modules;
  };
  EXPECT_EQ(modules("STAT | RAND | GOSSIP | PING | WEBPROXY | WEBPROXY_REQUESTS | DHT_ROUTER | DHT_STORAGE"),
            0xffU);
  EXPECT_EQ(modules("STAT|PING"), 9U);
  EXPECT_EQ(modules("STAT | NEW_THING"), 1U);
  EXPECT_EQ(modules("0x100 | STAT"), 0x101U);
  EXPECT_EQ(modules("0x100000000"), std::nullopt);
  EXPECT_EQ(modules("stat"), std::nullopt);
  EXPECT_EQ(modules("STAT | "), std::nullopt);
}

TEST(SignalDecode, refuses_announces_of_other_shapes) {
  const std::string base64_signature = std::string(86, 'A') + "==";
  const std::string hex_signature(128, '0');
  EXPECT_EQ(client_fault(announce_of(info_of("n"), base64_signature)), "read");
  EXPECT_EQ(client_fault(announce_of(info_of("n"), hex_signature)), "read") << "the form of the info counts";
  EXPECT_NE(client_fault(announce_of(info_of("n"), "")), "read");
  EXPECT_NE(client_fault(announce_of(info_of("n"), hex_signature + "00")), "read");
  EXPECT_NE(client_fault(announce_of(info_of("n"), std::string(128, 'x'))), "read");
  EXPECT_NE(client_fault(announce_of(info_of("n", hex_ab), base64_signature)), "read");
  EXPECT_EQ(client_fault(announce_of(info_of(std::string(max_name_bytes + 1, 'n')), base64_signature)),
            "Announce.node_info.name: is longer than 256 bytes");
}

TEST(SignalDecode, reads_announces_of_other_versions) {
  std::string json = announce_of(info_of("n"), std::string(86, 'A') + "==");
  json.replace(json.find(":3,"), 3, ":4,");
  const auto read = decode_client_message(json);
  ASSERT_TRUE(read) << to_string(read.error());
  EXPECT_EQ(std::get<Announce>(*read).version, 4U);
}

}  // namespace
}  // namespace flnet::wire
