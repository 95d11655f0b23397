// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpPort on the system's sockets: opening both families on one port, waiting on the loop.
#include "io/native/udp_port.hpp"

#include "io/native/interface_addresses.hpp"
#include "io/native/udp_receive.hpp"
#include "io/native/udp_send_batch.hpp"
#include "io/native/udp_socket.hpp"

#include <optional>
#include <utility>

namespace flnet::io {
namespace {

/// How often a port of the system's choice for IPv6 is tried on IPv4 before two numbers are accepted.
constexpr int same_port_attempts = 8;

struct SocketPair {
  std::optional<UdpSocket> v6;
  std::optional<UdpSocket> v4;
};

Result<SocketPair> open_v4_alone(std::uint16_t port) {
  auto v4 = UdpSocket::open(IpAddress::Family::ipv4, port);
  if (!v4) return failure(v4.error());
  return SocketPair{std::nullopt, *std::move(v4)};
}

Result<SocketPair> open_sockets(std::uint16_t port) {
  for (int attempt = 1;; ++attempt) {
    auto v6 = UdpSocket::open(IpAddress::Family::ipv6, port);
    if (!v6 && v6.error().code == ErrorCode::address_in_use) return failure(v6.error());
    if (!v6) return open_v4_alone(port);

    auto v4 = UdpSocket::open(IpAddress::Family::ipv4, v6->port());
    const bool taken = !v4 && v4.error().code == ErrorCode::address_in_use;
    if (taken && port != 0) return failure(v4.error());
    if (taken && attempt < same_port_attempts) continue;
    if (taken) v4 = UdpSocket::open(IpAddress::Family::ipv4, 0);
    if (!v4) return SocketPair{*std::move(v6), std::nullopt};
    return SocketPair{*std::move(v6), *std::move(v4)};
  }
}

class SocketUdpPort final : public UdpPort {
 public:
  SocketUdpPort(AsioLoop& loop, SocketPair sockets, UdpPortSink& sink)
      : loop_(loop),
        sink_(sink),
        v6_(make_endpoint(std::move(sockets.v6))),
        v4_(make_endpoint(std::move(sockets.v4))) {}

  std::vector<SocketAddress> local_addresses(bool loopback) const override {
    auto addresses = interface_addresses();
    std::erase_if(addresses, [this](const IpAddress& ip) { return endpoint(ip) == nullptr; });
    std::vector<SocketAddress> local;
    for (const auto& ip : usable_addresses(std::move(addresses), loopback)) {
      local.push_back({ip, endpoint(ip)->socket.port()});
    }
    return local;
  }

  void send(const rtc::DatagramPath& path, ByteView datagram) override {
    Endpoint* to = endpoint(path.remote.ip);
    if (to == nullptr || path.local.ip.family != path.remote.ip.family) {
      ++counters_.dropped_send;
    } else if (to->batch.append(path, datagram)) {
      flush(*to);
    }
  }

  void flush() override {
    if (v6_) flush(*v6_);
    if (v4_) flush(*v4_);
  }

  const UdpPortCounters& counters() const override { return counters_; }

 private:
  /// One family: its socket, what waits to leave through it, and the loop's interest in it.
  struct Endpoint {
    Endpoint(UdpSocket opened, UdpPortCounters& counters)
        : socket(std::move(opened)), batch(socket.descriptor(), socket.can_segment(), counters) {}
    UdpSocket socket;
    UdpSendBatch batch;
    bool blocked = false;
    std::unique_ptr<AsioLoop::Watch> readable;
    std::unique_ptr<AsioLoop::Watch> writable;
  };

  std::unique_ptr<Endpoint> make_endpoint(std::optional<UdpSocket> socket) {
    if (!socket) return nullptr;
    auto made = std::make_unique<Endpoint>(*std::move(socket), counters_);
    made->readable = loop_.watch_readable(made->socket.descriptor(), [this, at = made.get()] {
      receiver_.receive(at->socket, sink_, counters_);
      sink_.batch_received();
    });
    return made;
  }

  Endpoint* endpoint(const IpAddress& ip) const { return ip.is_v4() ? v4_.get() : v6_.get(); }

  void flush(Endpoint& through) {
    if (through.blocked || through.batch.empty() || through.batch.flush()) return;
    through.blocked = true;
    through.writable = loop_.watch_writable(through.socket.descriptor(), [this, &through] {
      through.blocked = false;
      flush(through);
    });
  }

  AsioLoop& loop_;
  UdpPortSink& sink_;
  UdpPortCounters counters_;
  UdpReceiver receiver_;
  std::unique_ptr<Endpoint> v6_;
  std::unique_ptr<Endpoint> v4_;
};

}  // namespace

Result<std::unique_ptr<UdpPort>> UdpPort::open(Loop& loop, std::uint16_t port, UdpPortSink& sink) {
  auto* asio = dynamic_cast<AsioLoop*>(&loop);
  if (asio == nullptr) return failure(ErrorCode::system, "sockets need flnet's AsioLoop");
  auto sockets = open_sockets(port);
  if (!sockets) return failure(sockets.error());
  return std::make_unique<SocketUdpPort>(*asio, *std::move(sockets), sink);
}

}  // namespace flnet::io
