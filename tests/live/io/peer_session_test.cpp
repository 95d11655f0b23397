// SPDX-License-Identifier: MIT OR Apache-2.0
// Tests of PeerHost and PeerSession over real sockets on loopback: two nodes or many on one loop.
#include "io/peer_session.hpp"

#include "io/native/udp_port.hpp"
#include "support/live_peer.hpp"

#include <flnet/asio_loop.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flnet::io {
namespace {

using test::introduce;
using test::on_loopback;
using test::open_host;
using test::pattern;
using Peer = test::LivePeer;
using World = test::PeerLoop;

class PeerSessionTest : public ::testing::Test {
 protected:
  bool both_open() {
    return world.run_until([&] { return alice.opened == 1 && bob.opened == 1; });
  }
  bool connect() {
    introduce(alice, bob);
    return both_open();
  }

  World world;
  std::unique_ptr<PeerHost> alices = open_host(world.loop);
  std::unique_ptr<PeerHost> bobs = open_host(world.loop);
  Peer alice{world, *alices, 7};
  Peer bob{world, *bobs, 7};
};

TEST_F(PeerSessionTest, opens_a_channel_from_an_offer_and_an_answer) {
  ASSERT_TRUE(connect());
  EXPECT_NE(alice.description.find("a=candidate:"), std::string::npos);
  EXPECT_FALSE(alice.closed);
  const auto alices_view = alice.session->state();
  const auto bobs_view = bob.session->state();
  EXPECT_EQ(alices_view.local_address, bobs_view.remote_address);
  EXPECT_EQ(alices_view.remote_address, bobs_view.local_address);
}

TEST_F(PeerSessionTest, tells_how_the_connection_stands_from_beginning_to_end) {
  ConnectionStateMap state = alice.session->state();
  EXPECT_EQ(state.signaling, SignalingState::Setup);
  EXPECT_EQ(state.ice_gathering, IceGatheringState::New);
  EXPECT_EQ(state.ice_connection, IceConnectionState::New);
  EXPECT_EQ(state.data_connection, std::nullopt);
  EXPECT_EQ(state.type_local, ConnType::Unknown);
  EXPECT_EQ(state.local_address, "");

  introduce(alice, bob);
  state = alice.session->state();
  EXPECT_EQ(state.data_connection, DataChannelState::Connecting);
  EXPECT_EQ(state.ice_gathering, IceGatheringState::Complete) << "nobody is asked";

  ASSERT_TRUE(both_open());
  ASSERT_TRUE(alice.send(pattern(MessageKind::binary, 1000, 0)));
  ASSERT_TRUE(alice.send(Message::from_text("")));
  ASSERT_TRUE(world.run_until([&] { return bob.received.size() == 2; }));
  for (Peer* peer : {&alice, &bob}) {
    state = peer->session->state();
    EXPECT_EQ(state.signaling, SignalingState::Stable);
    EXPECT_EQ(state.data_connection, DataChannelState::Open);
    EXPECT_EQ(state.ice_connection, IceConnectionState::Completed);
    EXPECT_EQ(state.type_local, ConnType::Host);
    EXPECT_EQ(state.type_remote, ConnType::Host);
    EXPECT_TRUE(state.round_trip);
  }
  EXPECT_EQ(alice.session->state().tx_bytes, 1000U);
  EXPECT_EQ(alice.session->state().rx_bytes, 0U);
  EXPECT_EQ(bob.session->state().rx_bytes, 1000U);

  alice.session->shutdown();
  EXPECT_EQ(alice.session->state().data_connection, DataChannelState::Closing);
  ASSERT_TRUE(world.run_until([&] { return alice.closed && bob.closed; }));
  state = alice.session->state();
  EXPECT_EQ(state.signaling, SignalingState::Closed);
  EXPECT_EQ(state.ice_connection, IceConnectionState::Closed);
  EXPECT_EQ(state.data_connection, DataChannelState::Closed);
}

TEST_F(PeerSessionTest, carries_messages_of_every_size_and_kind_both_ways_in_order) {
  ASSERT_TRUE(connect());
  std::vector<Message> sent;
  for (const std::size_t size : {0, 1, 2, 1000, 1184, 1200, 4096, 16384, 65535, 65536, 100000, 262144}) {
    sent.push_back(pattern(MessageKind::binary, size, size));
    sent.push_back(pattern(MessageKind::text, size, size + 1));
  }
  for (const auto& message : sent) {
    ASSERT_TRUE(alice.send(message));
    ASSERT_TRUE(bob.send(message));
  }
  ASSERT_TRUE(world.run_until(
      [&] { return bob.received.size() == sent.size() && alice.received.size() == sent.size(); }));
  EXPECT_TRUE(bob.received == sent);
  EXPECT_TRUE(alice.received == sent);
  EXPECT_TRUE(world.run_until([&] { return true; }));
  EXPECT_GT(alice.session->state().tx_bytes, 500000U);
  EXPECT_GT(alice.session->state().rx_bytes, 500000U);
}

TEST_F(PeerSessionTest, says_what_it_can_not_send) {
  EXPECT_EQ(alice.send(Message::from_text("early")).error().code, ErrorCode::not_connected);
  ASSERT_TRUE(connect());
  EXPECT_EQ(alice.send(pattern(MessageKind::binary, 262145, 0)).error().code, ErrorCode::too_large);
  EXPECT_EQ(alice.send({MessageKind::text, {0xff, 0xfe}}).error().code, ErrorCode::invalid_argument);
  alice.session->shutdown();
  EXPECT_EQ(alice.send(Message::from_text("late")).error().code, ErrorCode::closed);
}

TEST_F(PeerSessionTest, says_queue_full_and_then_writable_and_loses_nothing) {
  ASSERT_TRUE(connect());
  bob.keep_messages = false;
  const auto message = pattern(MessageKind::binary, 100000, 3);
  std::size_t accepted = 0;
  constexpr std::size_t wanted = 200;
  const auto fill = [&] {
    while (accepted < wanted) {
      const auto sent = alice.session->send(message.view());
      if (!sent) {
        EXPECT_EQ(sent.error().code, ErrorCode::queue_full);
        return;
      }
      ++accepted;
    }
  };
  alice.on_writable = fill;
  fill();
  EXPECT_LT(accepted, wanted) << "20 MB should not fit";
  EXPECT_GT(alice.session->buffered_bytes(), 1000000U);
  ASSERT_TRUE(world.run_until([&] { return bob.received_count == wanted; }));
  EXPECT_EQ(bob.received_bytes, wanted * message.bytes.size());
  EXPECT_GT(alice.writable, 0);
}

TEST_F(PeerSessionTest, lets_the_sink_answer_from_within_its_call) {
  ASSERT_TRUE(connect());
  std::vector<Message> waiting;
  const auto answer = [&] {
    while (!waiting.empty() && bob.session->send(waiting.front().view())) waiting.erase(waiting.begin());
  };
  bob.on_received = [&](MessageView message) {
    waiting.push_back(Message::copy(message));
    answer();
  };
  bob.on_writable = answer;
  std::vector<Message> sent;
  for (std::size_t i = 0; i < 100; ++i) sent.push_back(pattern(MessageKind::binary, i * 300, i));
  for (const auto& message : sent) ASSERT_TRUE(alice.send(message));
  ASSERT_TRUE(world.run_until([&] { return alice.received.size() == sent.size(); }));
  EXPECT_TRUE(alice.received == sent);
}

TEST_F(PeerSessionTest, tells_the_other_side_of_an_abort) {
  ASSERT_TRUE(connect());
  alice.session.reset();
  ASSERT_TRUE(world.run_until([&] { return bob.closed.has_value(); }, 2s));
  EXPECT_FALSE(alice.closed);
  EXPECT_EQ(bob.send(Message::from_text("late")).error().code, ErrorCode::closed);
}

TEST_F(PeerSessionTest, sends_the_abort_even_when_the_host_goes_with_the_session) {
  ASSERT_TRUE(connect());
  alice.session.reset();
  alices.reset();
  EXPECT_TRUE(world.run_until([&] { return bob.closed.has_value(); }, 2s));
}

TEST_F(PeerSessionTest, delivers_everything_before_a_shutdown_ends_both_sides) {
  ASSERT_TRUE(connect());
  bob.keep_messages = false;
  for (std::size_t i = 0; i < 30; ++i) ASSERT_TRUE(alice.send(pattern(MessageKind::binary, 100000, i)));
  alice.ask([](PeerSession& session) { session.shutdown(); });
  alice.ask([](PeerSession& session) { session.shutdown(); });
  ASSERT_TRUE(world.run_until([&] { return alice.closed && bob.closed; }));
  EXPECT_EQ(bob.received_bytes, 3000000U);
  EXPECT_EQ(alice.closed->code, ErrorCode::closed);
  EXPECT_EQ(bob.closed->code, ErrorCode::closed);
}

TEST_F(PeerSessionTest, delivers_what_was_sent_from_within_a_call_before_a_shutdown_there) {
  ASSERT_TRUE(connect());
  bob.on_received = [&](MessageView) {
    for (std::size_t i = 0; i < 4; ++i) {
      EXPECT_TRUE(bob.session->send(pattern(MessageKind::binary, 16000, i).view()));
    }
    EXPECT_EQ(bob.session->send(pattern(MessageKind::binary, 16000, 9).view()).error().code,
              ErrorCode::queue_full);
    bob.session->shutdown();
  };
  ASSERT_TRUE(alice.send(Message::from_text("go")));
  ASSERT_TRUE(world.run_until([&] { return alice.closed && bob.closed; }));
  EXPECT_EQ(alice.received_bytes, 64000U);
}

TEST_F(PeerSessionTest, ends_at_once_when_it_is_shut_down_before_it_is_open) {
  alice.session->create_offer();
  alice.session->shutdown();
  EXPECT_TRUE(world.run_until([&] { return alice.closed.has_value(); }, 2s));
}

TEST_F(PeerSessionTest, may_be_destroyed_in_any_call_of_its_sink) {
  enum class Where { described, opened, received, closed, writable };
  for (const auto where :
       {Where::described, Where::opened, Where::received, Where::closed, Where::writable}) {
    SCOPED_TRACE(static_cast<int>(where));
    Peer first{world, *alices, 1};
    Peer second{world, *bobs, 1};
    bool destroyed = false;
    const auto destroy = [&] {
      second.session.reset();
      destroyed = true;
    };
    introduce(first, second);
    if (where == Where::described) {
      second.on_described = [&](std::string) { destroy(); };
    } else if (where == Where::opened) {
      second.on_opened = destroy;
    } else {
      ASSERT_TRUE(world.run_until([&] { return first.opened == 1 && second.opened == 1; }));
    }
    if (where == Where::received) {
      second.on_received = [&](MessageView) { destroy(); };
      for (int i = 0; i < 50; ++i) ASSERT_TRUE(first.send(pattern(MessageKind::binary, 3000, 0)));
    } else if (where == Where::closed) {
      second.on_closed = destroy;
      first.session.reset();
    } else if (where == Where::writable) {
      second.on_writable = destroy;
      while (second.send(pattern(MessageKind::binary, 200000, 0))) continue;
    }
    EXPECT_TRUE(world.run_until([&] {
      if (!destroyed) return false;
      // What is still under way must find nothing.
      return where == Where::described || where == Where::closed || first.closed.has_value();
    }));
    EXPECT_LE(second.received.size(), 1U);
  }
  world.run_for(50ms);
}

TEST_F(PeerSessionTest, drops_an_answer_that_does_not_fit_and_takes_the_right_one) {
  alice.on_described = [&](std::string sdp) { bob.session->accept_offer(std::move(sdp)); };
  bob.on_described = [&](std::string sdp) {
    alice.session->add_candidate("nonsense");
    alice.session->accept_answer("v=0\r\n");
    alice.session->accept_answer(alice.description);
    alice.session->accept_answer(std::move(sdp));
  };
  alice.session->create_offer();
  EXPECT_TRUE(both_open());
}

TEST_F(PeerSessionTest, closes_on_an_offer_that_it_can_not_read) {
  bob.ask([](PeerSession& session) { session.accept_offer("not an offer"); });
  ASSERT_TRUE(world.run_until([&] { return bob.closed.has_value(); }, 2s));
  EXPECT_NE(bob.closed->code, ErrorCode::closed);
  EXPECT_EQ(bob.description, "");
}

/// A stranger with a socket of its own.
class Stranger final : public UdpPortSink {
 public:
  explicit Stranger(Loop& loop) : port(*UdpPort::open(loop, 0, *this)) {}
  void datagram_received(const rtc::DatagramPath&, ByteView) override { ++received; }
  void batch_received() override {}
  int received = 0;
  std::unique_ptr<UdpPort> port;
};

TEST_F(PeerSessionTest, is_not_disturbed_by_garbage_on_its_port) {
  ASSERT_TRUE(connect());
  Stranger stranger(world.loop);
  const auto target = *SocketAddress::parse(alice.session->state().local_address);
  std::optional<SocketAddress> from;
  for (const auto& address : stranger.port->local_addresses(true)) {
    if (address.ip.family == target.ip.family) from = address;
  }
  ASSERT_TRUE(from);
  from->ip = target.ip;
  std::uint32_t noise = 1;
  for (int i = 0; i < 2000; ++i) {
    Bytes bytes(1 + static_cast<std::size_t>(i) % 1400);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>((noise = noise * 1664525 + 1013904223) >> 24);
    if (i % 3 == 0) bytes[0] = static_cast<std::uint8_t>(i % 4);       // STUN
    if (i % 3 == 1) bytes[0] = static_cast<std::uint8_t>(20 + i % 4);  // DTLS
    stranger.port->send({*from, target}, bytes);
    if (i % 50 == 0) {
      ASSERT_TRUE(bob.send(pattern(MessageKind::binary, 1000, 0)));
    }
  }
  stranger.port->flush();
  EXPECT_TRUE(world.run_until([&] { return alice.received.size() == 40; }));
  EXPECT_FALSE(alice.closed);
}

TEST_F(PeerSessionTest, gives_a_new_session_the_path_of_an_old_one) {
  ASSERT_TRUE(connect());
  Peer newer_alice{world, *alices, 8};
  Peer newer_bob{world, *bobs, 8};
  introduce(newer_alice, newer_bob);
  ASSERT_TRUE(world.run_until([&] { return newer_alice.opened == 1 && newer_bob.opened == 1; }));
  alice.session.reset();
  bob.session.reset();
  ASSERT_TRUE(newer_alice.send(pattern(MessageKind::text, 50000, 0)));
  EXPECT_TRUE(world.run_until([&] { return newer_bob.received.size() == 1; }));
}

TEST_F(PeerSessionTest, connects_again_to_a_peer_that_restarted_on_the_same_port) {
  ASSERT_TRUE(connect());
  const auto address = *SocketAddress::parse(bob.session->state().local_address);
  bob.session.reset();
  bobs.reset();
  PeerHostConfig same_port = on_loopback;
  same_port.udp_port = address.port;
  bobs = open_host(world.loop, same_port);
  Peer newer_alice{world, *alices, 8};
  Peer newer_bob{world, *bobs, 8};
  introduce(newer_bob, newer_alice);
  ASSERT_TRUE(world.run_until([&] { return newer_alice.opened == 1 && newer_bob.opened == 1; }, 5s));
  ASSERT_TRUE(newer_alice.send(pattern(MessageKind::text, 50000, 0)));
  EXPECT_TRUE(world.run_until([&] { return newer_bob.received.size() == 1; }));
  newer_bob.session.reset();
  bob.session.reset();
}

TEST(PeerHostTest, serves_many_sessions_on_one_port) {
  // Addresses tell sessions apart, so each peer has a host of its own.
  constexpr std::size_t count = 100;
  World world;
  const auto hub = open_host(world.loop);
  std::vector<std::unique_ptr<PeerHost>> hosts;
  std::vector<std::unique_ptr<Peer>> near;
  std::vector<std::unique_ptr<Peer>> far;
  std::size_t open = 0;
  std::size_t answered = 0;
  for (std::size_t i = 0; i < count; ++i) {
    hosts.push_back(open_host(world.loop));
    near.push_back(std::make_unique<Peer>(world, *hub, i));
    far.push_back(std::make_unique<Peer>(world, *hosts.back(), i));
    near.back()->on_opened = far.back()->on_opened = [&] { ++open; };
    far.back()->on_received = [peer = far.back().get()](MessageView message) {
      EXPECT_TRUE(peer->session->send(message));
    };
    near.back()->on_received = [&](MessageView) { ++answered; };
    introduce(*near.back(), *far.back());
  }
  ASSERT_TRUE(world.run_until([&] { return open == 2 * count; }, 60s)) << open;
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_TRUE(near[i]->send(pattern(MessageKind::binary, 5000 + i, i)));
  }
  ASSERT_TRUE(world.run_until([&] { return answered == count; }, 60s)) << answered;
  for (std::size_t i = 0; i < count; ++i) {
    ASSERT_EQ(near[i]->received.size(), 1U);
    EXPECT_EQ(near[i]->received[0], pattern(MessageKind::binary, 5000 + i, i));
  }
}

}  // namespace
}  // namespace flnet::io
