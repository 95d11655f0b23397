// SPDX-License-Identifier: MIT OR Apache-2.0
// A PeerHost without a network: its sessions write down what they are asked for, and the test plays their
// sinks.
#pragma once

#include "io/peer_session.hpp"
#include "rtc/sdp_description.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flnet::test {

class FakePeerHost;

class FakePeerSession final : public io::PeerSession {
 public:
  FakePeerSession(FakePeerHost& host, io::PeerSessionSink& its_sink) : sink(its_sink), host_(host) {}
  ~FakePeerSession() override;

  void create_offer() override { calls.emplace_back("create_offer"); }
  void accept_offer(std::string) override { calls.emplace_back("accept_offer"); }
  void accept_answer(std::string) override { calls.emplace_back("accept_answer"); }
  void add_candidate(std::string line) override { calls.push_back("candidate " + line); }
  Result<> restart() override {
    calls.emplace_back("restart");
    return restart_result;
  }
  Result<> accept_restart(std::string) override {
    calls.emplace_back("accept_restart");
    return restart_result;
  }
  bool awaits_answer() const override { return is_awaiting; }
  Result<> send(MessageView message) override {
    if (room == 0) return failure(ErrorCode::queue_full, "no room");
    --room;
    sent.push_back(Message::copy(message));
    return {};
  }
  void shutdown() override { calls.emplace_back("shutdown"); }
  void set_held_bytes(std::size_t bytes) override { held.push_back(bytes); }
  std::size_t buffered_bytes() const override { return buffered; }
  ConnectionStateMap state() const override { return map; }

  Result<io::ChannelNumber> open_channel(const DataChannelOptions& options) override {
    calls.push_back("open_channel " + options.label);
    return io::ChannelNumber{++last_channel};
  }
  Result<> send_on(io::ChannelNumber number, MessageView message) override {
    if (auto taken = send(message); !taken) return taken;
    sent_on.push_back(number);
    return {};
  }
  void close_channel(io::ChannelNumber number) override {
    calls.push_back("close_channel " + std::to_string(static_cast<std::uint32_t>(number)));
  }
  std::size_t buffered_on(io::ChannelNumber) const override { return buffered; }

  io::PeerSessionSink& sink;
  std::vector<std::string> calls;
  std::vector<Message> sent;
  std::vector<io::ChannelNumber> sent_on;  ///< The channels of those in `sent` that were not the own one's.
  std::uint32_t last_channel = 0;
  std::vector<std::size_t> held;
  std::size_t room = 1000, buffered = 0;
  Result<> restart_result;
  bool is_awaiting = false;
  ConnectionStateMap map;

 private:
  FakePeerHost& host_;
};

class FakePeerHost final : public io::PeerHost {
 public:
  ~FakePeerHost() override { EXPECT_TRUE(sessions.empty()) << "sessions die before their host"; }
  std::unique_ptr<io::PeerSession> make_session(std::uint64_t, io::PeerSessionSink& sink) override {
    auto session = std::make_unique<FakePeerSession>(*this, sink);
    sessions.push_back(session.get());
    return session;
  }
  FakePeerSession& last() { return *sessions.back(); }

  std::vector<FakePeerSession*> sessions;  ///< Those that live.
};

inline FakePeerSession::~FakePeerSession() {
  std::erase(host_.sessions, this);
}

/// A description that decode_sdp accepts.
inline std::string some_sdp(rtc::DtlsSetup setup) {
  rtc::SessionDescription description;
  description.ice = {.ufrag = "abcd", .password = "abcdefghijklmnopqrstuvwx"};
  description.fingerprints.emplace_back();
  description.setup = setup;
  return rtc::encode_sdp(description);
}

}  // namespace flnet::test
