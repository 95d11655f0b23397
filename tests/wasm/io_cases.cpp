// SPDX-License-Identifier: MIT OR Apache-2.0
// What WASM builds make of the platform: keys, values, timers, WebSockets, connections. argv[1]: a signalling
// server's URL.
#include "cases.hpp"

#include "base/encoding.hpp"
#include "io/keys.hpp"
#include "io/peer_session.hpp"
#include "io/web_socket_client.hpp"

#include <flnet/data_storage.hpp>
#include <flnet/flnet.hpp>

#include <cstdlib>
#include <deque>
#include <string>

namespace flnet::testing {
namespace {

std::string& server_url() {
  static std::string url;
  return url;
}

// --- Keys

/// RFC 8032 §7.1, test 2.
Task<> keys_are_those_of_rfc_8032() {
  const auto seed = U256::parse("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
  const auto key = co_await io::public_key(seed->array());
  EXPECT_TRUE(key) << to_string(key.error());
  if (!key) co_return;
  EXPECT_EQ(key->hex(), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const auto signature = co_await io::sign(seed->array(), {0x72});
  EXPECT_TRUE(signature);
  if (!signature) co_return;
  EXPECT_EQ(hex_encode(*signature).substr(0, 32), "92a009a9f0d4cab8720e820b5f642540");
  EXPECT_TRUE(co_await io::verify(*key, {0x72}, *signature));
  EXPECT_FALSE(co_await io::verify(*key, {0x73}, *signature));
  Signature wrong = *signature;
  wrong[0] ^= 1;
  EXPECT_FALSE(co_await io::verify(*key, {0x72}, wrong));
}

Task<> a_generated_identity_signs() {
  const NodeConfig config = *co_await NodeConfig::generate();
  const auto signature = co_await config.sign({1, 2, 3});
  EXPECT_TRUE(signature);
  if (signature) EXPECT_TRUE(co_await config.info.verify({1, 2, 3}, *signature));
}

Task<> waiting_for_a_key_can_be_given_up() {
  for (int turn = 0; turn < 100; ++turn) {
    JobSet jobs;
    jobs.add([]() -> Task<> { (void)co_await NodeConfig::generate(); }());
    co_await sleep(turn % 2 == 0 ? 0us : 100us);
  }
  // What is still under way finds nobody.
  EXPECT_TRUE(co_await io::public_key(io::Seed{}));
}

// --- Values

Task<> values_are_kept_replaced_and_removed() {
  const auto storage = folder_storage("flnet-test");
  EXPECT_TRUE(co_await storage->set("a", std::string("one\0two", 7)));
  EXPECT_TRUE(co_await storage->set("b", ""));
  // Another object, the same place.
  const auto again = folder_storage("flnet-test");
  EXPECT_EQ(**(co_await again->get("a")), std::string("one\0two", 7));
  EXPECT_EQ(**(co_await again->get("b")), "");
  EXPECT_TRUE(co_await storage->set("a", "three"));
  EXPECT_EQ(**(co_await again->get("a")), "three");
  const std::string large(DataStorage::max_value_bytes, 'x');
  EXPECT_TRUE(co_await storage->set("a", large));
  EXPECT_EQ(**(co_await again->get("a")), large);
  EXPECT_EQ((co_await storage->set("a", large + 'x')).error().code, ErrorCode::too_large);
  for (const std::string name : {"a", "b", "a"}) EXPECT_TRUE(co_await storage->remove(name));
  EXPECT_EQ(*(co_await again->get("a")), std::nullopt);
  EXPECT_EQ((co_await storage->get("a/b")).error().code, ErrorCode::invalid_argument);
}

Task<> an_identity_is_made_once_and_loaded_then() {
  std::optional<NodeConfig> first;
  {
    const auto storage = folder_storage("flnet-test");
    EXPECT_TRUE(co_await storage->remove("identity"));
    auto made = co_await load_or_create_identity(*storage, "identity");
    EXPECT_TRUE(made) << to_string(made.error());
    if (made) first = *made;
  }
  co_await sleep(50ms);  // Until the platform has given the claim back.
  const auto storage = folder_storage("flnet-test");
  const auto loaded = co_await load_or_create_identity(*storage, "identity");
  EXPECT_TRUE(loaded) << to_string(loaded.error());
  if (loaded && first) EXPECT_EQ(loaded->info.public_key, first->info.public_key);
  EXPECT_TRUE(co_await load_or_create_identity(*storage, "identity")) << "our own claim";
  EXPECT_TRUE(co_await storage->remove("identity"));
}

Task<> rust_s_yaml_is_read_and_its_toml_is_not() {
  const auto yaml = co_await NodeConfig::parse(
      "---\nNodeConfigV1:\n  info:\n    name: Amber Heron\n    client: libc\n"
      "    pubkey: ebVWLo/mVPlAeLES6KmLp5AfhTrmlb7X4OORC60ElmQ=\n"
      "  keypair: "
      "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyB5tVYuj+ZU+UB4sRLoqYunkB+FOuaVvtfg45ELrQSWZA==\n");
  EXPECT_TRUE(yaml) << to_string(yaml.error());
  if (yaml) EXPECT_EQ(yaml->info.name, "Amber Heron");
  const auto toml = co_await NodeConfig::parse("[v1.our_node]\ninfo = \"x\"\n");
  EXPECT_FALSE(toml);
  if (!toml) EXPECT_EQ(toml.error().code, ErrorCode::unsupported);
}

// --- The loop

Task<> timers_fire_in_order_and_never_early() {
  std::vector<int> order;
  Loop& loop = Loop::current();
  const Time begin = now();
  const Timer late = loop.at(begin + 30ms, [&] { order.push_back(2); });
  const Timer early = loop.at(begin + 10ms, [&] { order.push_back(1); });
  {
    const Timer gone = loop.at(begin + 5ms, [&] { order.push_back(0); });
  }
  co_await sleep(60ms);
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
  for (int turn = 0; turn < 20; ++turn) {
    const Time before = now();
    co_await sleep(1500us);
    EXPECT_GE(now() - before, 1500us);
  }
}

Task<> calls_that_make_each_other_ready_let_timers_through() {
  Loop& loop = Loop::current();
  bool stop = false;
  std::function<void()> again = [&] {
    if (!stop) loop.defer(again);
  };
  loop.defer(again);
  co_await sleep(20ms);
  stop = true;
  co_await sleep(1ms);
}

Task<> a_posted_call_comes_soon() {
  bool called = false;
  Loop::current().post([&] { called = true; });
  EXPECT_FALSE(called);
  const Time begin = now();
  while (!called && now() - begin < 1s) co_await sleep(0us);
  EXPECT_TRUE(called);
}

// --- WebSockets

struct Socket final : io::WebSocketClientSink {
  explicit Socket(std::string url) {
    client = io::WebSocketClient::open(Loop::current(), {.url = std::move(url)}, *this);
  }
  void socket_opened() override { opened.notify(); }
  void socket_received(std::string_view text) override {
    texts.emplace_back(text);
    received.notify();
  }
  void socket_closed(Error reason) override {
    error = std::move(reason);
    closed.notify();
  }
  Event opened, received, closed;
  std::deque<std::string> texts;
  Error error;
  std::unique_ptr<io::WebSocketClient> client;
};

Task<> a_socket_hears_the_server_and_closes() {
  Socket socket(server_url());
  co_await socket.received.wait();
  EXPECT_TRUE(socket.texts.front().starts_with("{\"Challenge\":[3,")) << socket.texts.front();
  EXPECT_TRUE(socket.client->send("\"ListIDsRequest\""));
  EXPECT_EQ(socket.client->send(std::string(2 * 1024 * 1024, ' ')).error().code, ErrorCode::queue_full);
  socket.client->close("enough");
  EXPECT_EQ(socket.client->send("x").error().code, ErrorCode::closed);
  co_await socket.closed.wait();
  EXPECT_EQ(socket.error.code, ErrorCode::closed) << socket.error.detail;
}

Task<> a_socket_says_why_it_can_t_open() {
  Socket no_url("http://127.0.0.1:1");
  co_await no_url.closed.wait();
  EXPECT_EQ(no_url.error.code, ErrorCode::invalid_argument) << no_url.error.detail;
  Socket nobody("ws://127.0.0.1:1");
  co_await nobody.closed.wait();
  EXPECT_EQ(nobody.error.code, ErrorCode::unreachable) << nobody.error.detail;
  {
    const Socket gone(server_url());
  }
  co_await sleep(20ms);
}

// --- Connections

struct Side final : io::PeerSessionSink {
  Side(io::PeerHost& host, std::uint64_t id) : session(host.make_session(id, *this)) {}
  void session_described(std::string sdp) override {
    described = sdp;
    if (offers) {
      other->session->accept_offer(std::move(sdp));
    } else {
      other->session->accept_answer(std::move(sdp));
    }
  }
  void session_candidate(std::string line) override { other->session->add_candidate(std::move(line)); }
  void session_opened() override { opened.notify(); }
  void session_received(MessageView message) override {
    if (keeps) received.push_back(Message::copy(message));
    received_bytes += message.bytes.size();
    arrived.notify();
  }
  void session_writable() override { writable.notify(); }
  void session_closed(Error reason) override {
    error = std::move(reason);
    closed.notify();
  }
  Side* other = nullptr;
  bool offers = false, keeps = true;
  std::string described;
  std::deque<Message> received;
  std::size_t received_bytes = 0;
  Event opened, arrived, writable, closed;
  Error error;
  std::unique_ptr<io::PeerSession> session;
};

struct Pair {
  Pair() : host(std::move(*io::PeerHost::open(Loop::current(), {}))), one(*host, 0x1234), two(*host, 0x5678) {
    one.other = &two;
    two.other = &one;
    one.offers = true;
    one.session->create_offer();
  }
  Task<> open() {
    co_await one.opened.wait();
    co_await two.opened.wait();
  }
  std::unique_ptr<io::PeerHost> host;
  Side one, two;
};

Task<Message> next(Side& side) {
  while (side.received.empty()) {
    side.arrived.reset();
    co_await side.arrived.wait();
  }
  Message message = std::move(side.received.front());
  side.received.pop_front();
  co_return message;
}

Task<> messages_of_all_sizes_go_both_ways() {
  Pair pair;
  EXPECT_EQ(pair.one.session->send({}).error().code, ErrorCode::not_connected);
  co_await pair.open();
  EXPECT_NE(pair.one.described.find("a=flnet-session:0000000000001234\r\n"), std::string::npos);
  EXPECT_NE(pair.two.described.find("a=flnet-session:0000000000001234\r\n"), std::string::npos);
  for (const std::size_t size : {1, 1000, 65536, 262144}) {
    for (const Message& message :
         {Message::from_binary(Bytes(size, 0xa5)), Message::from_text(std::string(size, 'y'))}) {
      EXPECT_TRUE(pair.one.session->send(message.view()));
      EXPECT_EQ(co_await next(pair.two), message);
      EXPECT_TRUE(pair.two.session->send(message.view()));
      EXPECT_EQ(co_await next(pair.one), message);
    }
  }
  const Message large = Message::from_binary(Bytes(262145));
  EXPECT_EQ(pair.one.session->send(large.view()).error().code, ErrorCode::too_large);
  const Message torn = Message::from_text("\xff");
  EXPECT_EQ(pair.one.session->send(torn.view()).error().code, ErrorCode::invalid_argument);
  (void)pair.one.session->state();
  co_await sleep(200ms);
  const ConnectionStateMap state = pair.one.session->state();
  EXPECT_EQ(state.signaling, SignalingState::Stable);
  EXPECT_EQ(state.data_connection, DataChannelState::Open);
  EXPECT_NE(state.type_local, ConnType::Unknown);
  EXPECT_EQ(state.tx_bytes, 2U * (1 + 1000 + 65536 + 262144));
}

Task<> a_full_buffer_says_so_and_then_that_it_has_room() {
  Pair pair;
  co_await pair.open();
  pair.two.keeps = false;
  const Message piece = Message::from_binary(Bytes(64 * 1024, 1));
  std::size_t sent = 0;
  for (int round = 0; round < 3; ++round) {
    pair.one.writable.reset();
    while (auto accepted = pair.one.session->send(piece.view())) sent += piece.bytes.size();
    co_await pair.one.writable.wait();
  }
  while (pair.two.received_bytes < sent) {
    pair.two.arrived.reset();
    co_await pair.two.arrived.wait();
  }
  EXPECT_EQ(pair.two.received_bytes, sent);
}

Task<> held_bytes_stop_what_comes_until_they_are_taken() {
  Pair pair;
  co_await pair.open();
  pair.two.session->set_held_bytes(2 * 1024 * 1024);
  for (int count = 0; count < 10; ++count)
    EXPECT_TRUE(pair.one.session->send(Message::from_text("held").view()));
  co_await sleep(200ms);
  EXPECT_EQ(pair.two.received_bytes, 0U);
  pair.two.session->set_held_bytes(0);
  for (int count = 0; count < 10; ++count) EXPECT_EQ((co_await next(pair.two)).text(), "held");
}

Task<> shutdown_delivers_what_was_sent() {
  Pair pair;
  co_await pair.open();
  constexpr std::size_t most = 160, size = 16 * 1024;
  const Message piece = Message::from_binary(Bytes(size, 7));
  std::size_t count = 0;
  while (count < most && pair.one.session->send(piece.view())) ++count;
  EXPECT_GE(count, 4U) << "browsers differ in what they buffer";
  pair.one.session->shutdown();
  EXPECT_EQ(pair.one.session->send(piece.view()).error().code, ErrorCode::closed);
  co_await pair.one.closed.wait();
  co_await pair.two.closed.wait();
  EXPECT_EQ(pair.two.received_bytes, count * size);
  EXPECT_EQ(pair.one.error.code, ErrorCode::closed) << pair.one.error.detail;
}

Task<> an_offer_that_is_none_ends_the_session() {
  Pair pair;
  Side other(*pair.host, 1);
  other.session->accept_offer("v=0\r\nthis is no offer\r\n");
  co_await other.closed.wait();
  EXPECT_EQ(other.error.code, ErrorCode::invalid_message) << other.error.detail;
}

Task<> a_session_may_be_destroyed_at_any_time() {
  for (int turn = 0; turn < 10; ++turn) {
    Pair pair;
    co_await sleep(turn * 5ms);
  }
  co_await sleep(50ms);
}

}  // namespace
}  // namespace flnet::testing

#define FLNET_CASE(name)        \
  flnet::testing::Case {        \
    #name, flnet::testing::name \
  }

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: io_cases SIGNAL-URL\n");
    return 2;
  }
  flnet::testing::server_url() = argv[1];
  return flnet::run(flnet::testing::run_cases(
      {FLNET_CASE(keys_are_those_of_rfc_8032), FLNET_CASE(a_generated_identity_signs),
       FLNET_CASE(waiting_for_a_key_can_be_given_up), FLNET_CASE(values_are_kept_replaced_and_removed),
       FLNET_CASE(an_identity_is_made_once_and_loaded_then),
       FLNET_CASE(rust_s_yaml_is_read_and_its_toml_is_not), FLNET_CASE(timers_fire_in_order_and_never_early),
       FLNET_CASE(calls_that_make_each_other_ready_let_timers_through), FLNET_CASE(a_posted_call_comes_soon),
       FLNET_CASE(a_socket_hears_the_server_and_closes), FLNET_CASE(a_socket_says_why_it_can_t_open),
       FLNET_CASE(messages_of_all_sizes_go_both_ways),
       FLNET_CASE(a_full_buffer_says_so_and_then_that_it_has_room),
       FLNET_CASE(held_bytes_stop_what_comes_until_they_are_taken),
       FLNET_CASE(shutdown_delivers_what_was_sent), FLNET_CASE(an_offer_that_is_none_ends_the_session),
       FLNET_CASE(a_session_may_be_destroyed_at_any_time)}));
}
