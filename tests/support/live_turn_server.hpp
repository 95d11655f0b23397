// SPDX-License-Identifier: MIT OR Apache-2.0
// LiveTurnServer: the tests' TURN server on real sockets of loopback; its relays have an address of their own
// there.
#pragma once

#include "io/native/udp_port.hpp"
#include "support/live_peer.hpp"
#include "support/turn_server.hpp"

#include <memory>
#include <string>
#include <vector>

namespace flnet::test {

class LiveTurnServer final : private io::UdpPortSink {
 public:
  explicit LiveTurnServer(PeerLoop& world, TurnServerConfig config = {})
      : world_(world),
        port_(*io::UdpPort::open(world.loop, 0, *this)),
        server(std::move(config), {.send_to_client =
                                       [this](const SocketAddress& client, ByteView datagram) {
                                         port_->send({.local = address, .remote = client}, datagram);
                                       },
                                   .send_to_peer =
                                       [this](const rtc::DatagramPath& path, ByteView datagram) {
                                         for (const auto& relay : relays_) relay->send(path, datagram);
                                       },
                                   .open_relay = [this] { return open_relay(); }}) {
    for (const SocketAddress& local : port_->local_addresses(true)) {
      if (local.ip == client_ip) address = local;
    }
  }

  std::string url() const { return "turn:" + address.to_string(); }

  static inline const IpAddress client_ip = IpAddress::v4({127, 0, 0, 1});
  static inline const IpAddress relay_ip = IpAddress::v4({127, 0, 0, 50});

 private:
  class Relay final : private io::UdpPortSink {
   public:
    explicit Relay(LiveTurnServer& owner)
        : owner_(owner), port_(*io::UdpPort::open(owner.world_.loop, 0, *this)) {
      for (const SocketAddress& local : port_->local_addresses(true)) {
        if (local.ip == client_ip) address = {relay_ip, local.port};
      }
    }
    void send(const rtc::DatagramPath& path, ByteView datagram) {
      if (path.local != address) return;
      port_->send(path, datagram);
      port_->flush();
    }
    SocketAddress address;

   private:
    void datagram_received(const rtc::DatagramPath& path, ByteView datagram) override {
      owner_.server.receive_from_peer(path.local, path.remote, datagram, owner_.world_.loop.now());
    }
    void batch_received() override { owner_.port_->flush(); }
    LiveTurnServer& owner_;
    std::unique_ptr<io::UdpPort> port_;
  };

  SocketAddress open_relay() {
    relays_.push_back(std::make_unique<Relay>(*this));
    return relays_.back()->address;
  }
  void datagram_received(const rtc::DatagramPath& path, ByteView datagram) override {
    server.receive_from_client(path.remote, datagram, world_.loop.now());
    world_.check();
  }
  void batch_received() override { port_->flush(); }

  PeerLoop& world_;
  std::unique_ptr<io::UdpPort> port_;
  std::vector<std::unique_ptr<Relay>> relays_;

 public:
  SocketAddress address;
  TurnServer server;
};

}  // namespace flnet::test
