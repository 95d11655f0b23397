// SPDX-License-Identifier: MIT OR Apache-2.0
// UdpMux: routing by username, transaction and address.
#include "io/native/udp_mux.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <optional>
#include <utility>

namespace flnet::io {
namespace {

constexpr std::size_t stun_header_bytes = 20;  // RFC 8489 §5

/// The class bits of a STUN message type (RFC 8489 §5); nothing for what is too short to have them.
std::optional<rtc::StunClass> stun_class(ByteView datagram) {
  if (datagram.size() < stun_header_bytes) return std::nullopt;
  const bool c1 = (datagram[0] & 0x01) != 0;
  const bool c0 = (datagram[1] & 0x10) != 0;
  if (c1) return c0 ? rtc::StunClass::error : rtc::StunClass::success;
  return c0 ? rtc::StunClass::indication : rtc::StunClass::request;
}

bool is_response(rtc::StunClass message_class) {
  return message_class == rtc::StunClass::success || message_class == rtc::StunClass::error;
}

rtc::TransactionId transaction_id(ByteView datagram) {
  rtc::TransactionId id;
  std::copy_n(datagram.begin() + 8, id.size(), id.begin());
  return id;
}

/// A DTLS record that is not encrypted yet: only an association in its handshake can use it (RFC 6347 §4.1:
/// type, version, then the epoch).
bool is_handshake_record(ByteView datagram) {
  return rtc::datagram_kind(datagram) == rtc::DatagramKind::dtls && datagram.size() > 4 && datagram[3] == 0 &&
         datagram[4] == 0;
}

}  // namespace

std::size_t UdpMux::TransactionHash::operator()(const rtc::TransactionId& id) const {
  // The ids are our own random numbers: their first bytes are as good as any hash.
  std::uint64_t head = 0;
  std::memcpy(&head, id.data(), sizeof(head));
  return static_cast<std::size_t>(head);
}

void UdpMux::add(UdpMuxSession& session, std::string local_ufrag) {
  assert(!sessions_.contains(&session) && !by_ufrag_.contains(local_ufrag));
  const auto number = next_number_++;
  by_ufrag_.emplace(local_ufrag, &session);
  by_number_.emplace(number, &session);
  sessions_.emplace(&session, Session{number, {std::move(local_ufrag)}, {}});
}

void UdpMux::add_ufrag(UdpMuxSession& session, std::string ufrag) {
  const auto found = sessions_.find(&session);
  if (found == sessions_.end()) return;
  assert(!by_ufrag_.contains(ufrag) && found->second.ufrags.size() < max_ufrags_per_session);
  by_ufrag_.emplace(ufrag, &session);
  found->second.ufrags.push_back(std::move(ufrag));
}

void UdpMux::remove_ufrag(UdpMuxSession& session, std::string_view ufrag) {
  const auto found = sessions_.find(&session);
  if (found == sessions_.end() || std::erase(found->second.ufrags, ufrag) == 0) return;
  by_ufrag_.erase(by_ufrag_.find(ufrag));
}

void UdpMux::add_client(UdpMuxSession& client) {
  assert(!sessions_.contains(&client));
  const auto number = next_number_++;
  by_number_.emplace(number, &client);
  sessions_.emplace(&client, Session{number, {}, {}});
}

void UdpMux::remove(UdpMuxSession& session) {
  const auto found = sessions_.find(&session);
  if (found == sessions_.end()) return;
  for (const auto& remote : found->second.addresses) leave(session, remote);
  for (const std::string& ufrag : found->second.ufrags) by_ufrag_.erase(ufrag);
  by_number_.erase(found->second.number);  // Its transactions now lead nowhere, until they expire.
  sessions_.erase(found);
}

UdpMuxSession* UdpMux::route(const rtc::DatagramPath& path, ByteView datagram, Time now) {
  UdpMuxSession* session = rtc::datagram_kind(datagram) == rtc::DatagramKind::stun
                               ? route_stun(path, datagram, now)
                               : route_by_address(path.remote, datagram);
  ++(session != nullptr ? counters_.routed : counters_.dropped_unknown);
  return session;
}

UdpMuxSession* UdpMux::route_stun(const rtc::DatagramPath& path, ByteView datagram, Time now) {
  const auto message_class = stun_class(datagram);
  if (!message_class) return nullptr;
  if (is_response(*message_class)) {
    expire_transactions(now);
    const auto transaction = transactions_.find(transaction_id(datagram));
    if (transaction == transactions_.end()) return nullptr;
    const auto session = by_number_.find(transaction->second);
    return session == by_number_.end() ? nullptr : session->second;
  }
  const std::string_view ufrag = rtc::stun_receiver_ufrag(datagram);
  // A relay's Data indications have no username.
  if (ufrag.empty() && message_class == rtc::StunClass::indication)
    return route_by_address(path.remote, datagram);
  const auto found = by_ufrag_.find(ufrag);
  if (found == by_ufrag_.end()) return nullptr;
  see(*found->second, path.remote);
  return found->second;
}

UdpMuxSession* UdpMux::route_by_address(const SocketAddress& remote, ByteView datagram) {
  if (cached_ == nullptr || cached_remote_ != remote) {
    const auto found = addresses_.find(remote);
    if (found == addresses_.end()) return nullptr;
    cached_ = &found->second;
    cached_remote_ = remote;
  }
  const Address& address = *cached_;
  return address.owner == nullptr || is_handshake_record(datagram) ? address.seen.back() : address.owner;
}

void UdpMux::sent(UdpMuxSession& session, const rtc::DatagramPath& path, ByteView datagram, Time now) {
  const auto found = sessions_.find(&session);
  if (found == sessions_.end() || stun_class(datagram) != rtc::StunClass::request) return;
  see(session, path.remote);
  expire_transactions(now);
  const auto id = transaction_id(datagram);
  if (!transactions_.emplace(id, found->second.number).second) return;  // A retransmission.
  if (transaction_order_.size() == max_transactions) {
    transactions_.erase(transaction_order_.front().id);
    transaction_order_.pop_front();
  }
  transaction_order_.push_back({id, found->second.number, now + transaction_lifetime});
}

void UdpMux::claim(UdpMuxSession& session, const SocketAddress& remote) {
  if (!sessions_.contains(&session)) return;
  see(session, remote).owner = &session;
}

UdpMux::Address& UdpMux::see(UdpMuxSession& session, const SocketAddress& remote) {
  auto& known = sessions_.at(&session);
  if (std::ranges::find(known.addresses, remote) == known.addresses.end()) {
    make_room(session, known);
    known.addresses.push_back(remote);
  }
  Address& address = addresses_[remote];
  std::erase(address.seen, &session);
  address.seen.push_back(&session);
  return address;
}

void UdpMux::make_room(UdpMuxSession& self, Session& session) {
  if (session.addresses.size() < max_addresses_per_session) return;
  const auto oldest = std::ranges::find_if(
      session.addresses, [&](const SocketAddress& remote) { return addresses_.at(remote).owner != &self; });
  const auto evicted = oldest != session.addresses.end() ? oldest : session.addresses.begin();
  leave(self, *evicted);
  session.addresses.erase(evicted);
}

void UdpMux::leave(UdpMuxSession& session, const SocketAddress& remote) {
  const auto found = addresses_.find(remote);
  Address& address = found->second;
  std::erase(address.seen, &session);
  if (address.owner == &session) address.owner = nullptr;
  if (!address.seen.empty()) return;
  cached_ = nullptr;
  addresses_.erase(found);
}

void UdpMux::expire_transactions(Time now) {
  while (!transaction_order_.empty() && transaction_order_.front().expires <= now) {
    transactions_.erase(transaction_order_.front().id);
    transaction_order_.pop_front();
  }
}

}  // namespace flnet::io
