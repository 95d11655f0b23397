// SPDX-License-Identifier: MIT OR Apache-2.0
// GathererDriver: carries out what the gatherer says.
#include "io/native/gatherer_driver.hpp"

#include <flnet/log.hpp>

#include <utility>

namespace flnet::io {
namespace {

constexpr log::Topic topic{"flnet::web_rtc"};

}  // namespace

GathererDriver::GathererDriver(PeerDriverHost& host, std::vector<rtc::IceServerUrl> servers, Random& random,
                               GathererDriverSink& sink)
    : host_(host),
      servers_(std::move(servers)),
      sink_(sink),
      lookup_(host.loop()),
      machine_({.servers = servers_.size()}, random, *this) {
  host_.mux().add_client(*this);
}

GathererDriver::~GathererDriver() {
  host_.mux().remove(*this);
}

void GathererDriver::gather(std::span<const SocketAddress> bases) {
  machine_.gather(bases, host_.now());
  arm_timer();
}

void GathererDriver::receive(const rtc::DatagramPath& path, ByteView datagram) {
  machine_.receive(path, datagram, host_.now());
  arm_timer();
}

void GathererDriver::send_stun(const rtc::DatagramPath& path, ByteView datagram) {
  host_.mux().sent(*this, path, datagram, host_.now());
  host_.port().send(path, datagram);
  host_.request_turn();
}

void GathererDriver::resolve_server(std::size_t server) {
  lookup_.look_up(servers_[server].host,
                  [this, server](const std::vector<IpAddress>& found) { resolved(server, found); });
}

void GathererDriver::resolved(std::size_t server, const std::vector<IpAddress>& addresses) {
  if (addresses.empty()) topic.warn("no address of ", servers_[server].to_string(), " was found");
  std::vector<SocketAddress> found;
  found.reserve(addresses.size());
  for (const IpAddress& ip : addresses) found.push_back({ip, servers_[server].port});
  machine_.server_resolved(server, found, host_.now());
  arm_timer();
}

void GathererDriver::reflexive_address_found(const rtc::ReflexiveAddress& address) {
  topic.debug("a STUN server sees ", address.base.to_string(), " as ", address.mapped.to_string());
  sink_.reflexive_address_found(address);
}

void GathererDriver::arm_timer() {
  const auto deadline = machine_.deadline();
  if (armed_ == deadline) return;
  armed_ = deadline;
  timer_ = {};
  if (!deadline) return;
  timer_ = host_.loop().at(*deadline, [this] {
    armed_.reset();
    machine_.handle_timeout(host_.now());
    arm_timer();
  });
}

}  // namespace flnet::io
