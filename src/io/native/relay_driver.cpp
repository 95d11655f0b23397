// SPDX-License-Identifier: MIT OR Apache-2.0
// RelayDriver: carries out what the relays say.
#include "io/native/relay_driver.hpp"

#include <flnet/log.hpp>

#include <utility>

namespace flnet::io {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};

rtc::TurnRelaysConfig relays_config(const std::vector<TurnServer>& servers) {
  rtc::TurnRelaysConfig config;
  config.servers.reserve(servers.size());
  for (const TurnServer& server : servers) config.servers.push_back({server.login.user, server.login.pass});
  return config;
}

std::vector<rtc::IceServerUrl> urls_of(const std::vector<TurnServer>& servers) {
  std::vector<rtc::IceServerUrl> urls;
  urls.reserve(servers.size());
  for (const TurnServer& server : servers) urls.push_back(server.url);
  return urls;
}

}  // namespace

RelayDriver::RelayDriver(PeerDriverHost& host, const std::vector<TurnServer>& servers, Random& random,
                         RelayDriverSink& sink)
    : host_(host),
      servers_(urls_of(servers)),
      sink_(sink),
      lookup_(host.loop()),
      machine_(relays_config(servers), random, *this) {
  host_.mux().add_client(*this);
}

RelayDriver::~RelayDriver() {
  machine_.close(host_.now());
  host_.mux().remove(*this);
}

void RelayDriver::gather(std::span<const SocketAddress> bases) {
  if (receiving_) {
    waiting_bases_.assign(bases.begin(), bases.end());
    return;
  }
  machine_.gather(bases, host_.now());
  settle();
}

bool RelayDriver::send(const rtc::DatagramPath& path, ByteView datagram) {
  if (!machine_.send(path, datagram, host_.now())) return false;
  arm_timer();
  return true;
}

void RelayDriver::receive(const rtc::DatagramPath& path, ByteView datagram) {
  receiving_ = true;
  machine_.receive(path, datagram, host_.now());
  receiving_ = false;
  if (!waiting_bases_.empty()) {
    machine_.gather(std::exchange(waiting_bases_, {}), host_.now());
    finished_ = finished_ || !machine_.is_gathering();
  }
  settle();
}

void RelayDriver::send_to_server(const rtc::DatagramPath& path, ByteView datagram) {
  if (rtc::datagram_kind(datagram) == rtc::DatagramKind::stun) {
    host_.mux().sent(*this, path, datagram, host_.now());
    host_.mux().claim(*this, path.remote);
  }
  host_.port().send(path, datagram);
  host_.request_turn();
}

void RelayDriver::resolve_server(std::size_t server) {
  lookup_.look_up(servers_[server].host,
                  [this, server](const std::vector<IpAddress>& found) { resolved(server, found); });
}

void RelayDriver::resolved(std::size_t server, const std::vector<IpAddress>& addresses) {
  if (addresses.empty()) topic.warn("no address of ", servers_[server].to_string(), " was found");
  std::vector<SocketAddress> found;
  found.reserve(addresses.size());
  for (const IpAddress& ip : addresses) found.push_back({ip, servers_[server].port});
  machine_.server_resolved(server, found, host_.now());
  settle();
}

void RelayDriver::relay_ended(const Error& reason) {
  topic.warn("no relay: ", reason);
}

void RelayDriver::settle() {
  for (const auto& address : std::exchange(found_, {})) {
    topic.debug(address.relayed.to_string(), " relays to us");
    sink_.relayed_address_found(address);
  }
  if (std::exchange(finished_, false)) sink_.relays_finished();
  arm_timer();
}

void RelayDriver::arm_timer() {
  const auto deadline = machine_.deadline();
  if (armed_ == deadline) return;
  armed_ = deadline;
  timer_ = {};
  if (!deadline) return;
  timer_ = host_.loop().at(*deadline, [this] {
    armed_.reset();
    machine_.handle_timeout(host_.now());
    settle();
  });
}

}  // namespace flnet::io
