// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpPort: one UDP socket per address family for a whole node, read and written in batches.
#pragma once

#include "rtc/datagram.hpp"

#include <flnet/asio_loop.hpp>
#include <flnet/result.hpp>

#include <memory>
#include <vector>

namespace flnet::io {

/// Called on the loop.
class UdpPortSink {
 public:
  virtual ~UdpPortSink() = default;
  virtual void datagram_received(const rtc::DatagramPath& path, ByteView datagram) = 0;
  /// A batch of datagrams is through: answer them all at once.
  virtual void batch_received() = 0;
};

struct UdpPortCounters {
  std::uint64_t received = 0, sent = 0;             ///< datagrams
  std::uint64_t receive_calls = 0, send_calls = 0;  ///< system calls
  std::uint64_t dropped_send = 0;  ///< The system would not take them, or the batch was full.
  std::uint64_t truncated = 0;
};

/// Sockets are bound to the unspecified addresses (V6ONLY, IP_PKTINFO), so that a datagram's local
/// address is known and chosen per path. In: recvmmsg with UDP_GRO. Out: runs of equal-sized datagrams
/// of one path leave as one UDP_SEGMENT send, where the kernel has it.
class UdpPort {
 public:
  virtual ~UdpPort() = default;
  /// A host without one of the families gets the other alone. address_in_use, or system.
  static Result<std::unique_ptr<UdpPort>> open(Loop& loop, std::uint16_t port, UdpPortSink& sink);
  /// The interfaces' addresses with the sockets' ports: IPv6 before IPv4, no link-local ones; loopback ones
  /// last, and only when `loopback` or when there is nothing else.
  virtual std::vector<SocketAddress> local_addresses(bool loopback) const = 0;
  /// Queues a copy; it leaves at `flush`, or when the batch is full.
  virtual void send(const rtc::DatagramPath& path, ByteView datagram) = 0;
  virtual void flush() = 0;
  virtual const UdpPortCounters& counters() const = 0;
};

}  // namespace flnet::io
