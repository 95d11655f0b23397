// SPDX-License-Identifier: MIT OR Apache-2.0
// The signalling server over real WebSockets: both dialects side by side, and clients that misbehave.
#include "live/native/signal_server.hpp"
#include "base/encoding.hpp"
#include "io/keys.hpp"
#include "live/net/live_network.hpp"
#include "live/net/native/raw_client.hpp"

#include <nlohmann/json.hpp>

namespace flnet::testing {
namespace {

using nlohmann::json;

/// The next message as JSON; null when there is none within the test's patience.
Task<json> hear(RawClient& client) {
  auto text = co_await within(patience, client.hear());
  if (!text || !*text) co_return json();
  co_return json::parse(**text);
}

struct Announcement {
  NodeConfig node;
  std::string challenge;
  Signature signature{};

  std::string in_0_7() const {
    const json info = {{"name", node.info.name},
                       {"client", "libc"},
                       {"pubkey", base64_encode(node.info.public_key.bytes())}};
    return announce(info, base64_encode(signature));
  }
  std::string in_0_10() const {
    const json info = {{"NodeInfoV3",
                        {{"name", node.info.name},
                         {"client", "libc"},
                         {"pubkey", node.info.public_key.hex()},
                         {"modules", "STAT | RAND"}}}};
    return announce(info, hex_encode(signature));
  }

