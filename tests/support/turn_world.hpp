// SPDX-License-Identifier: MIT OR Apache-2.0
// TurnWorld: a TurnClient behind a NAT, a TURN server and a peer in virtual time.
#pragma once

#include "rtc/turn_client.hpp"
#include "support/event_queue.hpp"
#include "support/turn_server.hpp"
#include "support/virtual_network.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flnet::test {

class TurnWorld final : public rtc::TurnClientSink {
 public:
  static SocketAddress address(const std::string& text) { return SocketAddress::parse(text).value(); }

  explicit TurnWorld(std::uint64_t seed = 1, TurnServerConfig server_config = {},
                     std::string password = "secret", std::size_t max_permissions = 64)
      : network(queue, seed), random_(seed + 1) {
    const auto to_client = [this](const SocketAddress& receiver, ByteView datagram) {
      network.send({.local = server_address, .remote = receiver}, datagram);
    };
    server.emplace(
        std::move(server_config),
        TurnServer::Wires{.send_to_client = to_client,
                          .send_to_peer = [this](const rtc::DatagramPath& path,
                                                 ByteView datagram) { network.send(path, datagram); },
                          .open_relay = [this] { return open_relay(); }});
    network.attach(server_address, [this](const rtc::DatagramPath& path, ByteView datagram) {
      server->receive_from_client(path.remote, datagram, queue.now());
    });
    network.translate(base, outside);
    network.attach(base, [this](const rtc::DatagramPath& path, ByteView datagram) {
      if (path.remote == server_address) drive([&](Time now) { client->receive(datagram, now); });
    });
    network.attach(peer, [this](const rtc::DatagramPath& path, ByteView datagram) {
      peer_heard.emplace_back(path.remote, as_text(datagram));
    });
    rtc::TurnClientConfig config;
    config.server = server_address;
    config.base = base;
    config.user = "user";
    config.password = std::move(password);
    config.max_permissions = max_permissions;
    client.emplace(config, random_, *this);
    alarm.emplace(queue, [this] { drive([this](Time now) { client->handle_timeout(now); }); });
  }

  void start() {
    drive([this](Time now) { client->start(now); });
  }
  bool allocate() {
    start();
    return queue.run_until([this] { return client->relayed().has_value(); }, 5s);
  }
  void send(std::string_view text) { send_to(peer, text); }
  void send_to(const SocketAddress& to, std::string_view text) {
    drive([&](Time now) { client->send(to, as_bytes(text), now); });
  }
  void peer_says(std::string_view text) {
    network.send({.local = peer, .remote = *client->relayed()}, as_bytes(text));
  }
  template <class Call>
  void drive(Call call) {
    call(queue.now());
    alarm->set(client->deadline());
    EXPECT_FALSE(client->deadline() && *client->deadline() < queue.now());
  }

  const SocketAddress base = address("10.0.0.2:5000"), outside = address("203.0.113.7:40000");
  const SocketAddress server_address = address("192.0.2.1:3478"), peer = address("198.51.100.5:6000");
  EventQueue queue;
  VirtualNetwork network;
  std::optional<TurnServer> server;
  std::optional<rtc::TurnClient> client;
  std::optional<Alarm> alarm;
  std::vector<std::pair<SocketAddress, std::string>> peer_heard;
  std::vector<std::pair<SocketAddress, std::string>> heard;
  std::vector<Bytes> sent;
  int allocated = 0;
  std::optional<Error> ended;

 private:
  void send_to_server(const rtc::DatagramPath& path, ByteView datagram) override {
    EXPECT_EQ(path, (rtc::DatagramPath{base, server_address}));
    sent.push_back(to_bytes(datagram));
    network.send(path, datagram);
  }
  void relay_allocated() override { ++allocated; }
  void relay_received(const SocketAddress& from, ByteView datagram) override {
    heard.emplace_back(from, as_text(datagram));
  }
  void relay_ended(Error reason) override { ended = std::move(reason); }

  SocketAddress open_relay() {
    const SocketAddress relay{server_address.ip, next_relay_++};
    network.attach(relay, [this](const rtc::DatagramPath& path, ByteView datagram) {
      server->receive_from_peer(path.local, path.remote, datagram, queue.now());
    });
    return relay;
  }

  SeededRandom random_;
  std::uint16_t next_relay_ = 50000;
};

}  // namespace flnet::test
