// SPDX-License-Identifier: MIT OR Apache-2.0
// VirtualNetwork: datagrams between addresses in virtual time, with everything that networks do to them.
#pragma once

#include "base/random.hpp"
#include "rtc/datagram.hpp"
#include "support/event_queue.hpp"

#include <flnet/bytes.hpp>
#include <flnet/socket_address.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace flnet::test {

/// What happens to datagrams on their way. Probabilities are from 0 to 1.
struct NetworkConditions {
  Duration latency = 10ms;  ///< One way.
  Duration jitter =
      Duration::zero();  ///< Added, uniform in [0, jitter]; does not change the order by itself.
  double loss = 0;
  double duplication = 0;
  double corruption = 0;  ///< One random bit is flipped.
  double reordering = 0;  ///< The datagram is overtaken: it comes up to `reordering_delay` later.
  Duration reordering_delay = 20ms;
  std::size_t mtu = 65507;               ///< Longer datagrams vanish.
  std::uint64_t bytes_per_second = 0;    ///< 0: any rate. Per direction and pair of IP addresses.
  std::size_t queue_bytes = 256 * 1024;  ///< Before the bottleneck; what doesn't fit is lost.
};

/// What the network did, for assertions on cost.
struct NetworkCounters {
  std::uint64_t sent = 0, delivered = 0, lost = 0, blocked = 0, duplicated = 0, corrupted = 0;
};

/// A network of IP addresses. Sockets are attached to addresses; a datagram to an address where nobody is
/// attached vanishes. All randomness comes from one seed.
class VirtualNetwork {
 public:
  using DatagramPath = rtc::DatagramPath;
  /// Called with the path as the receiver sees it: `local` is its own address.
  using Receiver = std::function<void(const DatagramPath& path, ByteView datagram)>;

  VirtualNetwork(EventQueue& queue, std::uint64_t seed) : queue_(queue), random_(seed) {}
  VirtualNetwork(const VirtualNetwork&) = delete;
  VirtualNetwork& operator=(const VirtualNetwork&) = delete;

  void attach(const SocketAddress& address, Receiver receiver) { sockets_[address] = std::move(receiver); }
  void detach(const SocketAddress& address) { sockets_.erase(address); }

  /// For all pairs of addresses that have no conditions of their own.
  void set_conditions(const NetworkConditions& conditions) { conditions_ = conditions; }
  /// From `from` to `to`, that direction only.
  void set_conditions(const IpAddress& from, const IpAddress& to, const NetworkConditions& conditions) {
    own_conditions_[{from, to}] = conditions;
  }

  /// Nothing passes between the two, in both directions, until `unblock`.
  void block(const IpAddress& a, const IpAddress& b) { blocked_.insert(std::minmax(a, b)); }
  void unblock(const IpAddress& a, const IpAddress& b) { blocked_.erase(std::minmax(a, b)); }
  /// Nothing reaches or leaves the address.
  void isolate(const IpAddress& address) { isolated_.insert(address); }
  void rejoin(const IpAddress& address) { isolated_.erase(address); }
  /// Nothing passes between anybody.
  void set_partitioned(bool partitioned) { partitioned_ = partitioned; }

  /// A one-to-one NAT: others see `outside` where `inside` sends, and reach it there only.
  void translate(const SocketAddress& inside, const SocketAddress& outside) {
    outside_of_[inside] = outside;
    inside_of_[outside] = inside;
  }

  void send(const DatagramPath& path, ByteView datagram) {
    ++counters_.sent;
    const auto mapped = outside_of_.find(path.local);
    const SocketAddress source = mapped == outside_of_.end() ? path.local : mapped->second;
    if (!passes(source.ip, path.remote.ip) || !passes(path.local.ip, path.remote.ip)) {
      ++counters_.blocked;
      return;
    }
    const NetworkConditions& conditions = conditions_between(source.ip, path.remote.ip);
    if (datagram.size() > conditions.mtu || random_.unit() < conditions.loss) {
      ++counters_.lost;
      return;
    }
    const bool twice = random_.unit() < conditions.duplication;
    if (twice) ++counters_.duplicated;
    for (int copy = 0; copy < (twice ? 2 : 1); ++copy) carry(source, path.remote, datagram, conditions);
  }

