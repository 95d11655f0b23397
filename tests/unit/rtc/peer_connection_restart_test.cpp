// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection's ICE restart: its descriptions, its way from the old path to the new one, and what it
// refuses.
#include "support/peer_world.hpp"
#include "support/plain_dtls.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <utility>

namespace flnet::rtc {
namespace {

using test::PeerEnd;
using test::PeerWorld;
using test::PlainDtlsContext;

/// Two ends with one channel, connected.
struct RestartTest : ::testing::Test {
  PlainDtlsContext offerer_dtls{1}, answerer_dtls{2};
  PeerWorld world{1, offerer_dtls, answerer_dtls};
  PeerEnd& offerer = *world.offerer;
  PeerEnd& answerer = *world.answerer;
  ChannelId ours = 0, theirs = 0;

  void SetUp() override {
    ours = offerer.open_channel("data");
    world.connect();
    ASSERT_TRUE(world.queue.run_until([&] { return answerer.channels.contains("data"); }, 5s));
    theirs = answerer.channels["data"];
  }

  static SessionDescription described(const Result<std::string>& sdp) {
    auto description = decode_sdp(sdp.value());
    EXPECT_TRUE(description) << *sdp;
    return *description;
  }
  static std::string changed(const Result<std::string>& sdp,
                             const std::function<void(SessionDescription&)>& change) {
    auto description = described(sdp);
    change(description);
    return encode_sdp(description);
  }
  /// A message each way arrives within `limit`.
  bool messages_flow(Duration limit = 2s) {
    const std::size_t at_answerer = answerer.received[theirs].size();
    const std::size_t at_offerer = offerer.received[ours].size();
    EXPECT_TRUE(offerer.send(ours, Message::from_text("there")));
    EXPECT_TRUE(answerer.send(theirs, Message::from_text("and back")));
    return world.queue.run_until(
        [&] {
          return answerer.received[theirs].size() == at_answerer + 1 &&
                 offerer.received[ours].size() == at_offerer + 1;
        },
        limit);
  }
  static std::uint64_t done(const PeerEnd& end) { return end.connection().stats().restarts; }
  static std::uint64_t given_up(const PeerEnd& end) { return end.connection().stats().restarts_given_up; }
  static bool is_restarting(const PeerEnd& end) { return end.connection().stats().is_restarting; }
  bool run_until_restarted(Duration limit = 5s) {
    return world.queue.run_until([&] { return done(offerer) == 1 && done(answerer) == 1; }, limit);
  }
  /// It has one ufrag, and no restart is under way.
  void expect_settled(PeerEnd& end, const std::string& ufrag) {
    EXPECT_EQ(end.ufrags, std::set<std::string>{ufrag});
    EXPECT_EQ(end.connection().local_ufrag(), ufrag);
    EXPECT_FALSE(is_restarting(end));
    EXPECT_TRUE(end.connection().is_connected());
  }
};

using RestartDescriptions = RestartTest;
using RestartPath = RestartTest;
using RestartHostile = RestartTest;

TEST_F(RestartDescriptions, the_offer_has_new_credentials_and_keeps_the_rest) {
  PeerWorld fresh(1, offerer_dtls, answerer_dtls);
  const auto first = described(fresh.offerer->create_offer());
  ASSERT_TRUE(fresh.offerer->accept_answer(fresh.answerer->accept_offer(encode_sdp(first)).value()));
  const auto again = described(fresh.offerer->restart());
  EXPECT_NE(again.ice.ufrag, first.ice.ufrag);
  EXPECT_NE(again.ice.password, first.ice.password);
  EXPECT_EQ(again.session_id, first.session_id);
  EXPECT_EQ(again.session_version, first.session_version + 1);
  EXPECT_EQ(again.fingerprints, first.fingerprints);
  EXPECT_EQ(again.flnet_session, first.flnet_session);
  EXPECT_EQ(again.media_id, first.media_id);
  EXPECT_EQ(again.sctp_port, first.sctp_port);
  EXPECT_EQ(again.candidates, first.candidates);
  EXPECT_EQ(again.setup, DtlsSetup::actpass);
}

TEST_F(RestartDescriptions, the_answer_keeps_the_dtls_roles_whoever_restarts) {
  const auto answer = answerer.accept_offer(offerer.restart().value());
  EXPECT_EQ(described(answer).setup, DtlsSetup::active) << "as in the first answer";
  ASSERT_TRUE(offerer.accept_answer(*answer));
  ASSERT_TRUE(run_until_restarted());
  EXPECT_EQ(described(offerer.accept_offer(answerer.restart().value())).setup, DtlsSetup::passive);
}

TEST_F(RestartDescriptions, a_restart_needs_both_descriptions_and_no_other_restart) {
  PeerWorld fresh(2, offerer_dtls, answerer_dtls);
  EXPECT_EQ(fresh.offerer->restart().error().code, ErrorCode::invalid_argument);
  ASSERT_TRUE(fresh.offerer->create_offer());
  EXPECT_EQ(fresh.offerer->restart().error().code, ErrorCode::invalid_argument);
  const auto offer = offerer.restart();
  EXPECT_EQ(offerer.restart().error().code, ErrorCode::invalid_argument) << "the offer waits for its answer";
  ASSERT_TRUE(answerer.accept_offer(*offer));
  EXPECT_EQ(answerer.restart().error().code, ErrorCode::invalid_argument) << "its checks are under way";
  offerer.abort();
  EXPECT_EQ(offerer.restart().error().code, ErrorCode::closed);
}

TEST_F(RestartDescriptions, what_they_would_be_answered_is_known_before) {
  const auto code_of = [](const Result<>& result) {
    return result ? ErrorCode::system : result.error().code;
  };
  PeerWorld fresh(6, offerer_dtls, answerer_dtls);
  const auto first = fresh.offerer->create_offer();
  EXPECT_EQ(code_of(fresh.answerer->connection().can_take_restart(*first)), ErrorCode::invalid_argument);
  EXPECT_FALSE(fresh.answerer->connection().is_described());
  ASSERT_TRUE(fresh.offerer->accept_answer(fresh.answerer->accept_offer(*first).value()));
  EXPECT_TRUE(fresh.answerer->connection().is_described());
  EXPECT_EQ(code_of(fresh.answerer->connection().can_take_restart(*first)), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(fresh.answerer->connection().can_take_restart("nonsense")), ErrorCode::invalid_message);
  EXPECT_EQ(code_of(fresh.offerer->connection().can_take_restart(*first)), ErrorCode::untrusted);

  EXPECT_TRUE(offerer.connection().can_restart());
  const auto its_offer = answerer.restart();
  EXPECT_TRUE(offerer.connection().can_take_restart(*its_offer));
  const auto offer = offerer.restart();
  EXPECT_TRUE(offerer.connection().awaits_restart_answer());
  EXPECT_EQ(code_of(offerer.connection().can_restart()), ErrorCode::invalid_argument);
  EXPECT_EQ(code_of(offerer.connection().can_take_restart(*its_offer)), ErrorCode::refused);
  EXPECT_TRUE(answerer.connection().can_take_restart(*offer));
  const auto answer = answerer.accept_offer(*offer);
  EXPECT_EQ(code_of(answerer.connection().can_take_restart(*offer)), ErrorCode::invalid_argument);
  EXPECT_FALSE(answerer.connection().awaits_restart_answer());
  ASSERT_TRUE(offerer.accept_answer(*answer));
  EXPECT_FALSE(offerer.connection().awaits_restart_answer());
  ASSERT_TRUE(run_until_restarted());
  offerer.abort();
  EXPECT_EQ(code_of(offerer.connection().can_take_restart(*its_offer)), ErrorCode::closed);
}

TEST_F(RestartDescriptions, says_that_addresses_may_follow_when_servers_are_asked_again) {
  offerer.drive([](auto& connection, Time) { connection.resume_gathering(); });
  EXPECT_FALSE(described(offerer.restart()).end_of_candidates);
  EXPECT_TRUE(offerer.drive([](auto& connection, Time) { return connection.finish_gathering(); }));
}

TEST_F(RestartDescriptions, an_offer_with_the_present_credentials_is_answered_with_ours) {
  PeerWorld fresh(3, offerer_dtls, answerer_dtls);
  const auto offer = fresh.offerer->create_offer();
  const auto first = described(fresh.answerer->accept_offer(*offer));
  const auto again = described(fresh.answerer->accept_offer(*offer));
  EXPECT_EQ(again.ice, first.ice);
  EXPECT_EQ(again.setup, first.setup);
  EXPECT_FALSE(is_restarting(*fresh.answerer));
}

TEST_F(RestartDescriptions, an_offer_that_comes_twice_is_one_restart) {
  const auto offer = offerer.restart();
  const auto first = answerer.accept_offer(*offer);
  EXPECT_EQ(described(answerer.accept_offer(*offer)).ice, described(first).ice);
  ASSERT_TRUE(offerer.accept_answer(*first));
  ASSERT_TRUE(run_until_restarted());
  EXPECT_EQ(given_up(answerer), 0U);
}

TEST_F(RestartDescriptions, a_later_offer_replaces_the_restart_it_finds) {
  ASSERT_TRUE(answerer.accept_offer(offerer.restart().value()));  // and the answer gets lost
  ASSERT_TRUE(world.queue.run_until([&] { return !is_restarting(offerer); }, 31s));
  ASSERT_TRUE(is_restarting(answerer) || given_up(answerer) == 1);
  world.restart(offerer);
  ASSERT_TRUE(run_until_restarted());
  EXPECT_EQ(given_up(offerer), 1U);
  EXPECT_EQ(given_up(answerer), 1U);
  EXPECT_TRUE(messages_flow());
}

TEST_F(RestartDescriptions, of_two_restarts_that_meet_that_of_the_first_offerer_goes_on) {
  const auto its_offer = answerer.restart();
  const auto our_offer = offerer.restart();
  EXPECT_EQ(offerer.accept_offer(*its_offer).error().code, ErrorCode::refused);
  const auto answer = answerer.accept_offer(*our_offer);
  ASSERT_TRUE(answer);
  EXPECT_EQ(given_up(answerer), 1U);
  EXPECT_EQ(answerer.accept_answer(*answer).error().code, ErrorCode::invalid_argument) << "nothing waits";
  ASSERT_TRUE(offerer.accept_answer(*answer));
  ASSERT_TRUE(run_until_restarted());
  EXPECT_EQ(given_up(offerer), 0U);
  EXPECT_EQ(offerer.accept_offer(*its_offer).error().code, ErrorCode::refused) << "it is an old one now";
  EXPECT_TRUE(messages_flow());
}

TEST_F(RestartPath, changes_the_credentials_of_both_and_messages_go_on) {
  for (PeerEnd* end : {&answerer, &offerer}) {
    const auto before = done(*end);
    const std::string old_ufrag = end->connection().local_ufrag();
    world.restart(*end, 50ms, 50ms);
    EXPECT_TRUE(messages_flow());
    ASSERT_TRUE(world.queue.run_until([&] { return done(offerer) > before && done(answerer) > before; }, 5s));
    EXPECT_NE(end->connection().local_ufrag(), old_ufrag);
    expect_settled(*end, end->connection().local_ufrag());
    EXPECT_EQ(end->connection().stats().ice.role_conflicts, 0U) << "roles stay as they were";
    EXPECT_TRUE(messages_flow());
  }
}

TEST_F(RestartPath, the_side_that_answers_nominates_when_it_has_been_checked) {
  world.restart(answerer, 10ms, 300ms);
  ASSERT_TRUE(run_until_restarted());
  const auto is_completed = [](const PeerEnd& end) {
    return end.connection().stats().ice_connection == IceConnectionState::Completed;
  };
  EXPECT_FALSE(is_completed(offerer)) << "the peer could not know of it: our answer was under way";
  ASSERT_TRUE(world.queue.run_until([&] { return is_completed(offerer) && is_completed(answerer); }, 2s));
}

TEST_F(RestartPath, consent_is_asked_for_with_the_new_credentials) {
  world.restart(offerer);
  ASSERT_TRUE(run_until_restarted());
  world.queue.run_for(120s);
  EXPECT_TRUE(world.both_connected());
  world.network.set_partitioned(true);
  ASSERT_TRUE(world.queue.run_until([&] { return world.both_over(); }, 60s));
  EXPECT_EQ(offerer.end->code, ErrorCode::timed_out);
}

TEST_F(RestartPath, moves_from_a_dead_address_to_a_new_one) {
  for (PeerEnd* end : {&offerer, &answerer}) {
    const auto before = done(*end);
    const std::uint8_t host = end == &offerer ? 41 : 42;
    world.network.isolate(end->addresses()[0].ip);
    world.queue.run_for(5s);
    end->add_address(PeerWorld::address(host)[0]);
    world.restart(*end, 20ms, 20ms);
    ASSERT_TRUE(world.queue.run_until([&] { return done(offerer) > before && done(answerer) > before; }, 5s));
    EXPECT_EQ(end->connection().path()->local, PeerWorld::address(host)[0]);
    EXPECT_EQ(world.peer_of(*end).connection().stats().path->remote, PeerWorld::address(host)[0]);
    EXPECT_TRUE(messages_flow());
  }
}

TEST_F(RestartPath, what_a_dead_path_swallowed_leaves_at_once_on_the_new_one) {
  world.network.isolate(offerer.addresses()[0].ip);
  ASSERT_TRUE(offerer.send(ours, Message::from_text("swallowed")));
  ASSERT_TRUE(answerer.send(theirs, Message::from_text("so was this")));
  world.queue.run_for(20s);  // the next attempt would be up to ten seconds away
  offerer.add_address(PeerWorld::address(41)[0]);
  world.restart(offerer, 20ms, 20ms);
  ASSERT_TRUE(run_until_restarted());
  EXPECT_TRUE(world.queue.run_until(
      [&] { return answerer.received[theirs].size() == 1 && offerer.received[ours].size() == 1; }, 500ms));
}

TEST_F(RestartPath, so_does_what_was_swallowed_before_the_same_path_worked_again) {
  world.network.set_partitioned(true);
  ASSERT_TRUE(offerer.send(ours, Message::from_text("swallowed")));
  world.queue.run_for(20s);
  world.network.set_partitioned(false);
  world.restart(offerer, 20ms, 20ms);
  ASSERT_TRUE(run_until_restarted());
  EXPECT_TRUE(world.queue.run_until([&] { return answerer.received[theirs].size() == 1; }, 500ms));
}

TEST_F(RestartPath, an_address_found_after_the_offer_is_trickled_to_it) {
  world.network.isolate(offerer.addresses()[0].ip);
  world.restart(offerer);
  world.queue.run_for(1s);
  const auto line = offerer.add_address(PeerWorld::address(41)[0]);
  ASSERT_TRUE(line);
  ASSERT_TRUE(answerer.add_candidate(*line));
  ASSERT_TRUE(run_until_restarted());
  EXPECT_EQ(answerer.connection().path()->remote, PeerWorld::address(41)[0]);
}

TEST_F(RestartPath, without_an_answer_the_old_path_goes_on) {
  const std::string our_ufrag = offerer.connection().local_ufrag();
  const std::string its_ufrag = answerer.connection().local_ufrag();
  for (std::uint64_t round = 1; round <= 3; ++round) {
    ASSERT_TRUE(answerer.accept_offer(offerer.restart().value()));
    EXPECT_EQ(offerer.ufrags.size(), 2U);
    world.queue.run_for(20s);
    EXPECT_TRUE(is_restarting(offerer));
    EXPECT_TRUE(messages_flow());
    world.queue.run_for(15s);
    EXPECT_EQ(given_up(offerer), round);
    EXPECT_EQ(given_up(answerer), round);
    expect_settled(offerer, our_ufrag);
    expect_settled(answerer, its_ufrag);
  }
  EXPECT_TRUE(messages_flow());
}

TEST_F(RestartPath, when_its_checks_fail_the_old_path_goes_on) {
  const std::string our_ufrag = offerer.connection().local_ufrag();
  const auto answer = answerer.accept_offer(offerer.restart().value());
  ASSERT_TRUE(offerer.accept_answer(
      changed(answer, [](auto& description) { description.ice.password = std::string(24, 'x'); })));
  world.queue.run_for(40s);
  EXPECT_EQ(given_up(offerer), 1U);
  EXPECT_EQ(given_up(answerer), 1U) << "it has a path, but nobody who checks it";
  expect_settled(offerer, our_ufrag);
  EXPECT_TRUE(messages_flow());
}

TEST_F(RestartPath, saves_a_connection_that_loses_consent_meanwhile) {
  world.network.set_partitioned(true);
  world.queue.run_for(20s);
  const auto answer = answerer.accept_offer(offerer.restart().value());
  ASSERT_TRUE(world.queue.run_until([&] { return !offerer.connection().path(); }, 14s));
  EXPECT_EQ(offerer.connection().stats().ice_connection, IceConnectionState::Disconnected);
  world.network.set_partitioned(false);
  ASSERT_TRUE(offerer.accept_answer(*answer));
  ASSERT_TRUE(run_until_restarted());
  EXPECT_TRUE(messages_flow());
}

TEST_F(RestartPath, given_up_after_consent_was_lost_it_ends_the_connection) {
  world.network.set_partitioned(true);
  world.queue.run_for(20s);
  world.restart(offerer);
  const auto has_no_path = [](const PeerEnd& end) { return !end.connection().path() && !end.is_over(); };
  ASSERT_TRUE(world.queue.run_until([&] { return has_no_path(offerer) && has_no_path(answerer); }, 14s));
  ASSERT_TRUE(world.queue.run_until([&] { return world.both_over(); }, 20s));
  EXPECT_EQ(offerer.end->code, ErrorCode::timed_out);
  EXPECT_EQ(answerer.end->code, ErrorCode::timed_out);
  EXPECT_FALSE(offerer.connection().deadline());
  EXPECT_FALSE(answerer.connection().deadline());
}

TEST_F(RestartPath, a_connection_that_ends_meanwhile_is_silent) {
  world.restart(offerer);
  offerer.abort();
  world.queue.run_for(1s);
  EXPECT_TRUE(answerer.is_over());
  world.queue.run_for(60s);
  EXPECT_TRUE(world.queue.empty());
}

TEST_F(RestartHostile, an_offer_with_another_certificate_is_untrusted) {
  const auto forged = changed(offerer.restart(), [](auto& offer) { offer.fingerprints[0][0] ^= 1; });
  EXPECT_EQ(answerer.accept_offer(forged).error().code, ErrorCode::untrusted);
  const auto added =
      changed(forged, [&](auto& offer) { offer.fingerprints.push_back(offerer_dtls.fingerprint()); });
  EXPECT_EQ(answerer.accept_offer(added).error().code, ErrorCode::untrusted);
  EXPECT_FALSE(is_restarting(answerer));
  EXPECT_TRUE(messages_flow());
}

TEST_F(RestartHostile, an_answer_that_does_not_fit_changes_nothing) {
  const auto answer = answerer.accept_offer(offerer.restart().value());
  const auto code_of = [&](const std::function<void(SessionDescription&)>& change) {
    return offerer.accept_answer(changed(answer, change)).error().code;
  };
  EXPECT_EQ(code_of([](auto& d) { d.fingerprints[0][0] ^= 1; }), ErrorCode::untrusted);
  EXPECT_EQ(code_of([](auto& d) { d.flnet_session = 99; }), ErrorCode::refused);
  EXPECT_EQ(code_of([](auto& d) { d.setup = DtlsSetup::actpass; }), ErrorCode::invalid_message);
  ASSERT_TRUE(offerer.accept_answer(*answer));
  EXPECT_TRUE(run_until_restarted());
}

TEST_F(RestartDescriptions, an_answer_need_not_repeat_the_dtls_roles) {
  const auto answer = offerer.accept_offer(answerer.restart().value());
  ASSERT_EQ(described(answer).setup, DtlsSetup::passive);
  ASSERT_TRUE(answerer.accept_answer(changed(answer, [](auto& d) { d.setup = DtlsSetup::active; })))
      << "Firefox does so";
  ASSERT_TRUE(run_until_restarted());
  EXPECT_TRUE(messages_flow());
}

TEST_F(RestartHostile, an_answer_with_the_old_credentials_is_none_to_a_restart) {
  PeerWorld fresh(4, offerer_dtls, answerer_dtls);
  const auto first = fresh.answerer->accept_offer(fresh.offerer->create_offer().value());
  ASSERT_TRUE(fresh.offerer->accept_answer(*first));
  const auto offer = fresh.offerer->restart();
  EXPECT_EQ(fresh.offerer->accept_answer(*first).error().code, ErrorCode::invalid_message);
  ASSERT_TRUE(fresh.offerer->accept_answer(fresh.answerer->accept_offer(*offer).value()));
}

TEST_F(RestartHostile, an_answer_to_no_restart_is_refused) {
  const auto answer = answerer.accept_offer(offerer.restart().value());
  ASSERT_TRUE(offerer.accept_answer(*answer));
  EXPECT_EQ(offerer.accept_answer(*answer).error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(answerer.accept_answer(*answer).error().code, ErrorCode::invalid_argument);
}

TEST_F(RestartHostile, offers_of_another_session_or_association_are_refused) {
  const auto offer = offerer.restart();
  const auto code_of = [&](const std::function<void(SessionDescription&)>& change) {
    return answerer.accept_offer(changed(offer, change)).error().code;
  };
  EXPECT_EQ(code_of([](auto& d) { d.flnet_session = 99; }), ErrorCode::refused);
  EXPECT_EQ(code_of([](auto& d) { d.session_version = 1; }), ErrorCode::refused) << "older than the first";
  EXPECT_EQ(code_of([](auto& d) { d.sctp_port = 5001; }), ErrorCode::unsupported);
  EXPECT_EQ(code_of([](auto& d) { d.media_id = "other"; }), ErrorCode::unsupported);
  EXPECT_EQ(code_of([](auto& d) { d.setup = DtlsSetup::active; }), ErrorCode::unsupported);
  EXPECT_FALSE(answerer.accept_offer("nonsense"));
  EXPECT_FALSE(is_restarting(answerer));
  ASSERT_TRUE(answerer.accept_offer(*offer)) << "the one that fits is taken after all";
}

TEST_F(RestartHostile, half_of_new_credentials_is_no_restart) {
  PeerWorld fresh(5, offerer_dtls, answerer_dtls);
  const auto offer = fresh.offerer->create_offer();
  ASSERT_TRUE(fresh.answerer->accept_offer(*offer));
  const auto code_of = [&](const std::function<void(SessionDescription&)>& change) {
    return fresh.answerer->accept_offer(changed(offer, change)).error().code;
  };
  EXPECT_EQ(code_of([](auto& d) { d.ice.ufrag += "x"; }), ErrorCode::invalid_message);
  EXPECT_EQ(code_of([](auto& d) { d.ice.password += "x"; }), ErrorCode::invalid_message);
}

TEST_F(RestartHostile, candidates_go_to_the_description_they_name) {
  const std::string line = "candidate:1 1 udp 2130706431 192.0.2.9 5009 typ host ufrag ";
  const std::string old_ufrag = offerer.connection().local_ufrag();
  const auto offer = offerer.restart();
  const std::string new_ufrag = described(offer).ice.ufrag;
  EXPECT_EQ(answerer.add_candidate(line + new_ufrag).error().code, ErrorCode::refused) << "not known yet";
  const auto answer = answerer.accept_offer(*offer);
  EXPECT_TRUE(answerer.add_candidate(line + new_ufrag));
  EXPECT_TRUE(answerer.add_candidate(line + old_ufrag));
  EXPECT_TRUE(answerer.add_candidate(""));
  EXPECT_EQ(answerer.add_candidate(line + "neither").error().code, ErrorCode::refused);
  ASSERT_TRUE(offerer.accept_answer(*answer));
  ASSERT_TRUE(run_until_restarted());
  EXPECT_EQ(answerer.add_candidate(line + old_ufrag).error().code, ErrorCode::refused) << "its time is over";
  EXPECT_TRUE(answerer.add_candidate(line + new_ufrag));
}

}  // namespace
}  // namespace flnet::rtc
