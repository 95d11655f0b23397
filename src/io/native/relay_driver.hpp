// SPDX-License-Identifier: MIT OR Apache-2.0
// RelayDriver: feeds a node's rtc::TurnRelays with names, time and datagrams.
#pragma once

#include "base/random.hpp"
#include "io/native/ice_servers.hpp"
#include "io/native/name_lookup.hpp"
#include "io/native/peer_driver.hpp"
#include "io/native/udp_mux.hpp"
#include "rtc/turn_relays.hpp"

#include <flnet/loop.hpp>

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace flnet::io {

/// Called on the loop, never from within a call to the machine, but for the last two.
class RelayDriverSink {
 public:
  virtual void relayed_address_found(const rtc::RelayedAddress& address) = 0;
  virtual void relays_finished() = 0;
  /// Came through a relay: `path.local` is the relayed address. Within the call `send` is allowed.
  virtual void relay_received(const rtc::DatagramPath& path, ByteView datagram) = 0;
  virtual bool relays_are_needed() = 0;

 protected:
  ~RelayDriverSink() = default;
};

class RelayDriver final : public UdpMuxSession, private rtc::TurnRelaysSink {
 public:
  /// All must outlive it.
  RelayDriver(PeerDriverHost& host, const std::vector<TurnServer>& servers, Random& random,
              RelayDriverSink& sink);
  /// Gives the relayed addresses back; what that takes is in the port's queue then.
  ~RelayDriver() override;
  RelayDriver(const RelayDriver&) = delete;
  RelayDriver& operator=(const RelayDriver&) = delete;

  /// A session starts, with these local addresses.
  void gather(std::span<const SocketAddress> bases);
  /// Sends what leaves from a relayed address; false when this doesn't.
  bool send(const rtc::DatagramPath& path, ByteView datagram);
  std::vector<rtc::RelayedAddress> known() const { return machine_.known(); }
  bool is_gathering() const { return machine_.is_gathering() || !waiting_bases_.empty(); }

  // The host's.
  void receive(const rtc::DatagramPath& path, ByteView datagram) override;

 private:
  // rtc::TurnRelaysSink
  void send_to_server(const rtc::DatagramPath& path, ByteView datagram) override;
  void resolve_server(std::size_t server) override;
  void relayed_address_found(const rtc::RelayedAddress& address) override { found_.push_back(address); }
  void relay_received(const rtc::DatagramPath& path, ByteView datagram) override {
    sink_.relay_received(path, datagram);
  }
  void relay_ended(const Error& reason) override;
  void relays_finished() override { finished_ = true; }
  bool relays_are_needed() override { return sink_.relays_are_needed(); }

  void resolved(std::size_t server, const std::vector<IpAddress>& addresses);
  /// Tells what the machine has told, now that it is not on the stack any more, and arms the timer.
  void settle();
  void arm_timer();

  PeerDriverHost& host_;
  std::vector<rtc::IceServerUrl> servers_;
  RelayDriverSink& sink_;
  NameLookup lookup_;
  bool receiving_ = false;  ///< The machine is on the stack, and perhaps a session's user above it:
  std::vector<SocketAddress> waiting_bases_;  ///< a session that they start must wait.
  std::vector<rtc::RelayedAddress> found_;
  bool finished_ = false;
  std::optional<Time> armed_;
  Timer timer_;
  rtc::TurnRelays machine_;
};

}  // namespace flnet::io
