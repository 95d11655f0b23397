// SPDX-License-Identifier: MIT OR Apache-2.0
// ICE restarts of PeerConnections on loopback, while messages flow. On every platform that restarts ICE.
#include "live/net/restart_pair.hpp"

#include <string>

namespace flnet::testing {
namespace {

/// One side sends numbers until that is enough, then an empty message; the other one counts.
struct Talk {
  PeerConnection& from;
  PeerConnection& to;
  bool enough = false;
  int sent = 0, heard = 0;
};
Task<> speak(Talk& talk) {
  while (!talk.enough) {
    const Message message = Message::from_text(std::to_string(talk.sent));
    const auto sent = co_await talk.from.send(message);
    EXPECT_TRUE(sent.has_value()) << to_string(sent.error());
    if (!sent) co_return;
    ++talk.sent;
    co_await sleep(2ms);
  }
  const Message end = Message::from_text("");
  EXPECT_TRUE((co_await talk.from.send(end)).has_value());
}
Task<> listen(Talk& talk) {
  while (auto message = co_await hear(talk.to)) {
    if (message->bytes.empty()) break;
    EXPECT_EQ(*message, Message::from_text(std::to_string(talk.heard++)));
  }
  EXPECT_EQ(talk.heard, talk.sent);
}
Task<> hear_more(Talk& talk) {
  const int wanted = talk.heard + 50;
  const Time give_up = now() + patience;
  while (talk.heard < wanted && now() < give_up) co_await sleep(5ms);
  EXPECT_GE(talk.heard, wanted);
}

/// Both sides talk during `restarts` and some time longer: everything comes, in order.
Task<> while_talking(RestartPair& pair, Task<> restarts) {
  Talk from_a{pair.a, pair.b}, from_b{pair.b, pair.a};
  JobSet jobs;
  jobs.add(speak(from_a));
  jobs.add(speak(from_b));
  jobs.add(listen(from_a));
  jobs.add(listen(from_b));
  co_await std::move(restarts);
  co_await hear_more(from_a);
  co_await hear_more(from_b);
  from_a.enough = from_b.enough = true;
  co_await jobs.empty();
}

Task<> restart_and_see(PeerConnection& side, Mail& from_it, Mail& from_peer) {
  const std::string ours = from_it.ufrag(), theirs = from_peer.ufrag();
  if (!co_await begin_restart(side)) co_return;
  co_await new_ufrag(from_it, ours);
  co_await new_ufrag(from_peer, theirs);
  EXPECT_TRUE(std::holds_alternative<PeerMessage::Offer>(from_it.last()));
  EXPECT_TRUE(std::holds_alternative<PeerMessage::Answer>(from_peer.last()));
}
Task<> each_in_turn(RestartPair& pair) {
  for (int turn = 0; turn < 2; ++turn) {
    co_await restart_and_see(pair.b, pair.from_b, pair.from_a);
    co_await restart_and_see(pair.a, pair.from_a, pair.from_b);
  }
}
Task<> restarts_in_turn() {
  RestartPair pair;
  if (!co_await pair.connect()) co_return;
  if (!restarts_ice()) co_return;
  co_await while_talking(pair, each_in_turn(pair));
  EXPECT_EQ(pair.from_a.refused + pair.from_b.refused, 0);
  EXPECT_EQ(pair.a.state().signaling, SignalingState::Stable);
}
TEST(PeerConnectionRestartLive, messages_flow_while_each_side_restarts) {
  run_test(restarts_in_turn());
}

Task<> both_at_once(RestartPair& pair) {
  const std::string ours = pair.from_a.ufrag(), theirs = pair.from_b.ufrag();
  EXPECT_TRUE(pair.b.restart());
  EXPECT_TRUE(pair.a.restart());
  co_await new_ufrag(pair.from_a, ours);
  co_await new_ufrag(pair.from_b, theirs);
  co_await restart_and_see(pair.a, pair.from_a, pair.from_b);
  co_await restart_and_see(pair.b, pair.from_b, pair.from_a);
}
Task<> restarts_that_meet() {
  RestartPair pair;
  if (!co_await pair.connect()) co_return;
  if (!restarts_ice()) co_return;
  co_await while_talking(pair, both_at_once(pair));
}
TEST(PeerConnectionRestartLive, messages_flow_while_two_restarts_meet) {
  run_test(restarts_that_meet());
}

Task<> out_of_turn() {
  RestartPair pair;
  EXPECT_EQ(pair.a.restart().error().code, ErrorCode::not_connected);
  if (!co_await pair.connect()) co_return;
  const PeerMessage::Any offer = pair.from_a.last(), answer = pair.from_b.last();
  EXPECT_EQ(pair.b.setup(offer).error().code, ErrorCode::invalid_argument) << "it restarts nothing";
  EXPECT_EQ(pair.a.setup(answer).error().code, ErrorCode::invalid_argument) << "it is an answer to nothing";
  EXPECT_EQ(pair.a.setup(offer).error().code, ErrorCode::invalid_argument) << "it is its own";
  if (!restarts_ice()) {
    EXPECT_EQ(pair.a.restart().error().code, ErrorCode::unsupported);
    std::string other = with_value(*sdp_in(offer), "a=ice-ufrag:", "abcdefgh");
    other = with_value(std::move(other), "a=ice-pwd:", "abcdefghijklmnopqrstuvwx");
    const PeerMessage::Any restarting = PeerMessage::Offer{std::move(other)};
    EXPECT_EQ(pair.b.setup(restarting).error().code, ErrorCode::unsupported);
  }
  EXPECT_TRUE((co_await pair.b.send(Message::from_text("still there"))).has_value());
  EXPECT_EQ(co_await hear(pair.a), Message::from_text("still there"));
  [[maybe_unused]] const auto closed = co_await pair.a.close();
  EXPECT_EQ(pair.a.restart().error().code, ErrorCode::closed);
}
TEST(PeerConnectionRestartLive, refuses_what_is_out_of_turn_and_goes_on) {
  run_test(out_of_turn());
}

/// Of an offer with `sdp`; `system` when it is taken.
ErrorCode code_of_offer(PeerConnection& to, const std::string& sdp) {
  const auto taken = to.setup(PeerMessage::Offer{sdp});
  return taken ? ErrorCode::system : taken.error().code;
}
Task<> spoilt_offers() {
  RestartPair pair;
  if (!co_await pair.connect()) co_return;
  if (!restarts_ice()) co_return;
  const std::string old = *sdp_in(pair.from_a.last());
  pair.signalling.reset();  // From here on the test carries.
  EXPECT_TRUE(pair.a.restart());
  EXPECT_EQ(pair.a.restart().error().code, ErrorCode::invalid_argument) << "one is under way";
  const std::string offer = co_await next_description(pair.a);
  const std::string print = "a=fingerprint:sha-256 ";
  std::string forged = value_of(offer, print);
  std::ranges::reverse(forged);
  EXPECT_EQ(code_of_offer(pair.b, with_value(offer, print, forged)), ErrorCode::untrusted);
  EXPECT_EQ(code_of_offer(pair.b, with_value(offer, "a=ice-pwd:", value_of(old, "a=ice-pwd:"))),
            ErrorCode::invalid_message);
  EXPECT_EQ(code_of_offer(pair.b, "rubbish"), ErrorCode::invalid_message);
  EXPECT_EQ(code_of_offer(pair.b, old), ErrorCode::invalid_argument);

  EXPECT_EQ(code_of_offer(pair.b, offer), ErrorCode::system) << "the right one is taken after all";
  const std::string answer = co_await next_description(pair.b);
  std::string print_of_b = value_of(answer, print);
  std::ranges::reverse(print_of_b);
  const PeerMessage::Any wrong = PeerMessage::Answer{with_value(answer, print, print_of_b)};
  EXPECT_TRUE(pair.a.setup(wrong)) << "dropped: the right one may follow";
  const PeerMessage::Any right = PeerMessage::Answer{answer};
  EXPECT_TRUE(pair.a.setup(right));
  pair.signalling.emplace();
  pair.signalling->add(carry_and_keep(pair.a, pair.b, pair.from_a));
  pair.signalling->add(carry_and_keep(pair.b, pair.a, pair.from_b));
  pair.from_a.descriptions.emplace_back(PeerMessage::Offer{offer});
  pair.from_b.descriptions.push_back(right);
  co_await while_talking(pair, restart_and_see(pair.a, pair.from_a, pair.from_b));
}
TEST(PeerConnectionRestartLive, takes_the_right_offer_and_answer_after_wrong_ones) {
  run_test(spoilt_offers());
}

}  // namespace
}  // namespace flnet::testing
