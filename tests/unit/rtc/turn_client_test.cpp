// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of TurnClient against a strict server in virtual time: logins, lifetimes, permissions, channels,
// refusals.
#include "rtc/turn_client.hpp"

#include "support/turn_world.hpp"

#include <gtest/gtest.h>

#include <string>

namespace flnet::rtc {
namespace {

using test::TurnServerConfig;
using test::TurnWorld;

/// Looks like DTLS, so that it is worth a channel.
std::string data(int number) {
  return '\x17' + std::to_string(number);
}

TEST(TurnClient, gets_an_address_with_its_login) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  EXPECT_EQ(world.allocated, 1);
  EXPECT_EQ(world.client->relayed()->ip, world.server_address.ip);
  EXPECT_EQ(world.client->mapped(), world.outside);
  EXPECT_EQ(world.server->challenges, 1);
  EXPECT_EQ(world.sent.size(), 2U);
  EXPECT_FALSE(world.client->is_allocating());
}

TEST(TurnClient, logs_in_with_sha256_and_a_hidden_name_where_the_server_asks_for_it) {
  for (const bool hides_user : {false, true}) {
    TurnWorld world(1, TurnServerConfig{.sha256 = true, .hides_user = hides_user});
    EXPECT_TRUE(world.allocate()) << hides_user;
    EXPECT_FALSE(decode_turn(world.sent.back())->has_integrity);
    EXPECT_TRUE(decode_turn(world.sent.back())->has_integrity_sha256);
    EXPECT_NE(decode_turn(world.sent.back())->username.has_value(), hides_user);
  }
}

TEST(TurnClient, says_that_its_login_is_refused_and_does_not_insist) {
  TurnWorld world(1, {}, "wrong");
  EXPECT_FALSE(world.allocate());
  ASSERT_TRUE(world.ended);
  EXPECT_EQ(world.ended->code, ErrorCode::refused);
  EXPECT_NE(world.ended->detail.find("refuses the login"), std::string::npos) << world.ended->detail;
  EXPECT_EQ(world.sent.size(), 2U);
  world.start();
  EXPECT_EQ(world.sent.size(), 2U) << "the server is left alone for a while";
  world.queue.run_for(31s);
  world.start();
  world.queue.run_for(1s);
  EXPECT_GT(world.sent.size(), 2U);
}

TEST(TurnClient, does_not_log_in_where_somebody_hides_the_better_algorithms) {
  TurnWorld world(1, TurnServerConfig{.hides_algorithms = true});
  EXPECT_FALSE(world.allocate());
  EXPECT_EQ(world.ended->code, ErrorCode::untrusted);
  EXPECT_EQ(world.sent.size(), 1U);
}

TEST(TurnClient, gives_up_a_silent_server_after_39_and_a_half_seconds) {
  TurnWorld world;
  world.network.isolate(world.server_address.ip);
  world.start();
  world.queue.run_for(39'499ms);
  EXPECT_FALSE(world.ended);
  EXPECT_EQ(world.sent.size(), 7U);
  world.queue.run_for(1ms);
  ASSERT_TRUE(world.ended);
  EXPECT_EQ(world.ended->code, ErrorCode::timed_out);
}

TEST(TurnClient, holds_the_first_datagrams_until_the_server_lets_them_pass) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  for (int i = 0; i < 6; ++i) world.send(data(i));
  world.queue.run_for(1s);
  ASSERT_EQ(world.peer_heard.size(), 4U) << "max_waiting";
  EXPECT_EQ(world.peer_heard[0], std::pair(*world.client->relayed(), data(0)));
  EXPECT_EQ(world.client->counters().dropped_send, 2U);
  EXPECT_EQ(world.server->granted[TurnMethod::create_permission], 1);
}

TEST(TurnClient, carries_data_both_ways_and_binds_a_channel_for_it) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  world.send(data(1));
  world.queue.run_for(1s);
  EXPECT_EQ(world.server->granted[TurnMethod::channel_bind], 1);
  EXPECT_EQ(world.server->indications_received, 1);
  world.send(data(2));
  world.peer_says("hello");
  world.queue.run_for(1s);
  EXPECT_EQ(world.server->channel_data_received, 1);
  EXPECT_EQ(world.server->channel_data_sent, 1);
  EXPECT_EQ(world.peer_heard.back().second, data(2));
  ASSERT_EQ(world.heard.size(), 1U);
  EXPECT_EQ(world.heard[0], std::pair(world.peer, std::string("hello")));
}

