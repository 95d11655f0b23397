// SPDX-License-Identifier: MIT OR Apache-2.0
// ICE restarts of native PeerConnections: onto another path, and with sessions that end meanwhile.
#include "live/net/restart_pair.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace flnet::testing {
namespace {

/// `sdp` with its last candidate alone, which is on loopback.
std::string with_loopback_alone(const std::string& sdp) {
  std::vector<std::string> candidates;
  std::string rest;
  for (std::size_t at = 0; at < sdp.size();) {
    const std::size_t end = std::min(sdp.find('\n', at), sdp.size() - 1) + 1;
    const std::string line = sdp.substr(at, end - at);
    if (line.starts_with("a=candidate:")) {
      candidates.push_back(line);
    } else {
      rest += line;
    }
    at = end;
  }
  EXPECT_FALSE(candidates.empty());
  return candidates.empty() ? rest : rest + candidates.back();
}

Task<bool> connect_on_loopback(PeerConnection& a, PeerConnection& b) {
  EXPECT_TRUE(a.connect());
  const std::string offer = with_loopback_alone(co_await next_description(a));
  EXPECT_TRUE(b.setup(PeerMessage::Offer{offer}));
  const std::string answer = with_loopback_alone(co_await next_description(b));
  EXPECT_TRUE(a.setup(PeerMessage::Answer{answer}));
  const auto opened_a = co_await a.opened();
  const auto opened_b = co_await b.opened();
  EXPECT_TRUE(opened_a.has_value() && opened_b.has_value());
  co_return opened_a.has_value() && opened_b.has_value();
}

Task<> another_path() {
  PeerConnection a(open_port()), b(open_port());
  if (!co_await connect_on_loopback(a, b)) co_return;
  const std::string old_local = b.state().local_address, old_remote = b.state().remote_address;
  EXPECT_TRUE(b.restart());
  const std::string offer = co_await next_description(b);
  // Who has no other address than those on loopback, has no other path.
  const bool has_another = offer.find("typ host") != offer.rfind("typ host");
  EXPECT_TRUE(a.setup(PeerMessage::Offer{offer}));
  const std::string answer = co_await next_description(a);
  EXPECT_TRUE(b.setup(PeerMessage::Answer{answer}));
  const Time give_up = now() + patience;
  while (has_another && b.state().local_address == old_local && now() < give_up) co_await sleep(5ms);
  if (has_another) {
    EXPECT_NE(b.state().local_address, old_local);
    EXPECT_NE(b.state().remote_address, old_remote);
  }
  EXPECT_TRUE((co_await b.send(Message::from_text("on another path"))).has_value());
  EXPECT_EQ(co_await hear(a), Message::from_text("on another path"));
  EXPECT_TRUE((co_await a.send(Message::from_text("back on it"))).has_value());
  EXPECT_EQ(co_await hear(b), Message::from_text("back on it"));
}
TEST(PeerConnectionRestartLive, leads_to_another_path) {
  run_test(another_path());
}

Task<> ended_meanwhile() {
  const PeerPort port = open_port();
  for (Duration time = 0ms; time < 12ms; time += 2ms) {
    PeerConnection b(open_port());
    {
      PeerConnection a(port);
      JobSet signalling;
      signalling.add(carry(a, b));
      signalling.add(carry(b, a));
      EXPECT_TRUE(a.connect());
      EXPECT_TRUE((co_await b.opened()).has_value());
      EXPECT_TRUE(co_await begin_restart(b));
      co_await sleep(time);
    }
    EXPECT_EQ((co_await b.closed()).code, ErrorCode::closed);
  }
  co_await sleep(20ms);
}
TEST(PeerConnectionRestartLive, may_be_destroyed_while_it_restarts) {
  run_test(ended_meanwhile());
}

Task<> abandoned() {
  PeerConnection a(open_port()), b(open_port());
  if (!co_await connect_on_loopback(a, b)) co_return;
  EXPECT_TRUE(a.restart());
  const std::string offer = co_await next_description(a);
  EXPECT_TRUE(b.setup(PeerMessage::Offer{offer}));  // Its answer gets lost.
  EXPECT_TRUE((co_await a.send(Message::from_text("on the old path"))).has_value());
  EXPECT_EQ(co_await hear(b), Message::from_text("on the old path"));
  EXPECT_TRUE((co_await b.send(Message::from_text("and back"))).has_value());
  EXPECT_EQ(co_await hear(a), Message::from_text("and back"));
}
TEST(PeerConnectionRestartLive, messages_take_the_old_path_while_an_answer_is_lost) {
  run_test(abandoned());
}

}  // namespace
}  // namespace flnet::testing