 private:
  std::string announce(const json& info, const std::string& signed_text) const {
    return json{{"Announce",
                 {{"version", 3}, {"challenge", challenge}, {"node_info", info}, {"signature", signed_text}}}}
        .dump();
  }
};

/// Takes the server's challenge and signs it, or other bytes instead.
Task<Announcement> prepare(RawClient& client, std::optional<Bytes> instead = std::nullopt) {
  Announcement made;
  made.node = *co_await NodeConfig::generate();
  const json challenge = co_await hear(client);
  EXPECT_EQ(challenge.at("Challenge").at(0), 3);
  made.challenge = challenge.at("Challenge").at(1).get<std::string>();
  const Bytes message = instead ? *instead : hex_decode(made.challenge).value();
  const auto signature = co_await io::sign(made.node.seed, message);
  EXPECT_TRUE(signature.has_value());
  made.signature = *signature;
  co_return made;
}

const std::string list_request = R"("ListIDsRequest")";

Task<> both_dialects() {
  auto server = start_signal_server();
  RawClient old_client(url_of(server));
  RawClient new_client(url_of(server));
  const auto old_node = co_await prepare(old_client);
  old_client.say(old_node.in_0_7());
  old_client.say(list_request);
  const json alone = co_await hear(old_client);
  EXPECT_EQ(alone.at("ListIDsReply").size(), 1U);

  const auto new_node = co_await prepare(new_client);
  new_client.say(new_node.in_0_10());
  new_client.say(list_request);
  EXPECT_TRUE((co_await hear(new_client)).contains("SystemConfig"));
  const json seen_by_new = co_await hear(new_client);
  EXPECT_EQ(seen_by_new.at("ListIDsReply").size(), 2U);
  for (const json& entry : seen_by_new.at("ListIDsReply")) EXPECT_TRUE(entry.contains("NodeInfoV3")) << entry;

  old_client.say(list_request);
  const json seen_by_old = co_await hear(old_client);
  EXPECT_EQ(seen_by_old.at("ListIDsReply").size(), 2U);
  for (const json& entry : seen_by_old.at("ListIDsReply")) EXPECT_TRUE(entry.contains("pubkey")) << entry;

  const json setup = {{"PeerSetup",
                       {{"id_init", old_node.node.info.id().hex()},
                        {"id_follow", new_node.node.info.id().hex()},
                        {"message", {{"Offer", "v=0\r\n"}}}}}};
  old_client.say(setup.dump());
  json passed_on = co_await hear(new_client);
  while (passed_on.contains("ListIDsReply")) passed_on = co_await hear(new_client);
  EXPECT_EQ(passed_on, setup);
}

TEST(SignalServer, serves_nodes_of_both_dialects_side_by_side) {
  run_test(both_dialects());
}

Task<> wrong_signatures() {
  auto server = start_signal_server();
  RawClient client(url_of(server));
  auto node = co_await prepare(client, Bytes(32, 7));
  client.say(node.in_0_7());
  client.say(list_request);
  const Time give_up = now() + patience;
  while (server.counters().bad_signatures == 0 && now() < give_up) co_await sleep(10ms);
  EXPECT_EQ(server.counters().bad_signatures, 1U);
  EXPECT_EQ(server.counters().nodes, 0U);

  // The challenge may be tried again.
  node.signature = *(co_await io::sign(node.node.seed, hex_decode(node.challenge).value()));
  client.say(node.in_0_7());
  client.say(list_request);
  EXPECT_TRUE((co_await hear(client)).contains("ListIDsReply"));
}

TEST(SignalServer, ignores_a_signature_over_other_bytes_and_lets_the_node_try_again) {
  run_test(wrong_signatures());
}

Task<> spoofed_setup() {
  auto server = start_signal_server();
  RawClient victim_client(url_of(server));
  RawClient other_client(url_of(server));
  const auto victim = co_await prepare(victim_client);
  victim_client.say(victim.in_0_7());
  const auto other = co_await prepare(other_client);
  other_client.say(other.in_0_7());
  const json foreign = {{"PeerSetup",
                         {{"id_init", U256::parse("1234").value().hex()},
                          {"id_follow", victim.node.info.id().hex()},
                          {"message", "Init"}}}};
  other_client.say(foreign.dump());
  victim_client.say(list_request);
  EXPECT_TRUE((co_await hear(victim_client)).contains("ListIDsReply"));
  EXPECT_EQ(server.counters().setups_passed, 0U);
  EXPECT_GE(server.counters().dropped, 1U);
}

TEST(SignalServer, passes_no_setup_on_that_names_another_sender) {
  run_test(spoofed_setup());
}

Task<> garbage() {
  auto server = start_signal_server();
  const std::string deep = std::string(100, '[') + std::string(100, ']');
  for (const std::string& text :
       {std::string("{"), deep, std::string("{\"Unknown\":1}"), std::string("[]"), std::string()}) {
    RawClient client(url_of(server));
    const auto node = co_await prepare(client);
    client.say(text);
    client.say(node.in_0_7());
    client.say(list_request);
    EXPECT_TRUE((co_await hear(client)).contains("ListIDsReply")) << text;
  }
  RawClient shouting(url_of(server));
  co_await prepare(shouting);
  shouting.say(std::string(64 * 1024 + 1, ' '));
  EXPECT_TRUE((co_await hear(shouting)).is_null());
  EXPECT_TRUE(shouting.closed().has_value());

  RawClient raving(url_of(server));
  co_await prepare(raving);
  for (int i = 0; i < 1000; ++i) raving.say("{");
  EXPECT_TRUE((co_await hear(raving)).is_null());
  EXPECT_TRUE(raving.closed().has_value());
}

TEST(SignalServer, drops_garbage_and_closes_who_sends_too_much_of_it) {
  run_test(garbage());
}

Task<> clients_leave() {
  auto server = start_signal_server();
  {
    RawClient client(url_of(server));
    const auto node = co_await prepare(client);
    client.say(node.in_0_7());
    client.say(list_request);
    co_await hear(client);
    EXPECT_EQ(server.counters().clients, 1U);
    EXPECT_EQ(server.counters().nodes, 1U);
  }
  const Time give_up = now() + patience;
  while (server.counters().clients > 0 && now() < give_up) co_await sleep(10ms);
  EXPECT_EQ(server.counters().clients, 0U);
  EXPECT_EQ(server.counters().nodes, 0U);
}

TEST(SignalServer, forgets_a_node_whose_socket_is_gone) {
  run_test(clients_leave());
}

}  // namespace
}  // namespace flnet::testing
