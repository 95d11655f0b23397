// SPDX-License-Identifier: MIT OR Apache-2.0
// GathererDriver: feeds a node's rtc::StunGatherer with names, time and datagrams.
#pragma once

#include "base/random.hpp"
#include "io/native/name_lookup.hpp"
#include "io/native/peer_driver.hpp"
#include "io/native/udp_mux.hpp"
#include "rtc/ice_server_url.hpp"
#include "rtc/stun_gatherer.hpp"

#include <flnet/loop.hpp>

#include <optional>
#include <span>
#include <vector>

namespace flnet::io {

/// Who hears what is found; called on the loop.
class GathererDriverSink {
 public:
  virtual void reflexive_address_found(const rtc::ReflexiveAddress& address) = 0;
  virtual void gathering_finished() = 0;

 protected:
  ~GathererDriverSink() = default;
};

class GathererDriver final : public UdpMuxSession, private rtc::StunGathererSink {
 public:
  /// All must outlive it.
  GathererDriver(PeerDriverHost& host, std::vector<rtc::IceServerUrl> servers, Random& random,
                 GathererDriverSink& sink);
  ~GathererDriver() override;
  GathererDriver(const GathererDriver&) = delete;
  GathererDriver& operator=(const GathererDriver&) = delete;

  /// A session starts, with these local addresses.
  void gather(std::span<const SocketAddress> bases);
  const rtc::StunGatherer& machine() const { return machine_; }

  // The host's.
  void receive(const rtc::DatagramPath& path, ByteView datagram) override;

 private:
  // rtc::StunGathererSink
  void send_stun(const rtc::DatagramPath& path, ByteView datagram) override;
  void resolve_server(std::size_t server) override;
  void reflexive_address_found(const rtc::ReflexiveAddress& address) override;
  void gathering_finished() override { sink_.gathering_finished(); }

  void resolved(std::size_t server, const std::vector<IpAddress>& addresses);
  void arm_timer();

  PeerDriverHost& host_;
  std::vector<rtc::IceServerUrl> servers_;
  GathererDriverSink& sink_;
  NameLookup lookup_;
  std::optional<Time> armed_;
  Timer timer_;
  rtc::StunGatherer machine_;
};

}  // namespace flnet::io
