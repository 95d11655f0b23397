// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection on loopback: two in one process, with the set-up carried by hand. On every platform.
#include "live/net/live_connections.hpp"

#include "support/pending.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace flnet::testing {
namespace {

/// The state once its addresses are there: a browser answers with what it knew a moment ago.
Task<ConnectionStateMap> known_path(const PeerConnection& connection) {
  const Time give_up = now() + patience;
  while (connection.state().remote_address.empty() && now() < give_up) co_await sleep(50ms);
  co_return connection.state();
}

Task<> both_kinds_both_ways() {
  Pair pair;
  if (!co_await pair.connect()) co_return;
  const std::vector<Message> messages{Message::from_text("hello"), Message::from_text(""),
                                      Message::from_binary({}), Message::from_binary(bytes_of(1000, 1))};
  for (const Message& message : messages) {
    EXPECT_TRUE((co_await pair.a.send(message)).has_value());
    EXPECT_TRUE((co_await pair.b.send(message)).has_value());
  }
  for (const Message& message : messages) {
    EXPECT_EQ(co_await hear(pair.a), message);
    EXPECT_EQ(co_await hear(pair.b), message);
  }
  const Message bad = Message::from_text("\xff\xfe");
  EXPECT_EQ((co_await pair.a.send(bad)).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ((co_await pair.a.send(Message::from_binary(Bytes(largest + 1)))).error().code,
            ErrorCode::too_large);
  EXPECT_FALSE(pair.a.try_recv().has_value());
  EXPECT_EQ(pair.a.state().signaling, SignalingState::Stable);
  EXPECT_GT(pair.a.state().rx_bytes, 1000U);
  EXPECT_FALSE((co_await known_path(pair.a)).remote_address.empty());
}
TEST(PeerConnectionLive, carries_text_and_binary_both_ways) {
  run_test(both_kinds_both_ways());
}

Task<> largest_both_ways() {
  constexpr int count = 60;  // 15 MiB each: more than all windows and queues hold.
  Pair pair;
  if (!co_await pair.connect()) co_return;
  JobSet jobs;
  jobs.add(send_numbered(pair.a, count));
  jobs.add(send_numbered(pair.b, count));
  jobs.add(hear_numbered(pair.a, count));
  jobs.add(hear_numbered(pair.b, count));
  co_await jobs.empty();
}
TEST(PeerConnectionLive, carries_the_largest_messages_both_ways_at_once_in_order) {
  run_test(largest_both_ways());
}

Task<> init_asks_for_the_offer() {
  Pair pair;
  EXPECT_TRUE(pair.b.setup(PeerMessage::Init{}));
  EXPECT_TRUE((co_await pair.a.opened()).has_value());
  EXPECT_TRUE((co_await pair.b.opened()).has_value());
}
TEST(PeerConnectionLive, offers_when_init_asks_for_it) {
  run_test(init_asks_for_the_offer());
}

Task<> many_over_one_port() {
  const PeerPort port = open_port();
  std::vector<std::unique_ptr<Pair>> pairs;
  for (int i = 0; i < 12; ++i) {
    pairs.push_back(std::make_unique<Pair>(port, open_port()));
    EXPECT_TRUE(pairs.back()->a.connect());
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto opened = co_await pairs[i]->b.opened();
    EXPECT_TRUE(opened.has_value()) << i << ": " << to_string(opened.error());
    EXPECT_TRUE((co_await pairs[i]->b.send(Message::from_text(std::to_string(i)))).has_value());
  }
  for (std::size_t i = 0; i < pairs.size(); ++i)
    EXPECT_EQ(co_await hear(pairs[i]->a), Message::from_text(std::to_string(i)));
}
TEST(PeerConnectionLive, shares_one_port_among_many_connections) {
  run_test(many_over_one_port());
}

Task<> close_delivers() {
  constexpr int count = 12;  // 3 MiB fit the send window.
  Pair pair;
  if (!co_await pair.connect()) co_return;
  co_await send_numbered(pair.a, count);
  test::Pending closing(Loop::current(), pair.a.close());
  co_await hear_numbered(pair.b, count);
  EXPECT_EQ(co_await hear(pair.b), std::nullopt);
  EXPECT_EQ((co_await pair.b.closed()).code, ErrorCode::closed);
  EXPECT_EQ((co_await pair.a.closed()).code, ErrorCode::closed);
  EXPECT_TRUE((co_await pair.a.close()).has_value());
  EXPECT_TRUE((co_await pair.b.close()).has_value());
}
TEST(PeerConnectionLive, delivers_what_it_accepted_before_it_closes) {
  run_test(close_delivers());
}

Task<> destroyed_peer() {
  auto pair = std::make_unique<Pair>();
  if (!co_await pair->connect()) co_return;
  pair->a = PeerConnection(open_port());
  EXPECT_EQ(co_await hear(pair->b), std::nullopt);
  const Error reason = co_await pair->b.closed();
  EXPECT_EQ(reason.code, ErrorCode::closed) << reason.detail;
  pair.reset();
  // The port's last datagrams, and its end.
  co_await sleep(20ms);
}
TEST(PeerConnectionLive, tells_the_other_side_when_it_is_destroyed) {
  run_test(destroyed_peer());
}

/// Everything that may wait does, and one side goes after `time`: neither may crash, nor anybody hang.
Task<> ended_after(Duration time, bool destroyed) {
  auto a = std::make_unique<PeerConnection>(open_port());
  PeerConnection b(open_port());
  auto signalling = std::make_unique<JobSet>();
  signalling->add(carry(b, *a));
  signalling->add(carry(*a, b));
  test::Pending opened(Loop::current(), a->opened());
  test::Pending sent(Loop::current(), a->send(Message::from_binary(bytes_of(largest, 0))));
  test::Pending received(Loop::current(), a->recv());
  EXPECT_TRUE(a->connect());
  co_await sleep(time);
  if (destroyed) {
    signalling.reset();
    a.reset();
  } else {
    [[maybe_unused]] const auto closed = co_await a->close();
  }
  co_await sleep(5ms);
  EXPECT_TRUE(opened.done());
  EXPECT_TRUE(sent.done());
  EXPECT_TRUE(received.done());
  test::Pending closing(Loop::current(), b.close());
  EXPECT_TRUE((co_await within(patience, b.closed())).has_value());
}
Task<> ended_in_every_state(bool destroyed) {
  for (Duration time = 0ms; time < 16ms; time += 1ms) co_await ended_after(time, destroyed);
}
TEST(PeerConnectionLive, may_be_destroyed_in_every_state) {
  run_test(ended_in_every_state(true));
}
TEST(PeerConnectionLive, may_be_closed_in_every_state) {
  run_test(ended_in_every_state(false));
}

/// `text` with some of its characters changed, or cut.
std::string spoilt(std::string text, std::mt19937& random) {
  const auto below = [&random](std::size_t bound) { return random() % std::max<std::size_t>(bound, 1); };
  if (below(4) == 0) text.resize(below(text.size()));
  for (std::size_t i = below(4); i > 0 && !text.empty(); --i)
    text[below(text.size())] = static_cast<char>(below(256));
  return text;
}

std::string* sdp_of(PeerMessage::Any& message) {
  if (auto* offer = std::get_if<PeerMessage::Offer>(&message)) return &offer->sdp;
  if (auto* answer = std::get_if<PeerMessage::Answer>(&message)) return &answer->sdp;
  return nullptr;
}

Task<> hostile_setup() {
  std::mt19937 random(7);
  const PeerPort port = open_port();
  PeerConnection source(port);
  EXPECT_TRUE(source.connect());
  auto offer = co_await source.next_setup();
  for (int i = 0; i < 150; ++i) {
    PeerConnection fresh(port);
    PeerMessage::Any message = *offer;
    std::string& sdp = *sdp_of(message);
    sdp = spoilt(std::move(sdp), random);
    // Whatever comes of it, it can be asked again, and answers with an error or a description.
    if (random() % 2 == 0) message = PeerMessage::Answer{sdp};
    const bool taken = fresh.setup(message).has_value();
    EXPECT_FALSE(fresh.setup(message).has_value() && taken) << "the same message is taken twice";
    EXPECT_EQ(fresh.connect().has_value(), !taken);
    if (i % 50 == 0) co_await sleep(1ms);
  }
}
TEST(PeerConnectionLive, survives_hostile_descriptions) {
  run_test(hostile_setup());
}

Task<> hostile_answers() {
  std::mt19937 random(8);
  const PeerPort port = open_port();
  PeerConnection a(port), b(open_port()), stranger(port);
  EXPECT_TRUE(a.connect());
  auto offer = co_await a.next_setup();
  EXPECT_TRUE(b.setup(*offer).has_value());
  auto answer = co_await b.next_setup();
  EXPECT_TRUE(stranger.connect());
  auto other_offer = co_await stranger.next_setup();
  PeerConnection other(open_port());
  EXPECT_TRUE(other.setup(*other_offer).has_value());
  auto other_answer = co_await other.next_setup();
  if (!other_answer) {
    const auto why = co_await other.opened();
    ADD_FAILURE() << to_string(why.error());
    co_return;
  }

  for (int i = 0; i < 200; ++i) {
    // Only its beginning is spoilt: whoever may change keys may as well be the peer.
    std::string sdp = sdp_of(*answer)->substr(0, 20);
    [[maybe_unused]] const Result<> taken = a.setup(PeerMessage::Answer{spoilt(sdp, random)});
  }
  const auto dropped = a.setup(*other_answer);
  EXPECT_TRUE(dropped.has_value()) << "dropped, not an error: it can be read; " << to_string(dropped.error());
  EXPECT_TRUE(a.setup(*answer).has_value());
  JobSet signalling;  // Browsers tell their candidates apart.
  signalling.add(carry(a, b));
  signalling.add(carry(b, a));
  EXPECT_TRUE((co_await a.opened()).has_value());
  EXPECT_EQ(a.setup(*answer).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(a.setup(*offer).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(b.setup(*offer).error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE((co_await b.opened()).has_value());
  EXPECT_TRUE((co_await b.send(Message::from_text("still there"))).has_value());
  EXPECT_EQ(co_await hear(a), Message::from_text("still there"));
}
TEST(PeerConnectionLive, takes_the_right_answer_after_wrong_ones) {
  run_test(hostile_answers());
}

Task<> port_of_its_own() {
  auto a = PeerConnection::open(on_loopback);
  auto b = PeerConnection::open(on_loopback);
  EXPECT_TRUE(a.has_value() && b.has_value());
  JobSet signalling;
  signalling.add(carry(*a, *b));
  signalling.add(carry(*b, *a));
  EXPECT_TRUE(a->connect());
  EXPECT_TRUE((co_await b->opened()).has_value());
}
TEST(PeerConnectionLive, opens_a_port_of_its_own) {
  run_test(port_of_its_own());
}

}  // namespace
}  // namespace flnet::testing
