// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection: set-up in every order, messages, limits, and all its ends.
#include "rtc/peer_connection.hpp"

#include "support/peer_world.hpp"
#include "support/plain_dtls.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <utility>

namespace flnet::rtc {
namespace {

using test::PeerEnd;
using test::PeerWorld;
using test::PlainDtlsContext;

constexpr Duration one_way = 10ms;  // NetworkConditions::latency

struct PeerConnectionTest : ::testing::Test {
  PlainDtlsContext offerer_dtls{1}, answerer_dtls{2};
  PeerWorld world{1, offerer_dtls, answerer_dtls};
  PeerEnd& offerer = *world.offerer;
  PeerEnd& answerer = *world.answerer;

  SessionDescription described(const Result<std::string>& sdp) {
    auto description = decode_sdp(sdp.value());
    EXPECT_TRUE(description) << *sdp;
    return *description;
  }
  /// Connects with the offer, or the answer, changed on its way.
  void describe_with(const std::function<void(SessionDescription&)>& change_offer,
                     const std::function<void(SessionDescription&)>& change_answer) {
    auto offer = described(offerer.create_offer());
    if (change_offer) change_offer(offer);
    auto answer = described(answerer.accept_offer(encode_sdp(offer)));
    if (change_answer) change_answer(answer);
    ASSERT_TRUE(offerer.accept_answer(encode_sdp(answer)));
  }
  bool run_until_connected(Duration limit = 5s) {
    return world.queue.run_until([this] { return world.both_connected(); }, limit);
  }
  bool run_until_over(Duration limit) {
    return world.queue.run_until([this] { return world.both_over(); }, limit);
  }
  /// A connected pair with one channel: its ids at both ends.
  std::pair<ChannelId, ChannelId> connect_channel() {
    const auto id = offerer.open_channel("data");
    world.connect();
    EXPECT_TRUE(world.queue.run_until([&] { return answerer.channels.contains("data"); }, 5s));
    return {id, answerer.channels["data"]};
  }
};

using PeerConnectionSetup = PeerConnectionTest;
using PeerConnectionMessages = PeerConnectionTest;
using PeerConnectionEnd = PeerConnectionTest;

TEST_F(PeerConnectionSetup, connects_within_six_round_trips) {
  offerer.open_channel("data");
  const Time start = world.queue.now();
  world.connect();
  ASSERT_TRUE(world.queue.run_until([&] { return offerer.channels.contains("data"); }, 5s));
  EXPECT_LE(world.queue.now() - start, 12 * one_way);  // ICE 1, DTLS 2, SCTP 2, DCEP's answer 1
}

TEST_F(PeerConnectionSetup, a_hello_that_comes_before_the_answer_is_kept) {
  offerer.open_channel("data");
  world.describe(0ms, 300ms);
  world.queue.run_for(300ms);
  const Time answered = world.queue.now();
  ASSERT_TRUE(run_until_connected());
  EXPECT_EQ(offerer.connection().stats().dropped_early, 0U);
  EXPECT_LE(world.queue.now() - answered, 10 * one_way);
}

TEST_F(PeerConnectionSetup, a_hello_that_was_sent_long_before_the_answer_still_counts) {
  world.describe(0ms, 8s);
  world.queue.run_for(8s);
  const Time answered = world.queue.now();
  ASSERT_TRUE(run_until_connected());
  EXPECT_LE(world.queue.now() - answered, 10 * one_way);
}

TEST_F(PeerConnectionSetup, keeps_a_bounded_number_of_early_datagrams) {
  ASSERT_TRUE(offerer.create_offer());
  const DatagramPath path{world.address(1)[0], world.address(2)[0]};
  for (int i = 0; i < 40; ++i) offerer.receive(path, Bytes{22, 0xfe, 0xfd, 1});
  EXPECT_EQ(offerer.connection().stats().dropped_early, 8U);
}

TEST_F(PeerConnectionSetup, the_offer_lets_the_answerer_choose_and_it_is_active) {
  const auto offer = offerer.create_offer();
  EXPECT_EQ(described(offer).setup, DtlsSetup::actpass);
  EXPECT_EQ(described(offer).flnet_session, 1U);
  EXPECT_EQ(described(offer).fingerprints, std::vector<Fingerprint>{offerer_dtls.fingerprint()});
  EXPECT_EQ(described(offer).candidates.size(), 1U);
  const auto answer = answerer.accept_offer(*offer);
  EXPECT_EQ(described(answer).setup, DtlsSetup::active);
  EXPECT_EQ(described(answer).flnet_session, 1U) << "the answer names the attempt it is to";
}

TEST_F(PeerConnectionSetup, an_active_offer_is_answered_passive_and_connects) {
  describe_with([](auto& offer) { offer.setup = DtlsSetup::active; },
                [](auto& answer) { EXPECT_EQ(answer.setup, DtlsSetup::passive); });
  EXPECT_TRUE(run_until_connected());
}

TEST_F(PeerConnectionSetup, a_passive_offer_is_answered_active_and_connects) {
  describe_with([](auto& offer) { offer.setup = DtlsSetup::passive; },
                [](auto& answer) { EXPECT_EQ(answer.setup, DtlsSetup::active); });
  EXPECT_TRUE(run_until_connected());
}

TEST_F(PeerConnectionSetup, the_answer_has_the_media_id_of_the_offer) {
  auto offer = described(offerer.create_offer());
  offer.media_id = "data7";
  EXPECT_EQ(described(answerer.accept_offer(encode_sdp(offer))).media_id, "data7");
}

TEST_F(PeerConnectionSetup, an_answer_that_does_not_fit_changes_nothing) {
  auto offer = offerer.create_offer();
  const auto good = answerer.accept_offer(*offer);
  auto other_attempt = described(good);
  other_attempt.flnet_session = 99;
  EXPECT_EQ(offerer.accept_answer(encode_sdp(other_attempt)).error().code, ErrorCode::refused);
  auto undecided = described(good);
  undecided.setup = DtlsSetup::actpass;
  EXPECT_EQ(offerer.accept_answer(encode_sdp(undecided)).error().code, ErrorCode::invalid_message);
  EXPECT_FALSE(offerer.accept_answer("v=0\r\n"));
  ASSERT_TRUE(offerer.accept_answer(*good));
  EXPECT_TRUE(run_until_connected());
}

TEST_F(PeerConnectionSetup, an_offer_that_does_not_fit_leaves_the_connection_new) {
  EXPECT_FALSE(answerer.accept_offer("nonsense"));
  EXPECT_FALSE(answerer.connection().deadline());
  EXPECT_TRUE(answerer.create_offer());
}

TEST_F(PeerConnectionSetup, refuses_calls_out_of_order) {
  EXPECT_EQ(offerer.accept_answer("").error().code, ErrorCode::invalid_argument);
  const auto offer = offerer.create_offer();
  EXPECT_EQ(offerer.create_offer().error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(offerer.accept_offer(*offer).error().code, ErrorCode::invalid_argument);
  const auto answer = answerer.accept_offer(*offer);
  EXPECT_EQ(answerer.accept_answer(*answer).error().code, ErrorCode::invalid_argument);
  ASSERT_TRUE(offerer.accept_answer(*answer));
  EXPECT_EQ(offerer.accept_answer(*answer).error().code, ErrorCode::invalid_argument);
}

TEST_F(PeerConnectionSetup, connects_by_trickled_candidates_alone) {
  auto without = [](SessionDescription& description) {
    description.candidates.clear();
    description.end_of_candidates = false;
  };
  describe_with(without, without);
  world.queue.run_for(1s);
  EXPECT_FALSE(world.both_connected());
  for (const auto& line : offerer.connection().local_candidate_lines())
    EXPECT_TRUE(answerer.add_candidate(line));
  EXPECT_TRUE(answerer.add_candidate(""));
  EXPECT_TRUE(run_until_connected());
}

TEST_F(PeerConnectionSetup, keeps_candidates_that_come_before_the_description) {
  const auto offer = offerer.create_offer();
  auto answer = described(answerer.accept_offer(*offer));
  answer.candidates.clear();
  for (const auto& line : answerer.connection().local_candidate_lines())
    EXPECT_TRUE(offerer.add_candidate(line));
  // The answerer knows the offerer's address, but nothing of what it sends may arrive: the offerer must
  // start by itself.
  ASSERT_TRUE(offerer.accept_answer(encode_sdp(answer)));
  EXPECT_TRUE(run_until_connected());
}

TEST_F(PeerConnectionSetup, limits_candidates_that_come_before_the_description) {
  const auto line = answerer.connection().local_candidate_lines().at(0);
  for (int i = 0; i < 64; ++i) ASSERT_TRUE(answerer.add_candidate(line));
  EXPECT_EQ(answerer.add_candidate(line).error().code, ErrorCode::queue_full);
}

TEST_F(PeerConnectionSetup, refuses_candidates_of_another_session) {
  ASSERT_TRUE(answerer.accept_offer(offerer.create_offer().value()));
  const std::string line = "candidate:1 1 udp 2130706431 192.0.2.9 5009 typ host ufrag ";
  EXPECT_EQ(answerer.add_candidate(line + "someother").error().code, ErrorCode::refused);
  EXPECT_TRUE(answerer.add_candidate(line + offerer.connection().local_ufrag()));
  EXPECT_EQ(answerer.add_candidate("rubbish").error().code, ErrorCode::invalid_message);
}

TEST_F(PeerConnectionSetup, several_addresses_of_which_one_works) {
  PeerConnectionConfig many;
  for (std::uint8_t host = 10; host < 14; ++host) many.local_addresses.push_back(PeerWorld::address(host)[0]);
  PeerWorld wide(5, offerer_dtls, answerer_dtls, many);
  for (std::uint8_t host = 10; host < 13; ++host) wide.network.isolate(IpAddress::v4({192, 0, 2, host}));
  wide.connect();
  EXPECT_EQ(wide.offerer->connection().path()->local, PeerWorld::address(13)[0]);
}

TEST_F(PeerConnectionMessages, go_both_ways_text_and_binary_empty_and_large) {
  const auto [ours, theirs] = connect_channel();
  const std::vector<Message> messages{Message::from_text("grüezi"), Message::from_binary({0, 255, 7}),
                                      Message::from_text(""), Message::from_binary({}),
                                      Message::from_binary(Bytes(200'000, 42))};
  for (const auto& message : messages) {
    ASSERT_TRUE(offerer.send(ours, message));
    ASSERT_TRUE(answerer.send(theirs, message));
  }
  world.queue.run_for(3s);
  EXPECT_EQ(answerer.received[theirs], messages);
  EXPECT_EQ(offerer.received[ours], messages);
  EXPECT_EQ(offerer.connection().buffered_bytes(), 0U);
}

TEST_F(PeerConnectionMessages, sent_before_the_descriptions_arrive_after_them) {
  const auto id = offerer.open_channel("early");
  ASSERT_TRUE(offerer.send(id, Message::from_text("first")));
  world.connect();
  world.queue.run_for(1s);
  ASSERT_TRUE(answerer.channels.contains("early"));
  EXPECT_EQ(answerer.received[answerer.channels["early"]], std::vector<Message>{Message::from_text("first")});
}

TEST_F(PeerConnectionMessages, channels_of_both_sides_have_their_own_messages) {
  const auto a = offerer.open_channel("a");
  const auto b = answerer.open_channel("b");
  world.connect();
  world.queue.run_for(1s);
  ASSERT_TRUE(offerer.send(a, Message::from_text("to b on a")));
  ASSERT_TRUE(answerer.send(b, Message::from_text("to a on b")));
  world.queue.run_for(1s);
  EXPECT_EQ(answerer.received[answerer.channels["a"]].size(), 1U);
  EXPECT_EQ(offerer.received[offerer.channels["b"]].size(), 1U);
}

TEST_F(PeerConnectionMessages, arrive_on_channels_of_every_mode_until_these_are_closed) {
  const auto [ours, theirs] = connect_channel();
  std::vector<ChannelId> ids;
  for (const bool ordered : {true, false}) {
    for (const auto reliability : {Reliability::max_retransmits, Reliability::max_lifetime}) {
      const std::string label = "mode " + std::to_string(ids.size());
      ids.push_back(offerer.open_channel(DataChannelOptions{label, "", ordered, reliability, 100, 256}));
      ASSERT_TRUE(offerer.send(ids.back(), Message::from_text(label)));
    }
  }
  world.queue.run_for(1s);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const ChannelId id = answerer.channels["mode " + std::to_string(i)];
    EXPECT_EQ(answerer.received[id].size(), 1U);
    EXPECT_EQ(offerer.connection().buffered_bytes(ids[i]), 0U);
    if (i % 2 == 0) {
      offerer.close_channel(ids[i]);
    } else {
      answerer.close_channel(id);
    }
  }
  world.queue.run_for(2s);
  EXPECT_EQ(offerer.closed_channels.size(), ids.size());
  EXPECT_EQ(answerer.closed_channels.size(), ids.size());
  EXPECT_EQ(offerer.send(ids[0], Message::from_text("x")).error().code, ErrorCode::closed);
  ASSERT_TRUE(answerer.send(theirs, Message::from_text("still here")));
  world.queue.run_for(1s);
  EXPECT_EQ(offerer.received[ours].size(), 1U);
}

TEST_F(PeerConnectionMessages, above_the_peers_limit_are_too_large) {
  const auto id = offerer.open_channel("data");
  describe_with({}, [](auto& answer) { answer.max_message_size = 1000; });
  ASSERT_TRUE(run_until_connected());
  EXPECT_EQ(offerer.send(id, Message::from_binary(Bytes(1001))).error().code, ErrorCode::too_large);
  EXPECT_TRUE(offerer.send(id, Message::from_binary(Bytes(1000))));
}

TEST_F(PeerConnectionMessages, a_peer_limit_of_zero_means_our_own_limit) {
  const auto id = offerer.open_channel("data");
  describe_with({}, [](auto& answer) { answer.max_message_size = 0; });
  ASSERT_TRUE(run_until_connected());
  EXPECT_TRUE(offerer.send(id, Message::from_binary(Bytes(256 * 1024))));
  EXPECT_EQ(offerer.send(id, Message::from_binary(Bytes(256 * 1024 + 1))).error().code, ErrorCode::too_large);
}

TEST_F(PeerConnectionMessages, text_must_be_utf8) {
  const auto ours = connect_channel().first;
  EXPECT_EQ(offerer.send(ours, Message::from_text("\xc3\x28")).error().code, ErrorCode::invalid_argument);
}

TEST_F(PeerConnectionMessages, garbage_and_corruption_are_counted_and_harm_nothing) {
  const auto [ours, theirs] = connect_channel();
  SeededRandom random(3);
  const DatagramPath path{world.address(2)[0], world.address(1)[0]};
  for (int i = 0; i < 300; ++i) {
    Bytes garbage(random.below(200));
    random.fill(garbage);
    if (!garbage.empty() && i % 3 != 0) garbage[0] = i % 3 == 1 ? 22 : 0;
    answerer.receive(path, garbage);
  }
  const auto stats = answerer.connection().stats();
  EXPECT_EQ(stats.dropped_malformed + stats.ice.malformed, 300U);
  ASSERT_TRUE(offerer.send(ours, Message::from_text("still here")));
  world.queue.run_for(1s);
  EXPECT_EQ(answerer.received[theirs].size(), 1U);
}

TEST_F(PeerConnectionMessages, survive_a_partition_of_ten_seconds) {
  const auto [ours, theirs] = connect_channel();
  world.network.set_partitioned(true);
  ASSERT_TRUE(offerer.send(ours, Message::from_text("patience")));
  world.queue.run_for(10s);
  EXPECT_TRUE(answerer.received[theirs].empty());
  world.network.set_partitioned(false);
  world.queue.run_for(15s);
  EXPECT_EQ(answerer.received[theirs].size(), 1U);
}

TEST_F(PeerConnectionMessages, an_idle_connection_rarely_wakes) {
  connect_channel();
  world.queue.run_for(10s);
  const auto rings = offerer.rings;
  const auto datagrams = offerer.datagrams_sent + answerer.datagrams_sent;
  world.queue.run_for(100s);
  EXPECT_LE(offerer.rings - rings, 80U);
  EXPECT_LE(offerer.datagrams_sent + answerer.datagrams_sent - datagrams, 150U);
  EXPECT_TRUE(world.both_connected());
}

TEST_F(PeerConnectionMessages, stats_tell_path_and_round_trip) {
  connect_channel();
  const auto stats = offerer.connection().stats();
  ASSERT_TRUE(stats.path);
  EXPECT_EQ(stats.path->remote, world.address(2)[0]);
  ASSERT_TRUE(stats.round_trip);
  EXPECT_EQ(*stats.round_trip, 2 * one_way);
}

TEST_F(PeerConnectionEnd, shutdown_delivers_what_was_accepted_then_closes_both) {
  const auto [ours, theirs] = connect_channel();
  const auto message = Message::from_binary(Bytes(100'000, 9));
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(offerer.send(ours, message));
  offerer.shutdown();
  EXPECT_EQ(offerer.send(ours, message).error().code, ErrorCode::closed);
  ASSERT_TRUE(run_until_over(10s));
  EXPECT_EQ(answerer.received[theirs], std::vector<Message>(20, message));
  EXPECT_EQ(offerer.end->code, ErrorCode::closed);
  EXPECT_EQ(answerer.end->code, ErrorCode::closed);
}

TEST_F(PeerConnectionEnd, both_may_shut_down_at_once) {
  const auto [ours, theirs] = connect_channel();
  ASSERT_TRUE(offerer.send(ours, Message::from_text("bye")));
  ASSERT_TRUE(answerer.send(theirs, Message::from_text("bye")));
  offerer.shutdown();
  answerer.shutdown();
  ASSERT_TRUE(run_until_over(10s));
  EXPECT_EQ(answerer.received[theirs].size(), 1U);
  EXPECT_EQ(offerer.received[ours].size(), 1U);
}

TEST_F(PeerConnectionEnd, shutdown_before_the_set_up_closes_at_once) {
  ASSERT_TRUE(offerer.create_offer());
  offerer.shutdown();
  ASSERT_TRUE(offerer.is_over());
  EXPECT_EQ(offerer.end->code, ErrorCode::closed);
  EXPECT_FALSE(offerer.connection().deadline());
}

TEST_F(PeerConnectionEnd, shutdown_during_the_set_up_delivers_first) {
  const auto id = offerer.open_channel("data");
  ASSERT_TRUE(offerer.send(id, Message::from_text("fire and forget")));
  world.describe(50ms, 50ms);
  offerer.shutdown();
  ASSERT_TRUE(run_until_over(10s));
  EXPECT_EQ(answerer.received[answerer.channels["data"]].size(), 1U);
  EXPECT_EQ(offerer.end->code, ErrorCode::closed);
}

TEST_F(PeerConnectionEnd, abort_ends_the_other_side_in_one_way) {
  const auto ours = connect_channel().first;
  offerer.abort("enough");
  EXPECT_FALSE(offerer.is_over()) << "who aborts is not told";
  EXPECT_FALSE(offerer.connection().deadline());
  EXPECT_EQ(offerer.send(ours, Message::from_text("x")).error().code, ErrorCode::closed);
  world.queue.run_for(one_way);
  EXPECT_TRUE(answerer.is_over());
  EXPECT_FALSE(answerer.connection().is_connected());
  const auto sent = offerer.datagrams_sent;
  world.queue.run_for(60s);
  EXPECT_EQ(offerer.datagrams_sent, sent);
}

TEST_F(PeerConnectionEnd, when_the_answer_never_comes_it_times_out) {
  ASSERT_TRUE(offerer.create_offer());
  world.queue.run_for(29s);
  EXPECT_FALSE(offerer.is_over());
  world.queue.run_for(2s);
  ASSERT_TRUE(offerer.is_over());
  EXPECT_EQ(offerer.end->code, ErrorCode::timed_out);
}

TEST_F(PeerConnectionEnd, without_a_path_the_peer_is_unreachable) {
  world.network.set_partitioned(true);
  world.describe();
  ASSERT_TRUE(run_until_over(31s));
  EXPECT_EQ(offerer.end->code, ErrorCode::unreachable);
  EXPECT_EQ(answerer.end->code, ErrorCode::unreachable);
}

TEST_F(PeerConnectionEnd, a_certificate_of_somebody_else_is_untrusted) {
  describe_with([](auto& offer) { offer.fingerprints[0][0] ^= 1; }, {});
  ASSERT_TRUE(run_until_over(10s));
  EXPECT_EQ(answerer.end->code, ErrorCode::untrusted);
  EXPECT_EQ(offerer.end->code, ErrorCode::refused);
  EXPECT_EQ(offerer.connected_count + answerer.connected_count, 0);
}

TEST_F(PeerConnectionEnd, a_vanished_peer_is_noticed) {
  connect_channel();
  world.network.set_partitioned(true);
  ASSERT_TRUE(run_until_over(60s));
  EXPECT_EQ(offerer.end->code, ErrorCode::timed_out);
  EXPECT_EQ(answerer.end->code, ErrorCode::timed_out);
}

TEST_F(PeerConnectionEnd, a_closed_connection_is_silent) {
  connect_channel();
  offerer.shutdown();
  ASSERT_TRUE(run_until_over(10s));
  const auto sent = offerer.datagrams_sent + answerer.datagrams_sent;
  offerer.shutdown();
  offerer.abort();
  const DatagramPath path{world.address(1)[0], world.address(2)[0]};
  offerer.receive(path, Bytes(20, 22));
  EXPECT_EQ(offerer.add_candidate("").error().code, ErrorCode::closed);
  EXPECT_FALSE(offerer.create_offer());
  world.queue.run_for(60s);
  EXPECT_TRUE(world.queue.empty());
  EXPECT_EQ(offerer.datagrams_sent + answerer.datagrams_sent, sent);
  EXPECT_FALSE(offerer.connection().deadline());
  EXPECT_FALSE(answerer.connection().deadline());
}

}  // namespace
}  // namespace flnet::rtc
