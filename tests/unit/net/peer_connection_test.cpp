// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerConnection over sessions that the test plays: turns of the set-up, flow control, and every way to end.
#include "net/peer_connection_state.hpp"

#include "support/fake_peer_host.hpp"
#include "support/pending.hpp"

#include <flnet/peer_connection.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

using rtc::DtlsSetup;
using test::Pending;

const std::string candidate = "candidate:1 1 udp 2130706431 192.0.2.9 5009 typ host";

class PeerConnectionTest : public ::testing::Test {
 protected:
  PeerConnectionTest() {
    auto made = std::make_unique<test::FakePeerHost>();
    host = made.get();
    port.emplace(std::make_shared<PeerPort::State>(loop, std::make_unique<SeededRandom>(1), std::move(made)));
    connection.emplace(*port);
    session = &host->last();
  }
  ~PeerConnectionTest() override { loop.settle(); }

  void open() {
    EXPECT_TRUE(connection->connect());
    session->sink.session_opened();
    loop.settle();
  }
  static ErrorCode code(const Result<>& result) { return result ? ErrorCode::system : result.error().code; }
  Result<> give(PeerMessage::Any message) { return connection->setup(std::move(message)); }
  /// The next message that is there already.
  std::optional<PeerMessage::Any> told() {
    Pending next(loop, connection->next_setup());
    loop.settle();
    return next.done() ? *next.result : std::nullopt;
  }
  static MessageView text(std::string_view content) { return {MessageKind::text, as_bytes(content)}; }

  VirtualLoop loop;
  test::FakePeerHost* host = nullptr;
  std::optional<PeerPort> port;
  std::optional<PeerConnection> connection;
  test::FakePeerSession* session = nullptr;  ///< Until the connection has ended.

  const PeerMessage::Any offer = PeerMessage::Offer{test::some_sdp(DtlsSetup::actpass)};
  const PeerMessage::Any answer = PeerMessage::Answer{test::some_sdp(DtlsSetup::active)};
};

TEST_F(PeerConnectionTest, offers_once_on_connect_and_takes_the_answer) {
  EXPECT_EQ(connection->state().signaling, SignalingState::Closed);
  EXPECT_TRUE(connection->connect());
  EXPECT_EQ(connection->state().signaling, SignalingState::Setup);
  EXPECT_EQ(code(connection->connect()), ErrorCode::invalid_argument);
  session->sink.session_described("the offer");
  EXPECT_EQ(told(), PeerMessage::Any(PeerMessage::Offer{"the offer"}));
  EXPECT_TRUE(give(answer));
  EXPECT_EQ(session->calls, (std::vector<std::string>{"create_offer", "accept_answer"}));
}

TEST_F(PeerConnectionTest, offers_when_the_other_side_sends_init) {
  EXPECT_TRUE(give(PeerMessage::Init{}));
  EXPECT_EQ(session->calls, std::vector<std::string>{"create_offer"});
  EXPECT_EQ(code(give(PeerMessage::Init{})), ErrorCode::invalid_argument);
}

TEST_F(PeerConnectionTest, answers_one_offer_and_refuses_what_restarts_nothing) {
  EXPECT_TRUE(give(offer));
  session->restart_result = failure(ErrorCode::invalid_argument, "it restarts nothing");
  session->sink.session_described("the answer");
  session->sink.session_candidate("a line");
  EXPECT_EQ(told(), PeerMessage::Any(PeerMessage::Answer{"the answer"}));
  EXPECT_EQ(told(), PeerMessage::Any(PeerMessage::IceCandidate{"a line"}));
  EXPECT_EQ(code(give(offer)), ErrorCode::invalid_argument);
  EXPECT_EQ(code(give(PeerMessage::Init{})), ErrorCode::invalid_argument);
  EXPECT_EQ(code(connection->connect()), ErrorCode::invalid_argument);
  EXPECT_EQ(session->calls, (std::vector<std::string>{"accept_offer", "accept_restart"}));
}