  const NetworkCounters& counters() const { return counters_; }

 private:
  struct Direction {
    Time last_arrival{};
    Time link_free{};  // when the bottleneck has sent what it holds
  };

  bool passes(const IpAddress& a, const IpAddress& b) const {
    return !partitioned_ && !isolated_.contains(a) && !isolated_.contains(b) &&
           !blocked_.contains(std::minmax(a, b));
  }

  const NetworkConditions& conditions_between(const IpAddress& from, const IpAddress& to) const {
    const auto own = own_conditions_.find({from, to});
    return own == own_conditions_.end() ? conditions_ : own->second;
  }

  void carry(const SocketAddress& source, const SocketAddress& to, ByteView datagram,
             const NetworkConditions& conditions) {
    Direction& direction = directions_[{source.ip, to.ip}];
    Time leaves = queue_.now();
    if (conditions.bytes_per_second > 0) {
      leaves = std::max(leaves, direction.link_free);
      const auto waiting = static_cast<std::uint64_t>((leaves - queue_.now()).count());
      if (waiting * conditions.bytes_per_second / 1'000'000 + datagram.size() > conditions.queue_bytes) {
        ++counters_.lost;
        return;
      }
      leaves +=
          Duration(static_cast<std::int64_t>(datagram.size() * 1'000'000 / conditions.bytes_per_second));
      direction.link_free = leaves;
    }
    Time arrives = leaves + conditions.latency + random_duration(conditions.jitter);
    if (random_.unit() < conditions.reordering) {
      arrives = std::max(arrives, direction.last_arrival) + random_duration(conditions.reordering_delay);
    } else {
      arrives = std::max(arrives, direction.last_arrival);
      direction.last_arrival = arrives;
    }
    queue_.at(arrives, [this, source, to, copy = maybe_corrupted(datagram, conditions)] {
      deliver(source, to, copy);
    });
  }

  Bytes maybe_corrupted(ByteView datagram, const NetworkConditions& conditions) {
    Bytes copy = to_bytes(datagram);
    if (!copy.empty() && random_.unit() < conditions.corruption) {
      ++counters_.corrupted;
      copy[random_.below(copy.size())] ^= static_cast<std::uint8_t>(1U << random_.below(8));
    }
    return copy;
  }

  void deliver(const SocketAddress& source, const SocketAddress& to, const Bytes& datagram) {
    const auto mapped = inside_of_.find(to);
    const SocketAddress at = mapped == inside_of_.end() ? to : mapped->second;
    const bool hidden = mapped == inside_of_.end() && outside_of_.contains(to);
    const auto socket = sockets_.find(at);
    // A partition that began meanwhile stops what was under way too.
    if (hidden || socket == sockets_.end() || !passes(source.ip, to.ip) || !passes(source.ip, at.ip)) {
      ++counters_.blocked;
      return;
    }
    ++counters_.delivered;
    const Receiver receiver = socket->second;  // it may detach itself
    receiver({.local = at, .remote = source}, datagram);
  }

  Duration random_duration(Duration bound) {
    if (bound <= Duration::zero()) return Duration::zero();
    return Duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(bound.count()) + 1)));
  }

  EventQueue& queue_;
  SeededRandom random_;
  NetworkConditions conditions_;
  NetworkCounters counters_;
  std::map<SocketAddress, Receiver> sockets_;
  std::map<SocketAddress, SocketAddress> outside_of_, inside_of_;
  std::map<std::pair<IpAddress, IpAddress>, NetworkConditions> own_conditions_;
  std::map<std::pair<IpAddress, IpAddress>, Direction> directions_;
  std::set<std::pair<IpAddress, IpAddress>> blocked_;
  std::set<IpAddress> isolated_;
  bool partitioned_ = false;
};

}  // namespace flnet::test
