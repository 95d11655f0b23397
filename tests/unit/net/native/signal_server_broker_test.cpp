// SPDX-License-Identifier: MIT OR Apache-2.0
// SignalServer over a user's broker, in virtual time: what it tells, and whom it forgets.
#include "io/keys.hpp"
#include "support/broker_switch.hpp"
#include "wire/signal_message.hpp"

#include <flnet/job_set.hpp>
#include <flnet/signal_server.hpp>
#include <flnet/virtual_loop.hpp>

#include <gtest/gtest.h>

namespace flnet {
namespace {

using test::BrokerSwitch;

/// A node as far as signalling goes: answers the challenge, keeps what it is told.
class Announcer {
 public:
  Announcer(Loop& loop, Broker<WSClientMessage> socket, std::uint8_t number)
      : socket_(std::move(socket)), jobs_(loop) {
    seed_[0] = number;
    hearing_ = socket_.add_callback([this](const WSClientMessage& message) { hear(message); });
  }

  void say(const wire::ClientMessage& message) {
    EXPECT_TRUE(socket_.emit(WSClientInput::Any(WSClientInput::Message{wire::encode(message)})));
  }

  std::vector<wire::ServerMessage> heard;
  bool disconnected = false;
  NodeID id;

 private:
  void hear(const WSClientMessage& message) {
    const auto* output = std::get_if<WSClientOutput::Any>(&message);
    if (output == nullptr) return;
    if (std::holds_alternative<WSClientOutput::Disconnected>(*output)) disconnected = true;
    const auto* text = std::get_if<WSClientOutput::Message>(output);
    if (text == nullptr) return;
    auto decoded = wire::decode_server_message(text->text);
    ASSERT_TRUE(decoded) << to_string(decoded.error());
    if (const auto* challenge = std::get_if<wire::Challenge>(&*decoded)) {
      jobs_.add(announce(*this, challenge->challenge));
    } else {
      heard.push_back(std::move(*decoded));
    }
  }
  static Task<> announce(Announcer& self, U256 challenge) {
    self.id = (co_await io::public_key(self.seed_)).value();
    const auto signature = co_await io::sign(self.seed_, to_bytes(challenge.bytes()));
    self.say(wire::Announce{.challenge = challenge,
                            .info = {.name = "announcer", .client = "libc", .public_key = self.id},
                            .signature = signature.value()});
    self.say(wire::ListRequest{});
  }