TEST_F(PeerConnectionTest, restarts_only_while_it_is_open) {
  EXPECT_EQ(code(connection->restart()), ErrorCode::not_connected);
  open();
  EXPECT_TRUE(connection->restart());
  session->restart_result = failure(ErrorCode::unsupported, "not here");
  EXPECT_EQ(code(connection->restart()), ErrorCode::unsupported);
  EXPECT_EQ(session->calls, (std::vector<std::string>{"create_offer", "restart", "restart"}));
  Pending closing(loop, connection->close());
  loop.settle();
  EXPECT_EQ(code(connection->restart()), ErrorCode::closed);
  session->sink.session_closed({ErrorCode::closed, "closed"});
  loop.settle();
  EXPECT_EQ(code(connection->restart()), ErrorCode::closed);
}

TEST_F(PeerConnectionTest, tells_the_offer_of_a_restart_and_takes_its_answer) {
  open();
  EXPECT_TRUE(connection->restart());
  session->is_awaiting = true;
  session->sink.session_restarting("the new offer");
  session->sink.session_candidate("a line");
  EXPECT_EQ(told(), PeerMessage::Any(PeerMessage::Offer{"the new offer"}));
  EXPECT_EQ(told(), PeerMessage::Any(PeerMessage::IceCandidate{"a line"}));
  EXPECT_EQ(code(give(PeerMessage::Answer{"rubbish"})), ErrorCode::invalid_message);
  EXPECT_TRUE(give(answer));
  session->is_awaiting = false;
  EXPECT_EQ(code(give(answer)), ErrorCode::invalid_argument);
  EXPECT_EQ(session->calls, (std::vector<std::string>{"create_offer", "restart", "accept_answer"}));
}

TEST_F(PeerConnectionTest, answers_an_offer_that_restarts_whoever_had_connected) {
  EXPECT_TRUE(connection->connect());
  session->sink.session_described("the offer");
  EXPECT_TRUE(told());
  EXPECT_TRUE(give(answer));
  EXPECT_TRUE(give(offer)) << "the other side is open already";
  session->sink.session_described("the new answer");
  EXPECT_EQ(told(), PeerMessage::Any(PeerMessage::Answer{"the new answer"}));
  session->sink.session_opened();
  EXPECT_EQ(code(give(PeerMessage::Offer{"rubbish"})), ErrorCode::invalid_message);
  EXPECT_TRUE(give(offer));
  session->sink.session_described("another answer");
  EXPECT_EQ(told(), PeerMessage::Any(PeerMessage::Answer{"another answer"}));
  EXPECT_EQ(session->calls,
            (std::vector<std::string>{"create_offer", "accept_answer", "accept_restart", "accept_restart"}));
}

TEST_F(PeerConnectionTest, refuses_an_answer_to_no_offer_and_an_offer_after_its_own) {
  EXPECT_EQ(code(give(answer)), ErrorCode::invalid_argument);
  EXPECT_TRUE(connection->connect());
  EXPECT_EQ(code(give(offer)), ErrorCode::invalid_argument);
  EXPECT_TRUE(give(answer));
  session->sink.session_opened();
  EXPECT_EQ(code(give(answer)), ErrorCode::invalid_argument);
}

