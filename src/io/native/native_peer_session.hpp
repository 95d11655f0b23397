// SPDX-License-Identifier: MIT OR Apache-2.0
// NativePeerSession: what the user holds of a PeerDriver, which may outlive it by a turn of the loop.
#pragma once

#include "io/native/peer_driver.hpp"

#include <utility>

namespace flnet::io {

class NativePeerSession final : public PeerSession {
 public:
  explicit NativePeerSession(PeerDriver& driver) : driver_(driver) {}
  ~NativePeerSession() override { driver_.detach(); }
  NativePeerSession(const NativePeerSession&) = delete;
  NativePeerSession& operator=(const NativePeerSession&) = delete;

  void create_offer() override { driver_.create_offer(); }
  void accept_offer(std::string sdp) override { driver_.accept_offer(std::move(sdp)); }
  void accept_answer(std::string sdp) override { driver_.accept_answer(std::move(sdp)); }
  void add_candidate(std::string line) override { driver_.add_candidate(std::move(line)); }
  Result<> restart() override { return driver_.restart(); }
  Result<> accept_restart(std::string offer) override { return driver_.accept_restart(std::move(offer)); }
  bool awaits_answer() const override { return driver_.awaits_answer(); }
  Result<> send(MessageView message) override { return driver_.send(message); }
  void shutdown() override { driver_.shutdown(); }
  void set_held_bytes(std::size_t bytes) override { driver_.set_held_bytes(bytes); }
  std::size_t buffered_bytes() const override { return driver_.buffered_bytes(); }
  ConnectionStateMap state() const override { return driver_.state(); }

  Result<ChannelNumber> open_channel(const DataChannelOptions& options) override {
    return driver_.open_channel(options);
  }
  Result<> send_on(ChannelNumber number, MessageView message) override {
    return driver_.send_on(number, message);
  }
  void close_channel(ChannelNumber number) override { driver_.close_channel(number); }
  std::size_t buffered_on(ChannelNumber number) const override { return driver_.buffered_on(number); }

 private:
  PeerDriver& driver_;
};

}  // namespace flnet::io
