// SPDX-License-Identifier: MIT OR Apache-2.0
// StunGatherer: names, Binding requests with their retransmissions (RFC 8489 §6.2.1), and their answers.
#include "rtc/stun_gatherer.hpp"

#include <algorithm>
#include <cassert>

namespace flnet::rtc {
namespace {

/// Two hosts of one family, both on loopback or neither.
bool can_talk(const IpAddress& a, const IpAddress& b) {
  return a.family == b.family && a.is_loopback() == b.is_loopback();
}

bool is_usable(const SocketAddress& mapped, const SocketAddress& base) {
  return mapped.port != 0 && mapped.ip.family == base.ip.family && !mapped.ip.is_unspecified() &&
         !mapped.ip.is_multicast();
}

}  // namespace

StunGatherer::StunGatherer(StunGathererConfig config, Random& random, StunGathererSink& sink)
    : config_(config), random_(random), sink_(sink), servers_(config.servers) {
  assert(config.max_transmissions > 0 && config.initial_rto > Duration::zero());
}

void StunGatherer::gather(std::span<const SocketAddress> bases, Time now) {
  bases_.assign(bases.begin(), bases.end());
  // An address that the machine has lost asks nobody any more, and what it was seen as is of no use.
  std::erase_if(queries_,
                [&](const Query& query) { return std::ranges::find(bases_, query.base) == bases_.end(); });
  resolve_stale(now);
  ask_stale(now);
  // When everything is fresh, nothing has begun, and nothing ends.
  if (!gathering_) gathering_ = deadline().has_value();
  settle();
}

void StunGatherer::resolve_stale(Time now) {
  for (std::size_t number = 0; number < servers_.size(); ++number) {
    Server& server = servers_[number];
    if (server.resolving_until || (server.fresh_until && now < *server.fresh_until)) continue;
    server.resolving_until = now + config_.resolution_timeout;
    sink_.resolve_server(number);
  }
}

void StunGatherer::server_resolved(std::size_t number, std::span<const SocketAddress> addresses, Time now) {
  Server& server = servers_.at(number);
  server.resolving_until.reset();
  if (addresses.empty()) ++counters_.unresolved;
  if (!addresses.empty()) {
    server.addresses.clear();
    server.fresh_until = now + config_.resolution_fresh_for;
    for (const SocketAddress& address : addresses) {
      const auto same_family = [&](const SocketAddress& other) {
        return other.ip.family == address.ip.family;
      };
      if (std::ranges::none_of(server.addresses, same_family)) server.addresses.push_back(address);
    }
    std::erase_if(queries_, [&](const Query& query) { return !is_server(query.server); });
  }
  if (gathering_) ask_stale(now);
  settle();
}

void StunGatherer::ask_stale(Time now) {
  for (const Server& server : servers_) {
    for (const SocketAddress& address : server.addresses) {
      for (const SocketAddress& base : bases_) {
        if (can_talk(address.ip, base.ip)) ask(address, base, now);
      }
    }
  }
}

void StunGatherer::ask(const SocketAddress& server, const SocketAddress& base, Time now) {
  Query* query = find(server, base);
  if (query == nullptr) {
    if (queries_.size() == config_.max_queries) {
      ++counters_.limit_reached;
      return;
    }
    query = &queries_.emplace_back();
    query->server = server;
    query->base = base;
  }
  const bool is_fresh = query->answered && now < *query->answered + config_.fresh_for;
  if (query->next || is_fresh) return;
  random_.fill(query->transaction);
  query->transmissions = 0;
  const Time start = next_start_ && *next_start_ > now ? *next_start_ : now;
  next_start_ = start + config_.pacing;
  query->next = start;
  if (start == now) transmit(*query, now);
}

void StunGatherer::transmit(Query& query, Time now) {
  StunMessage request;
  request.message_class = StunClass::request;
  request.transaction = query.transaction;
  // 500 ms, 1 s, 2 s … until the next one; after the last, Rm times the first.
  const Duration wait = query.transmissions + 1 == config_.max_transmissions
                            ? config_.initial_rto * config_.last_wait
                            : config_.initial_rto * (std::int64_t{1} << query.transmissions);
  ++query.transmissions;
  query.next = now + wait;
  ++counters_.asked;
  sink_.send_stun({.local = query.base, .remote = query.server}, encode_stun(request, {}));
}

void StunGatherer::receive(const DatagramPath& path, ByteView datagram, Time now) {
  const auto message = decode_stun(datagram);
  if (!message) {
    ++counters_.dropped_malformed;
    return;
  }
  const auto asked = [&](const Query& query) {
    return query.transmissions > 0 && query.next && query.transaction == message->transaction;
  };
  const auto query = std::ranges::find_if(queries_, asked);
  if (query == queries_.end() || query->server != path.remote || query->base != path.local) {
    ++counters_.dropped_stranger;
    return;
  }
  if (message->message_class == StunClass::error && message->error_code) {
    ++counters_.refused;
    give_up(*query);
  } else if (message->message_class == StunClass::success && message->unknown_attributes.empty() &&
             message->mapped_address && is_usable(*message->mapped_address, query->base)) {
    accept(*query, *message->mapped_address, now);
  } else {
    ++counters_.dropped_malformed;
  }
  settle();
}

void StunGatherer::accept(Query& query, const SocketAddress& mapped, Time now) {
  ++counters_.answered;
  query.next.reset();
  query.answered = now;
  const ReflexiveAddress found{.base = query.base, .mapped = mapped};
  const bool is_new = mapped != query.base && !is_known(found);
  query.mapped = mapped;
  if (is_new) sink_.reflexive_address_found(found);
}

void StunGatherer::give_up(Query& query) {
  query.next.reset();
  query.answered.reset();
  query.mapped.reset();
}

void StunGatherer::handle_timeout(Time now) {
  for (Query& query : queries_) {
    if (!query.next || *query.next > now) continue;
    if (query.transmissions < config_.max_transmissions) {
      transmit(query, now);
    } else {
      ++counters_.timed_out;
      give_up(query);
    }
  }
  for (Server& server : servers_) {
    if (!server.resolving_until || *server.resolving_until > now) continue;
    server.resolving_until.reset();
    ++counters_.unresolved;
  }
  settle();
}

std::optional<Time> StunGatherer::deadline() const {
  std::optional<Time> next;
  for (const Query& query : queries_) next = earliest(next, query.next);
  for (const Server& server : servers_) next = earliest(next, server.resolving_until);
  return next;
}

void StunGatherer::settle() {
  if (!gathering_ || deadline()) return;
  gathering_ = false;
  sink_.gathering_finished();
}

std::vector<ReflexiveAddress> StunGatherer::known(std::span<const SocketAddress> bases) const {
  std::vector<ReflexiveAddress> addresses;
  for (const Query& query : queries_) {
    if (!query.mapped || query.mapped == query.base || std::ranges::find(bases, query.base) == bases.end())
      continue;
    const ReflexiveAddress address{.base = query.base, .mapped = *query.mapped};
    if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
  }
  return addresses;
}

StunGatherer::Query* StunGatherer::find(const SocketAddress& server, const SocketAddress& base) {
  const auto found = std::ranges::find_if(
      queries_, [&](const Query& query) { return query.server == server && query.base == base; });
  return found == queries_.end() ? nullptr : &*found;
}

bool StunGatherer::is_server(const SocketAddress& address) const {
  return std::ranges::any_of(servers_, [&](const Server& server) {
    return std::ranges::find(server.addresses, address) != server.addresses.end();
  });
}

bool StunGatherer::is_known(const ReflexiveAddress& address) const {
  return std::ranges::any_of(queries_, [&](const Query& query) {
    return query.base == address.base && query.mapped == address.mapped;
  });
}

}  // namespace flnet::rtc
