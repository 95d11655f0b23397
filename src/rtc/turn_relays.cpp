// SPDX-License-Identifier: MIT OR Apache-2.0
// TurnRelays: names, one client a server and base, and which of them a datagram belongs to.
#include "rtc/turn_relays.hpp"

#include <algorithm>
#include <utility>

namespace flnet::rtc {
namespace {

bool can_talk(const IpAddress& a, const IpAddress& b) {
  return a.family == b.family && a.is_loopback() == b.is_loopback();
}

}  // namespace

/// A client with its place among the others.
class TurnRelays::Relay final : private TurnClientSink {
 public:
  Relay(TurnRelays& owner, TurnClientConfig config)
      : owner_(owner), client_(std::move(config), owner.random_, *this) {}

  TurnClient& client() { return client_; }
  const TurnClient& client() const { return client_; }
  RelayedAddress address() const { return {*client_.relayed(), *client_.mapped(), client_.config().base}; }

 private:
  void send_to_server(const DatagramPath& path, ByteView datagram) override {
    owner_.sink_.send_to_server(path, datagram);
  }
  void relay_allocated() override { owner_.sink_.relayed_address_found(address()); }
  void relay_received(const SocketAddress& peer, ByteView datagram) override {
    owner_.sink_.relay_received({.local = *client_.relayed(), .remote = peer}, datagram);
  }
  void relay_ended(Error reason) override { owner_.sink_.relay_ended(reason); }

  TurnRelays& owner_;
  TurnClient client_;
};

TurnRelays::TurnRelays(TurnRelaysConfig config, Random& random, TurnRelaysSink& sink)
    : config_(std::move(config)), random_(random), sink_(sink), servers_(config_.servers.size()) {}
TurnRelays::~TurnRelays() = default;

void TurnRelays::gather(std::span<const SocketAddress> bases, Time now) {
  bases_.assign(bases.begin(), bases.end());
  for (std::size_t number = 0; number < servers_.size(); ++number) {
    Server& server = servers_[number];
    if (server.resolving_until) continue;
    if (server.v4 || server.v6) {
      start_relays(number, now);
    } else {
      server.resolving_until = now + config_.resolution_timeout;
      sink_.resolve_server(number);
    }
  }
  if (!gathering_) gathering_ = is_busy();
  settle();
}

void TurnRelays::server_resolved(std::size_t number, std::span<const SocketAddress> addresses, Time now) {
  Server& server = servers_.at(number);
  server.resolving_until.reset();
  for (const SocketAddress& address : addresses) {
    auto& to = address.ip.is_v4() ? server.v4 : server.v6;
    if (!to) to = address;
  }
  if (gathering_) start_relays(number, now);
  settle();
}

void TurnRelays::start_relays(std::size_t number, Time now) {
  for (const auto& address : {servers_[number].v4, servers_[number].v6}) {
    if (!address) continue;
    for (const SocketAddress& base : bases_) {
      if (can_talk(address->ip, base.ip)) start_relay(number, *address, base, now);
    }
  }
}

void TurnRelays::start_relay(std::size_t number, const SocketAddress& address, const SocketAddress& base,
                             Time now) {
  const auto known = std::ranges::find_if(relays_, [&](const auto& relay) {
    return relay->client().config().server == address && relay->client().config().base == base;
  });
  if (known != relays_.end()) {
    (*known)->client().start(now);
    return;
  }
  if (relays_.size() == config_.max_relays) {
    // One of an address that the machine has lost makes room.
    const auto lost = std::ranges::find_if(relays_, [&](const auto& relay) {
      return std::ranges::find(bases_, relay->client().config().base) == bases_.end();
    });
    if (lost == relays_.end()) return;
    relays_.erase(lost);
  }
  TurnClientConfig config;
  config.server = address;
  config.base = base;
  config.user = config_.servers[number].user;
  config.password = config_.servers[number].password;
  relays_.push_back(std::make_unique<Relay>(*this, std::move(config)));
  relays_.back()->client().start(now);
}

bool TurnRelays::send(const DatagramPath& path, ByteView datagram, Time now) {
  for (const auto& relay : relays_) {
    if (relay->client().relayed() != path.local) continue;
    relay->client().send(path.remote, datagram, now);
    return true;
  }
  return false;
}

void TurnRelays::receive(const DatagramPath& path, ByteView datagram, Time now) {
  const auto relay = std::ranges::find_if(relays_, [&](const auto& known) {
    return known->client().config().server == path.remote && known->client().config().base == path.local;
  });
  if (relay == relays_.end()) return;
  (*relay)->client().receive(datagram, now);
  settle();
}

void TurnRelays::handle_timeout(Time now) {
  const bool needed = sink_.relays_are_needed();
  for (const auto& relay : relays_) {
    if (!relay->client().deadline() || *relay->client().deadline() > now) continue;
    relay->client().set_wanted(needed);
    relay->client().handle_timeout(now);
  }
  for (Server& server : servers_) {
    if (server.resolving_until && *server.resolving_until <= now) server.resolving_until.reset();
  }
  settle();
}

std::optional<Time> TurnRelays::deadline() const {
  std::optional<Time> next;
  for (const auto& relay : relays_) next = earliest(next, relay->client().deadline());
  for (const Server& server : servers_) next = earliest(next, server.resolving_until);
  return next;
}

void TurnRelays::close(Time now) {
  for (const auto& relay : relays_) relay->client().close(now);
}

std::vector<RelayedAddress> TurnRelays::known() const {
  std::vector<RelayedAddress> addresses;
  for (const auto& relay : relays_) {
    if (relay->client().relayed()) addresses.push_back(relay->address());
  }
  return addresses;
}

bool TurnRelays::is_busy() const {
  const auto is_allocating = [](const auto& relay) { return relay->client().is_allocating(); };
  const auto is_resolving = [](const Server& server) { return server.resolving_until.has_value(); };
  return std::ranges::any_of(relays_, is_allocating) || std::ranges::any_of(servers_, is_resolving);
}

void TurnRelays::settle() {
  if (!gathering_ || is_busy()) return;
  gathering_ = false;
  sink_.relays_finished();
}

}  // namespace flnet::rtc
