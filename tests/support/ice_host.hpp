// SPDX-License-Identifier: MIT OR Apache-2.0
// IceHost: an IceAgent with its sockets in a virtual network and its alarm in virtual time.
#pragma once

#include "base/random.hpp"
#include "rtc/ice_agent.hpp"
#include "support/event_queue.hpp"
#include "support/virtual_network.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace flnet::test {

/// One end of an ICE session. Everything it was told is kept for assertions.
class IceHost final : public rtc::IceSink {
 public:
  IceHost(EventQueue& queue, VirtualNetwork& network, std::uint64_t seed, rtc::IceConfig config)
      : queue_(queue),
        network_(network),
        random_(seed),
        agent_(with_credentials(std::move(config), random_), random_, *this),
        alarm_(queue, [this] { on_alarm(); }) {}
  ~IceHost() override {
    for (const SocketAddress& address : addresses_) network_.detach(address);
  }

  /// Binds `address` and, unless told otherwise, makes it a candidate.
  void add_address(const SocketAddress& address, bool is_candidate = true) {
    network_.attach(address,
                    [this](const rtc::DatagramPath& path, ByteView datagram) { receive(path, datagram); });
    addresses_.push_back(address);
    if (!is_candidate) return;
    candidates_.push_back(rtc::host_candidate(address, candidates_.size()));
    agent_.add_local_candidate(candidates_.back(), queue_.now());
    after_call();
  }

  void receive(const rtc::DatagramPath& path, ByteView datagram) {
    agent_.receive(path, datagram, queue_.now());
    after_call();
  }
  /// One that somebody else has made an address for.
  void add_candidate(const rtc::IceCandidate& candidate) {
    candidates_.push_back(candidate);
    agent_.add_local_candidate(candidate, queue_.now());
    after_call();
  }
  /// A STUN server has told that others see the first address as `mapped`.
  void add_reflexive(const SocketAddress& mapped) {
    add_candidate(rtc::reflexive_candidate(candidates_.at(0), mapped, candidates_.size()));
  }

  void learn_credentials_of(const IceHost& peer) {
    agent_.set_remote_credentials(peer.agent_.local_credentials(), queue_.now());
    after_call();
  }
  void learn_candidate(const rtc::IceCandidate& candidate) {
    agent_.add_remote_candidate(candidate, queue_.now());
    after_call();
  }
  /// The peer's whole description at once.
  void learn(const IceHost& peer) {
    learn_credentials_of(peer);
    for (const rtc::IceCandidate& candidate : peer.candidates_) learn_candidate(candidate);
  }
  void close() {
    agent_.close();
    after_call();
  }

  rtc::IceAgent& agent() { return agent_; }
  const std::vector<rtc::IceCandidate>& candidates() const { return candidates_; }
  const std::vector<rtc::IceState>& states() const { return states_; }
  const std::vector<rtc::DatagramPath>& paths() const { return paths_; }
  std::uint64_t sent() const { return sent_; }
  std::uint64_t alarms() const { return alarms_; }
  bool is_connected() const { return agent_.state() == rtc::IceState::connected; }
  bool has_failed() const { return agent_.state() == rtc::IceState::failed; }

 private:
  static rtc::IceConfig with_credentials(rtc::IceConfig config, Random& random) {
    config.local = rtc::make_ice_credentials(random);
    return config;
  }

  void send_ice(const rtc::DatagramPath& path, ByteView datagram) override {
    ++sent_;
    network_.send(path, datagram);
  }
  void ice_state_changed(rtc::IceState state) override { states_.push_back(state); }
  void ice_path_changed(const rtc::DatagramPath& path) override { paths_.push_back(path); }

  void on_alarm() {
    ++alarms_;
    agent_.handle_timeout(queue_.now());
    after_call();
    // A deadline that has passed and stays would turn the owner's loop for ever.
    EXPECT_FALSE(agent_.deadline() && *agent_.deadline() <= queue_.now());
  }
  void after_call() { alarm_.set(agent_.deadline()); }

  EventQueue& queue_;
  VirtualNetwork& network_;
  SeededRandom random_;
  rtc::IceAgent agent_;
  Alarm alarm_;
  std::vector<SocketAddress> addresses_;
  std::vector<rtc::IceCandidate> candidates_;
  std::vector<rtc::IceState> states_;
  std::vector<rtc::DatagramPath> paths_;
  std::uint64_t sent_ = 0;
  std::uint64_t alarms_ = 0;
};

}  // namespace flnet::test