TEST(TurnClient, sends_checks_in_indications_and_wastes_no_channel_on_them) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  const std::string check(20, '\0');
  world.send(check);
  world.queue.run_for(1s);
  world.send(check);
  world.peer_says("answer");
  world.queue.run_for(1s);
  EXPECT_EQ(world.peer_heard.size(), 2U);
  EXPECT_EQ(world.heard.size(), 1U);
  EXPECT_EQ(world.server->granted[TurnMethod::channel_bind], 0);
}

TEST(TurnClient, keeps_what_is_used_for_hours) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  for (int second = 0; second < 3 * 3600; second += 10) {
    world.send(data(second));
    world.peer_says("pong");
    world.queue.run_for(10s);
  }
  EXPECT_EQ(world.peer_heard.size(), 1080U);
  EXPECT_EQ(world.heard.size(), 1080U);
  EXPECT_FALSE(world.ended);
  EXPECT_NEAR(world.server->granted[TurnMethod::create_permission], 45, 2);
  EXPECT_NEAR(world.server->granted[TurnMethod::channel_bind], 20, 2);
  EXPECT_NEAR(world.server->granted[TurnMethod::refresh], 20, 2);
}

TEST(TurnClient, lets_go_of_peers_that_it_does_not_use) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  world.send(data(1));
  world.queue.run_for(1h);
  EXPECT_LE(world.server->granted[TurnMethod::create_permission], 2);
  EXPECT_LE(world.server->granted[TurnMethod::channel_bind], 1);
  world.send(data(2));
  world.queue.run_for(1s);
  EXPECT_EQ(world.peer_heard.size(), 2U) << "and takes them up again";
}

TEST(TurnClient, gives_the_address_back_when_nobody_wants_it) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  world.client->set_wanted(false);
  world.queue.run_for(9min + 1s);
  EXPECT_EQ(world.server->allocation_count(), 0U);
  EXPECT_FALSE(world.client->relayed());
  EXPECT_FALSE(world.ended) << "that is no failure";
  EXPECT_TRUE(world.allocate());
}

TEST(TurnClient, gives_the_address_back_when_it_is_closed) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  world.drive([&](Time now) { world.client->close(now); });
  world.queue.run_for(1s);
  EXPECT_EQ(world.server->allocation_count(), 0U);
  EXPECT_FALSE(world.client->deadline());
}

TEST(TurnClient, goes_on_with_a_new_nonce_when_its_nonce_is_stale) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  world.server->new_nonce();
  world.send(data(1));
  world.queue.run_for(1s);
  EXPECT_EQ(world.server->stale, 1) << "all later requests have the new one";
  EXPECT_EQ(world.peer_heard.size(), 1U);
}

TEST(TurnClient, notices_at_the_next_session_that_the_server_has_forgotten_it) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  world.server->restart();
  world.start();
  world.queue.run_for(1s);
  EXPECT_TRUE(world.client->relayed()) << "it was heard of a moment ago";
  world.queue.run_for(30s);
  world.start();
  world.queue.run_for(1s);
  ASSERT_TRUE(world.ended);
  EXPECT_FALSE(world.client->relayed());
  EXPECT_NE(world.ended->detail.find("437"), std::string::npos);
}

TEST(TurnClient, ends_its_own_earlier_allocation_that_is_in_its_way) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  TurnClientConfig config = world.client->config();
  SeededRandom random(99);
  world.client.emplace(config, random,
                       static_cast<TurnClientSink&>(world));  // a new process on the same port
  EXPECT_TRUE(world.allocate());
  EXPECT_EQ(world.server->allocation_count(), 1U);
  EXPECT_FALSE(world.ended);
}

TEST(TurnClient, says_why_the_server_refuses) {
  for (const auto& [code, words] : {std::pair{486, "has given this user all"},
                                    {508, "has no room"},
                                    {599, "refuses"},
                                    {442, "does not relay UDP"},
                                    {300, "another server"}}) {
    TurnWorld world;
    world.server->refuse_next(TurnMethod::allocate, static_cast<std::uint16_t>(code));
    EXPECT_FALSE(world.allocate());
    ASSERT_TRUE(world.ended);
    EXPECT_NE(world.ended->detail.find(words), std::string::npos) << world.ended->detail;
    EXPECT_NE(world.ended->detail.find(std::to_string(code)), std::string::npos);
  }
}

TEST(TurnClient, leaves_a_peer_alone_that_the_server_forbids) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  world.server->refuse_next(TurnMethod::create_permission, 403);
  for (int i = 0; i < 10; ++i) {
    world.send(data(i));
    world.queue.run_for(1s);
  }
  EXPECT_TRUE(world.peer_heard.empty());
  EXPECT_EQ(world.client->counters().dropped_send, 9U);
  EXPECT_TRUE(world.client->relayed());
  world.queue.run_for(5min);
  world.send(data(11));
  world.queue.run_for(1s);
  EXPECT_EQ(world.peer_heard.size(), 1U) << "the administrator may have changed their mind";
}

