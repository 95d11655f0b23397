// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpReceiver: reads sockets with recvmmsg and cuts what UDP_GRO has joined.
#pragma once

#include "io/native/udp_port.hpp"
#include "io/native/udp_socket.hpp"

#include <array>
#include <memory>

namespace flnet::io {

/// One set of buffers serves both sockets of a port: a buffer is used up when its datagrams are delivered.
class UdpReceiver {
 public:
  UdpReceiver();

  /// Delivers what waits in `socket`, until it is empty or at least `datagram_limit` are through: other
  /// sockets and timers of the loop must have their turn as well.
  void receive(const UdpSocket& socket, UdpPortSink& sink, UdpPortCounters& counters);

 private:
  static constexpr std::size_t datagram_limit = 512;
  static constexpr std::size_t buffer_count = 16;
  /// The largest joined buffer of a 16-bit length.
  static constexpr std::size_t buffer_bytes = 65536;
  using Control = std::array<std::uint8_t, control_bytes>;

  int read(const UdpSocket& socket);
  static std::size_t deliver(const mmsghdr& message, std::uint16_t local_port, UdpPortSink& sink,
                             UdpPortCounters& counters);

  /// Not initialised: pages that no datagram has touched cost no memory.
  std::unique_ptr<std::uint8_t[]> buffers_;
  std::array<mmsghdr, buffer_count> messages_{};
  std::array<iovec, buffer_count> vectors_{};
  std::array<SystemAddress, buffer_count> senders_{};
  alignas(cmsghdr) std::array<Control, buffer_count> controls_{};
};

}  // namespace flnet::io
