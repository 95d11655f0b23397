// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpReceiver: recvmmsg, control messages, segments.
#include "io/native/udp_receive.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

namespace flnet::io {
namespace {

/// What the control messages of a received buffer say.
struct Arrival {
  std::optional<IpAddress> local;
  std::size_t segment_bytes = 0;  ///< 0: the buffer is one datagram.
};

template <class Value>
Value read_control(const cmsghdr* control) {
  Value value;
  std::memcpy(&value, CMSG_DATA(control), sizeof(Value));
  return value;
}

Arrival read_arrival(const msghdr& message) {
  Arrival arrival;
  for (const cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr;
       control = CMSG_NXTHDR(const_cast<msghdr*>(&message), const_cast<cmsghdr*>(control))) {
    if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
      const auto info = read_control<in_pktinfo>(control);
      IpAddress& local = arrival.local.emplace();
      std::memcpy(local.bytes.data(), &info.ipi_spec_dst, 4);
    } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
      const auto info = read_control<in6_pktinfo>(control);
      IpAddress& local = arrival.local.emplace();
      local.family = IpAddress::Family::ipv6;
      std::memcpy(local.bytes.data(), &info.ipi6_addr, 16);
    } else if (control->cmsg_level == IPPROTO_UDP && control->cmsg_type == UDP_GRO) {
      arrival.segment_bytes = static_cast<std::size_t>(std::max(0, read_control<int>(control)));
    }
  }
  return arrival;
}

}  // namespace

UdpReceiver::UdpReceiver()
    : buffers_(std::make_unique_for_overwrite<std::uint8_t[]>(buffer_count * buffer_bytes)) {
  for (std::size_t i = 0; i < buffer_count; ++i) {
    vectors_[i] = {&buffers_[i * buffer_bytes], buffer_bytes};
    messages_[i].msg_hdr.msg_name = &senders_[i];
    messages_[i].msg_hdr.msg_iov = &vectors_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
    messages_[i].msg_hdr.msg_control = controls_[i].data();
  }
}

void UdpReceiver::receive(const UdpSocket& socket, UdpPortSink& sink, UdpPortCounters& counters) {
  std::size_t delivered = 0;
  while (delivered < datagram_limit) {
    ++counters.receive_calls;
    const int count = read(socket);
    if (count <= 0)
      return;  // Empty, or an error that the call has cleared: the descriptor says when to go on.
    for (int i = 0; i < count; ++i) {
      delivered += deliver(messages_[static_cast<std::size_t>(i)], socket.port(), sink, counters);
    }
    if (static_cast<std::size_t>(count) < buffer_count) return;
  }
}

int UdpReceiver::read(const UdpSocket& socket) {
  for (auto& message : messages_) {
    message.msg_hdr.msg_namelen = sizeof(SystemAddress);
    message.msg_hdr.msg_controllen = control_bytes;
    message.msg_hdr.msg_flags = 0;
  }
  int count = 0;
  do {
    count = ::recvmmsg(socket.descriptor(), messages_.data(), buffer_count, 0, nullptr);
  } while (count < 0 && errno == EINTR);
  return count;
}

std::size_t UdpReceiver::deliver(const mmsghdr& message, std::uint16_t local_port, UdpPortSink& sink,
                                 UdpPortCounters& counters) {
  const Arrival arrival = read_arrival(message.msg_hdr);
  if ((message.msg_hdr.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || !arrival.local) {
    ++counters.truncated;
    return 1;
  }
  const rtc::DatagramPath path{{*arrival.local, local_port},
                               read_system_address(*static_cast<SystemAddress*>(message.msg_hdr.msg_name))};
  const ByteView joined(static_cast<const std::uint8_t*>(message.msg_hdr.msg_iov->iov_base), message.msg_len);
  const std::size_t step = arrival.segment_bytes == 0 ? joined.size() : arrival.segment_bytes;

  std::size_t datagrams = 0;
  std::size_t at = 0;
  do {
    const auto datagram = joined.subspan(at, std::min(step, joined.size() - at));
    ++counters.received;
    ++datagrams;
    at += datagram.size();
    sink.datagram_received(path, datagram);
  } while (at < joined.size());
  return datagrams;
}

}  // namespace flnet::io