TEST(TurnClient, does_without_a_channel_that_the_server_refuses) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  world.server->refuse_next(TurnMethod::channel_bind, 400);
  for (int i = 0; i < 5; ++i) {
    world.send(data(i));
    world.queue.run_for(1s);
  }
  EXPECT_EQ(world.peer_heard.size(), 5U);
  EXPECT_EQ(world.server->indications_received, 5);
}

TEST(TurnClient, believes_nothing_that_is_not_signed_with_its_password) {
  TurnWorld world;
  world.start();
  world.queue.run_for(25ms);  // the challenge is there, the answer to the second request is not
  const auto request = decode_turn(world.sent.back()).value();
  ASSERT_TRUE(request.has_integrity);
  TurnMessage lie;
  lie.message_class = StunClass::success;
  lie.method = TurnMethod::allocate;
  lie.transaction = request.transaction;
  lie.relayed = lie.mapped = TurnWorld::address("198.51.100.66:666");
  lie.lifetime_seconds = 600;
  world.drive([&](Time now) { world.client->receive(encode_turn(lie), now); });
  world.drive([&](Time now) { world.client->receive(encode_turn(lie, {Bytes(16, 1), false}), now); });
  EXPECT_EQ(world.client->counters().bad_integrity, 2U);
  EXPECT_FALSE(world.client->relayed());
  ASSERT_TRUE(world.queue.run_until([&] { return world.client->relayed().has_value(); }, 5s));
  EXPECT_EQ(world.client->relayed()->ip, world.server_address.ip);
}

TEST(TurnClient, drops_data_of_nobody_it_has_let_in) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  TurnMessage data_indication;
  data_indication.message_class = StunClass::indication;
  data_indication.method = TurnMethod::data;
  data_indication.peer = world.peer;
  data_indication.data = as_bytes("x");
  const auto give = [&](const Bytes& datagram) {
    world.drive([&](Time now) { world.client->receive(datagram, now); });
  };
  give(encode_turn(data_indication));
  give({0x40, 0x00, 0, 1, 'x'});
  EXPECT_EQ(world.client->counters().dropped_unknown, 2U);
  give({0x40, 0x00, 0});
  give({0x40});
  give({});
  data_indication.peer.reset();
  give(encode_turn(data_indication));
  give(encode_stun(StunMessage{}, {}));
  EXPECT_EQ(world.client->counters().dropped_malformed, 5U);
  EXPECT_TRUE(world.heard.empty());
}

TEST(TurnClient, drops_channel_data_that_is_shorter_than_it_says) {
  TurnWorld world;
  ASSERT_TRUE(world.allocate());
  world.send(data(1));
  world.queue.run_for(1s);
  world.drive([&](Time now) { world.client->receive(Bytes{0x40, 0x00, 0, 3, 'x', 'y'}, now); });
  EXPECT_TRUE(world.heard.empty());
  world.drive([&](Time now) { world.client->receive(Bytes{0x40, 0x00, 0, 1, 'x', 0, 0, 0}, now); });
  ASSERT_EQ(world.heard.size(), 1U) << "padding may follow";
  EXPECT_EQ(world.heard[0].second, "x");
}

TEST(TurnClient, has_room_for_so_many_peers_and_the_unused_one_makes_room) {
  TurnWorld world(1, {}, "secret", 2);
  ASSERT_TRUE(world.allocate());
  world.send_to(TurnWorld::address("198.51.100.1:1"), data(1));
  world.send_to(TurnWorld::address("198.51.100.2:1"), data(2));
  world.send_to(world.peer, data(3));
  EXPECT_EQ(world.client->counters().dropped_send, 1U);
  world.queue.run_for(31s);
  world.send_to(world.peer, data(4));
  world.queue.run_for(1s);
  EXPECT_EQ(world.peer_heard.size(), 1U);
}

TEST(TurnClient, relays_to_its_own_address_family_only) {
  TurnWorld world;
  world.send(data(0));
  EXPECT_EQ(world.client->counters().dropped_send, 1U) << "not allocated yet";
  ASSERT_TRUE(world.allocate());
  world.send_to(TurnWorld::address("[2001:db8::1]:1"), data(1));
  EXPECT_EQ(world.client->counters().dropped_send, 2U);
}

}  // namespace
}  // namespace flnet::rtc