TEST_F(PeerConnectionTest, is_as_it_was_after_a_description_that_can_not_be_read) {
  EXPECT_EQ(code(give(PeerMessage::Offer{"rubbish"})), ErrorCode::invalid_message);
  EXPECT_EQ(code(give(PeerMessage::Offer{std::string(100'000, 'a')})), ErrorCode::too_large);
  EXPECT_EQ(code(give(PeerMessage::IceCandidate{"rubbish"})), ErrorCode::invalid_message);
  EXPECT_TRUE(session->calls.empty());
  EXPECT_TRUE(connection->connect());
  EXPECT_EQ(code(give(PeerMessage::Answer{""})), ErrorCode::invalid_message);
  EXPECT_TRUE(give(answer));
}

TEST_F(PeerConnectionTest, keeps_candidates_for_the_description_up_to_a_limit) {
  for (std::size_t i = 0; i < PeerConnectionLimits::early_candidates; ++i)
    ASSERT_TRUE(give(PeerMessage::IceCandidate{candidate}));
  EXPECT_EQ(code(give(PeerMessage::IceCandidate{candidate})), ErrorCode::queue_full);
  EXPECT_TRUE(session->calls.empty());
  EXPECT_TRUE(give(offer));
  EXPECT_EQ(session->calls.size(), 1 + PeerConnectionLimits::early_candidates);
  EXPECT_EQ(session->calls.front(), "accept_offer");
  EXPECT_EQ(session->calls.back(), "candidate " + candidate);
  EXPECT_TRUE(give(PeerMessage::IceCandidate{""}));
  EXPECT_EQ(session->calls.back(), "candidate ");
}

TEST_F(PeerConnectionTest, drops_set_up_messages_that_nobody_takes_beyond_a_limit) {
  EXPECT_TRUE(connection->connect());
  session->sink.session_described("the offer");
  for (std::size_t i = 0; i < PeerConnectionLimits::setup_messages + 10; ++i)
    session->sink.session_candidate("a");
  std::size_t messages = 0;
  while (told()) ++messages;
  EXPECT_EQ(messages, PeerConnectionLimits::setup_messages);
}

TEST_F(PeerConnectionTest, completes_opened_when_the_channel_opens) {
  Pending opened(loop, connection->opened());
  EXPECT_TRUE(connection->connect());
  loop.settle();
  EXPECT_FALSE(opened.done());
  EXPECT_EQ(connection->state().data_connection, DataChannelState::Connecting);
  session->sink.session_opened();
  loop.settle();
  EXPECT_TRUE(opened.result.value());
  EXPECT_EQ(connection->state().data_connection, DataChannelState::Open);
  EXPECT_EQ(connection->state().signaling, SignalingState::Stable);
}

TEST_F(PeerConnectionTest, tells_everybody_who_waits_why_it_failed) {
  EXPECT_TRUE(connection->connect());
  Pending opened(loop, connection->opened());
  Pending received(loop, connection->recv());
  Pending closed(loop, connection->closed());
  session->sink.session_described("the offer");
  EXPECT_TRUE(told());
  Pending setup(loop, connection->next_setup());
  loop.settle();
  session->sink.session_closed({ErrorCode::unreachable, "no path"});
  loop.settle();
  EXPECT_EQ(code(opened.result.value()), ErrorCode::unreachable);
  EXPECT_EQ(received.result.value(), std::nullopt);
  EXPECT_EQ(setup.result.value(), std::nullopt);
  EXPECT_EQ(closed.result.value(), (Error{ErrorCode::unreachable, "no path"}));
  EXPECT_TRUE(host->sessions.empty());
  EXPECT_EQ(code(give(answer)), ErrorCode::closed);
  EXPECT_EQ(code(connection->connect()), ErrorCode::closed);
  EXPECT_EQ(code(connection->try_send(text("late"))), ErrorCode::closed);
}

TEST_F(PeerConnectionTest, sends_only_while_it_is_open) {
  EXPECT_EQ(code(connection->try_send(text("early"))), ErrorCode::not_connected);
  Pending early(loop, connection->send(Message::from_text("early")));
  loop.settle();
  EXPECT_EQ(code(early.result.value()), ErrorCode::not_connected);
  open();
  EXPECT_TRUE(connection->try_send(text("now")));
  EXPECT_EQ(session->sent, std::vector<Message>{Message::from_text("now")});
}

TEST_F(PeerConnectionTest, sends_in_the_order_of_the_calls_when_there_is_no_room) {
  open();
  session->room = 0;
  Pending one(loop, connection->send(Message::from_text("1")));
  Pending two(loop, connection->send(Message::from_text("2")));
  Pending three(loop, connection->send(Message::from_text("3")));
  loop.settle();
  session->room = 1;
  EXPECT_EQ(code(connection->try_send(text("no overtaking"))), ErrorCode::queue_full);
  session->sink.session_writable();
  loop.settle();
  EXPECT_TRUE(one.done());
  EXPECT_FALSE(two.done());
  two.cancel();
  Pending four(loop, connection->send(Message::from_text("4")));
  session->room = 100;
  session->sink.session_writable();
  loop.settle();
  EXPECT_TRUE(three.result.value());
  EXPECT_TRUE(four.result.value());
  std::string order;
  for (const Message& message : session->sent) order += message.text();
  EXPECT_EQ(order, "134");
  EXPECT_TRUE(connection->try_send(text("5")));
}

TEST_F(PeerConnectionTest, gives_up_sending_when_it_is_closed) {
  open();
  session->room = 0;
  Pending one(loop, connection->send(Message::from_text("1")));
  Pending two(loop, connection->send(Message::from_text("2")));
  loop.settle();
  Pending close(loop, connection->close());
  loop.settle();
  EXPECT_EQ(code(one.result.value()), ErrorCode::closed);
  EXPECT_EQ(code(two.result.value()), ErrorCode::closed);
  EXPECT_EQ(connection->state().data_connection, DataChannelState::Closing);
  EXPECT_FALSE(close.done());
}

TEST_F(PeerConnectionTest, narrows_the_window_by_what_is_not_taken_and_widens_it_again) {
  open();
  const Bytes large(200 * 1024);
  session->sink.session_received({MessageKind::binary, large});
  session->sink.session_received(text("small"));
  ASSERT_EQ(session->held.size(), 1U);
  EXPECT_GE(session->held.front(), large.size());
  EXPECT_TRUE(connection->try_recv().has_value());
  EXPECT_EQ(connection->try_recv(), Message::from_text("small"));
  EXPECT_EQ(session->held.back(), 0U);
}

TEST_F(PeerConnectionTest, cuts_a_peer_off_that_sends_beyond_the_limit_and_keeps_what_came_before) {
  open();
  const Bytes large(PeerConnectionLimits::max_message_bytes);
  for (int i = 0; i < 100 && !host->sessions.empty(); ++i)
    session->sink.session_received({MessageKind::binary, large});
  EXPECT_TRUE(host->sessions.empty());
  Pending closed(loop, connection->closed());
  loop.settle();
  EXPECT_EQ(closed.result->code, ErrorCode::queue_full);
  std::size_t taken = 0;
  while (connection->try_recv()) ++taken;
  EXPECT_EQ(taken, PeerConnectionLimits::receive_bytes / large.size() - 1);
}

TEST_F(PeerConnectionTest, gives_each_message_to_one_of_those_who_wait) {
  open();
  Pending one(loop, connection->recv());
  Pending two(loop, connection->recv());
  loop.settle();
  session->sink.session_received(text("a"));
  loop.settle();
  EXPECT_TRUE(one.done());
  EXPECT_FALSE(two.done());
  session->sink.session_received(text("b"));
  loop.settle();
  EXPECT_EQ(two.result.value(), Message::from_text("b"));
}

TEST_F(PeerConnectionTest, closes_after_what_it_accepted_is_delivered) {
  open();
  Pending close(loop, connection->close());
  Pending again(loop, connection->close());
  loop.settle();
  EXPECT_EQ(session->calls.back(), "shutdown");
  EXPECT_EQ(code(connection->try_send(text("late"))), ErrorCode::closed);
  session->sink.session_received(text("still on its way"));
  session->map.tx_bytes = 77;
  session->sink.session_closed({ErrorCode::closed, "shut down"});
  loop.settle();
  EXPECT_TRUE(close.result.value());
  EXPECT_TRUE(again.result.value());
  EXPECT_EQ(connection->try_recv(), Message::from_text("still on its way"));
  EXPECT_EQ(connection->state().tx_bytes, 77U);
  EXPECT_EQ(connection->state().data_connection, DataChannelState::Closed);
  EXPECT_EQ(connection->state().signaling, SignalingState::Closed);
}

TEST_F(PeerConnectionTest, says_so_when_closing_did_not_deliver_everything) {
  open();
  session->buffered = 10;
  Pending close(loop, connection->close());
  loop.settle();
  session->sink.session_closed({ErrorCode::closed, "aborted by the peer"});
  loop.settle();
  EXPECT_EQ(code(close.result.value()), ErrorCode::closed);
}

TEST_F(PeerConnectionTest, gives_up_closing_after_its_time_even_when_nobody_awaits_it) {
  open();
  {
    Pending cancelled(loop, connection->close());
    loop.settle();
  }
  loop.advance(std::chrono::seconds(PeerConnectionLimits::close_timeout_s) + 1s);
  EXPECT_TRUE(host->sessions.empty());
  Pending close(loop, connection->close());
  loop.settle();
  EXPECT_EQ(code(close.result.value()), ErrorCode::timed_out);
}

TEST_F(PeerConnectionTest, closes_at_once_before_it_is_open) {
  Pending opened(loop, connection->opened());
  EXPECT_TRUE(connection->connect());
  Pending close(loop, connection->close());
  loop.settle();
  EXPECT_TRUE(close.result.value());
  EXPECT_EQ(code(opened.result.value()), ErrorCode::closed);
  EXPECT_TRUE(host->sessions.empty());
}

TEST_F(PeerConnectionTest, may_be_destroyed_while_everything_waits) {
  open();
  session->room = 0;
  Pending setup(loop, connection->next_setup());
  Pending received(loop, connection->recv());
  Pending sent(loop, connection->send(Message::from_text("1")));
  Pending turn(loop, connection->send(Message::from_text("2")));
  Pending closed(loop, connection->closed());
  loop.settle();
  Pending not_begun(loop, connection->recv());
  Pending close(loop, connection->close());
  connection.reset();
  EXPECT_TRUE(host->sessions.empty());
  port.reset();  // The last handle: waiting tasks must not keep the host.
  loop.settle();
  EXPECT_EQ(setup.result.value(), std::nullopt);
  EXPECT_EQ(received.result.value(), std::nullopt);
  EXPECT_EQ(not_begun.result.value(), std::nullopt);
  EXPECT_EQ(code(sent.result.value()), ErrorCode::closed);
  EXPECT_EQ(code(turn.result.value()), ErrorCode::closed);
  EXPECT_EQ(closed.result->code, ErrorCode::closed);
  EXPECT_EQ(code(close.result.value()), ErrorCode::closed);
}

TEST_F(PeerConnectionTest, may_be_moved_and_assigned_while_tasks_wait) {
  open();
  Pending received(loop, connection->recv());
  loop.settle();
  PeerConnection moved = std::move(*connection);
  session->sink.session_received(text("to the same"));
  loop.settle();
  EXPECT_EQ(received.result.value(), Message::from_text("to the same"));

  Pending closed(loop, moved.closed());
  moved = PeerConnection(*port);
  loop.settle();
  EXPECT_EQ(closed.result->code, ErrorCode::closed);
  EXPECT_EQ(host->sessions.size(), 1U);
  EXPECT_TRUE(moved.connect());
}

TEST_F(PeerConnectionTest, keeps_the_port_open_for_other_connections) {
  PeerConnection other(*port);
  port.reset();
  connection.reset();
  EXPECT_EQ(host->sessions.size(), 1U);
  EXPECT_TRUE(other.connect());
  EXPECT_EQ(host->last().calls, std::vector<std::string>{"create_offer"});
}

}  // namespace
}  // namespace flnet
