// SPDX-License-Identifier: MIT OR Apache-2.0
// PeerHosts and PeerSessions over real sockets on one loop, with what their sinks were told.
#pragma once

#include "io/peer_session.hpp"

#include <flnet/asio_loop.hpp>

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flnet::test {

using io::PeerHost;
using io::PeerHostConfig;
using io::PeerSession;
using io::PeerSessionSink;

inline const PeerHostConfig on_loopback{
    .udp_port = 0, .loopback_candidates = true, .stun_servers = {}, .turn_servers = {}};

inline std::unique_ptr<PeerHost> open_host(Loop& loop, PeerHostConfig config = on_loopback) {
  auto host = PeerHost::open(loop, config);
  EXPECT_TRUE(host) << (host ? "" : to_string(host.error()));
  return *std::move(host);
}

/// Runs the loop until a condition holds that only sinks' calls can change.
class PeerLoop {
 public:
  bool run_until(std::function<bool()> done, Duration limit = 20s) {
    if (done()) return true;
    done_ = std::move(done);
    const Timer timeout = loop.at(loop.now() + limit, [this] { loop.stop(); });
    loop.run();
    return std::exchange(done_, nullptr)();
  }
  /// Lets the loop go round for `time`.
  void run_for(Duration time) {
    run_until([] { return false; }, time);
  }
  void check() {
    if (done_ && done_()) loop.stop();
  }

  AsioLoop loop;

 private:
  std::function<bool()> done_;
};

/// A session with what its sink was told. The hooks run within the sink's calls.
class LivePeer final : public PeerSessionSink {
 public:
  LivePeer(PeerLoop& world, PeerHost& host, std::uint64_t number = 1)
      : world_(world), session(host.make_session(number, *this)) {}

  void session_described(std::string sdp) override {
    note();
    description = sdp;
    if (on_described) on_described(std::move(sdp));
    world_.check();
  }
  void session_candidate(std::string line) override {
    note();
    candidates.push_back(line);
    if (other != nullptr) other->session->add_candidate(std::move(line));
    world_.check();
  }
  void session_opened() override {
    note();
    ++opened;
    if (on_opened) on_opened();
    world_.check();
  }
  void session_received(MessageView message) override {
    note();
    EXPECT_EQ(opened, 1);
    if (keep_messages) received.push_back(Message::copy(message));
    ++received_count;
    received_bytes += message.bytes.size();
    if (on_received) on_received(message);
    world_.check();
  }
  void session_writable() override {
    note();
    ++writable;
    if (on_writable) on_writable();
    world_.check();
  }
  void session_closed(Error reason) override {
    note();
    EXPECT_FALSE(closed) << "told twice";
    closed = std::move(reason);
    if (on_closed) on_closed();
    world_.check();
  }

  /// Calls `call` on the session and fails the test when the sink is called meanwhile.
  template <class Call>
  auto ask(Call call) {
    in_call_ = true;
    struct Leave {
      bool& flag;
      ~Leave() { flag = false; }
    } const leave{in_call_};
    return call(*session);
  }
  Result<> send(const Message& message) {
    return ask([&](PeerSession& at) { return at.send(message.view()); });
  }

 private:
  void note() { EXPECT_FALSE(in_call_) << "the sink is called from within a call to the session"; }
  PeerLoop& world_;
  bool in_call_ = false;

 public:
  std::unique_ptr<PeerSession> session;
  LivePeer* other = nullptr;
  std::string description;
  std::vector<std::string> candidates;
  int opened = 0;
  int writable = 0;
  bool keep_messages = true;
  std::vector<Message> received;
  std::size_t received_count = 0;
  std::size_t received_bytes = 0;
  std::optional<Error> closed;
  std::function<void(std::string)> on_described;
  std::function<void()> on_opened;
  std::function<void(MessageView)> on_received;
  std::function<void()> on_writable;
  std::function<void()> on_closed;
};

/// Hands offer and answer over as a signalling server would.
inline void introduce(LivePeer& offerer, LivePeer& answerer) {
  offerer.other = &answerer;
  answerer.other = &offerer;
  offerer.on_described = [&](std::string sdp) {
    answerer.ask([&](PeerSession& session) { session.accept_offer(std::move(sdp)); });
  };
  answerer.on_described = [&](std::string sdp) {
    offerer.ask([&](PeerSession& session) { session.accept_answer(std::move(sdp)); });
  };
  offerer.ask([](PeerSession& session) { session.create_offer(); });
}

inline Message pattern(MessageKind kind, std::size_t size, std::size_t seed) {
  Message message{kind, Bytes(size)};
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<std::uint8_t>(seed * 31 + i * 7 + i / 251);
    message.bytes[i] = kind == MessageKind::text ? static_cast<std::uint8_t>(' ' + byte % 90) : byte;
  }
  return message;
}

}  // namespace flnet::test