  io::Seed seed_{};
  Broker<WSClientMessage> socket_;
  Registration hearing_;
  JobSet jobs_;
};

template <class Output>
std::vector<Output> outputs_of(Tap<SignalOutput::Any>& tap) {
  std::vector<Output> found;
  while (auto output = tap.try_next())
    if (const auto* wanted = std::get_if<Output>(&*output)) found.push_back(*wanted);
  return found;
}

struct SignalServerOverBroker : testing::Test {
  VirtualLoop loop;
};

TEST_F(SignalServerOverBroker, lists_nodes_passes_setups_on_and_tells_who_comes_and_goes) {
  BrokerSwitch sockets(loop);
  auto server = SignalServer::start(sockets.server, 2, loop);
  auto tap = server.broker().tap();
  Announcer alice(loop, sockets.plug(7), 1), bob(loop, sockets.plug(9), 2);
  loop.settle();

  const auto joined = outputs_of<SignalOutput::NewNode>(tap);
  ASSERT_EQ(joined.size(), 2U);
  EXPECT_EQ(joined[0].info.id(), alice.id);
  EXPECT_EQ(server.counters().nodes, 2U);
  ASSERT_FALSE(bob.heard.empty());
  EXPECT_EQ(std::get<wire::ListReply>(bob.heard.back()).nodes.size(), 2U);

  bob.heard.clear();
  alice.say(wire::PeerSetup{{alice.id, bob.id, PeerMessage::Init{}}});
  alice.say(wire::NodeStats{{{bob.id, "0.7", 12, 3}}});
  loop.settle();
  ASSERT_EQ(bob.heard.size(), 1U);
  EXPECT_EQ(std::get<wire::PeerSetup>(bob.heard[0]).info.id_init, alice.id);
  const auto stats = outputs_of<SignalOutput::NodeStats>(tap);
  ASSERT_EQ(stats.size(), 1U);
  EXPECT_EQ(stats[0].from, alice.id);
  ASSERT_EQ(stats[0].stats.size(), 1U);
  EXPECT_EQ(stats[0].stats[0].ping_ms, 12U);

  sockets.unplug(7);
  loop.settle();
  EXPECT_EQ(outputs_of<SignalOutput::NodeLeft>(tap), (std::vector{SignalOutput::NodeLeft{alice.id}}));
  EXPECT_EQ(server.counters().nodes, 1U);
}

TEST_F(SignalServerOverBroker, keeps_nodes_that_answer_pings_and_forgets_silent_ones_after_the_ttl) {
  BrokerSwitch answering(loop), silent(loop, false);
  auto patient = SignalServer::start(answering.server, 2, loop);
  auto forgetful = SignalServer::start(silent.server, 2, loop);
  Announcer alice(loop, answering.plug(), 1), bob(loop, silent.plug(), 2);
  loop.settle();
  ASSERT_EQ(patient.counters().nodes + forgetful.counters().nodes, 2U);

  loop.advance(2min);
  EXPECT_EQ(forgetful.counters().nodes, 1U) << "two minutes are promised";
  loop.advance(2min);
  EXPECT_EQ(forgetful.counters().nodes, 0U);
  EXPECT_TRUE(bob.disconnected);
  EXPECT_FALSE(silent.pinged.empty());
  EXPECT_EQ(patient.counters().nodes, 1U);
  EXPECT_FALSE(alice.disconnected);
}

TEST_F(SignalServerOverBroker, takes_a_number_that_comes_again_for_another_client) {
  BrokerSwitch sockets(loop);
  auto server = SignalServer::start(sockets.server, 2, loop);
  auto tap = server.broker().tap();
  std::optional<Announcer> first;
  first.emplace(loop, sockets.plug(5), 1);
  loop.settle();
  const NodeID former = first->id;
  first.reset();
  Announcer second(loop, sockets.plug(5), 2);
  loop.settle();
  EXPECT_EQ(outputs_of<SignalOutput::NodeLeft>(tap), (std::vector{SignalOutput::NodeLeft{former}}));
  EXPECT_EQ(server.counters().nodes, 1U);
  EXPECT_EQ(std::get<wire::ListReply>(second.heard.back()).nodes[0].info.id(), second.id);
}

TEST_F(SignalServerOverBroker, says_when_its_sockets_have_stopped) {
  BrokerSwitch sockets(loop);
  auto server = SignalServer::start(sockets.server, 2, loop);
  auto tap = server.broker().tap();
  Announcer alice(loop, sockets.plug(), 1);
  loop.settle();
  ASSERT_TRUE(sockets.server.emit(WSServerOutput::Any(WSServerOutput::Stopped{})));
  loop.settle();
  EXPECT_EQ(outputs_of<SignalOutput::Stopped>(tap).size(), 1U);
  EXPECT_EQ(server.counters().clients, 0U);
}

TEST_F(SignalServerOverBroker, counts_what_a_full_tap_does_not_hear) {
  BrokerSwitch sockets(loop);
  auto server = SignalServer::start(sockets.server, 2, loop);
  auto tap = server.broker().tap();
  Announcer alice(loop, sockets.plug(), 1);
  loop.settle();
  for (int count = 0; count < 3000; ++count) {
    alice.say(wire::NodeStats{});
    loop.settle();
  }
  EXPECT_EQ(tap.size(), BrokerLimits{}.messages);
  EXPECT_EQ(tap.size() + server.counters().unheard, 3000U + 1) << "the statistics, and NewNode";
}

}  // namespace
}  // namespace flnet
