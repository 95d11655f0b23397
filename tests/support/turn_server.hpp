// SPDX-License-Identifier: MIT OR Apache-2.0
// TurnServer: a TURN server over UDP (RFC 8656) as strict as the standard, without sockets and clock of its
// own.
#pragma once

#include "base/byte_io.hpp"
#include "base/credential_digest.hpp"
#include "base/random.hpp"
#include "rtc/datagram.hpp"
#include "rtc/stun_message.hpp"
#include "rtc/turn_message.hpp"

#include <flnet/bytes.hpp>
#include <flnet/socket_address.hpp>
#include <flnet/time.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace flnet::test {

struct TurnServerConfig {
  std::string realm = "test.example", user = "user", password = "secret";
  bool sha256 = false;            ///< Offers PASSWORD-ALGORITHMS and wants SHA-256.
  bool hides_algorithms = false;  ///< The nonce announces them, and nothing lists them: an attack.
  bool hides_user = false;        ///< Wants USERHASH.
  std::uint32_t max_lifetime = 3600;
  std::size_t quota = 100;  ///< Allocations.
};

class TurnServer {
 public:
  /// `send_to_client` carries what the server says, `send_to_peer` what a relayed address (the path's local
  /// one) sends. `open_relay` gives the next relayed address.
  struct Wires {
    std::function<void(const SocketAddress& client, ByteView datagram)> send_to_client;
    std::function<void(const rtc::DatagramPath& path, ByteView datagram)> send_to_peer;
    std::function<SocketAddress()> open_relay;
  };

  TurnServer(TurnServerConfig config, Wires wires) : config_(std::move(config)), wires_(std::move(wires)) {
    new_nonce();
  }

  /// From now on all nonces given out before are stale.
  void new_nonce() {
    const unsigned features =
        (config_.sha256 || config_.hides_algorithms ? 32U : 0U) + (config_.hides_user ? 16U : 0U);
    constexpr std::string_view base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    nonce_ = "obMatJos2" + std::string(1, base64[features]) + "AAA" + std::to_string(++nonces_);
  }
  /// Forgets everything, as a server that was started again.
  void restart() {
    allocations_.clear();
    new_nonce();
  }
  std::size_t allocation_count() const { return allocations_.size(); }

  void receive_from_client(const SocketAddress& client, ByteView datagram, Time now) {
    expire(now);
    if (!datagram.empty() && datagram[0] >= 0x40 && datagram[0] <= 0x4f)
      return channel_data(client, datagram);
    const auto message = rtc::decode_turn(datagram);
    if (!message) {
      if (const auto binding = rtc::decode_stun(datagram)) answer_binding(client, *binding);
      return;
    }
    if (message->message_class == rtc::StunClass::indication) return indication(client, *message);
    if (message->message_class == rtc::StunClass::request) request(client, *message, datagram, now);
  }

  void receive_from_peer(const SocketAddress& relayed, const SocketAddress& peer, ByteView datagram,
                         Time now) {
    expire(now);
    for (auto& [client, allocation] : allocations_) {
      if (allocation.relayed != relayed || !allocation.permissions.contains(peer.ip)) continue;
      for (const auto& [number, channel] : allocation.channels) {
        if (channel.first != peer) continue;
        Bytes frame(4);
        store_u16(frame.data(), number);
        store_u16(frame.data() + 2, static_cast<std::uint16_t>(datagram.size()));
        append_bytes(frame, datagram);
        ++channel_data_sent;
        return wires_.send_to_client(client, frame);
      }
      rtc::TurnMessage data;
      data.message_class = rtc::StunClass::indication;
      data.method = rtc::TurnMethod::data;
      random_.fill(data.transaction);
      data.peer = peer;
      data.data = datagram;
      return wires_.send_to_client(client, rtc::encode_turn(data));
    }
  }

  /// Refuses the next request of this kind with this code.
  void refuse_next(rtc::TurnMethod method, std::uint16_t code) { refusals_[method] = code; }

  std::map<rtc::TurnMethod, int> granted;
  int challenges = 0, stale = 0, channel_data_sent = 0, channel_data_received = 0, indications_received = 0;

 private:
  struct Allocation {
    SocketAddress relayed;
    Time expires;
    std::map<IpAddress, Time> permissions;
    std::map<std::uint16_t, std::pair<SocketAddress, Time>> channels;
  };

  void answer_binding(const SocketAddress& client, const rtc::StunMessage& request) {
    if (request.message_class != rtc::StunClass::request) return;
    rtc::StunMessage response;
    response.message_class = rtc::StunClass::success;
    response.transaction = request.transaction;
    response.mapped_address = client;
    wires_.send_to_client(client, rtc::encode_stun(response, {}));
  }

  rtc::TurnKey key() const {
    const std::string secret = config_.user + ':' + config_.realm + ':' + config_.password;
    if (config_.sha256) {
      const auto digest = sha256(as_bytes(secret));
      return {Bytes(digest.begin(), digest.end()), true};
    }
    const auto digest = md5(as_bytes(secret));
    return {Bytes(digest.begin(), digest.end()), false};
  }

  bool is_our_user(const rtc::TurnMessage& message) const {
    if (!config_.hides_user) return message.username == config_.user;
    return message.userhash == sha256(as_bytes(config_.user + ':' + config_.realm));
  }

  static rtc::TurnMessage answer_to(const rtc::TurnMessage& request, rtc::StunClass message_class) {
    rtc::TurnMessage response;
    response.message_class = message_class;
    response.method = request.method;
    response.transaction = request.transaction;
    return response;
  }

  void request(const SocketAddress& client, const rtc::TurnMessage& message, ByteView datagram, Time now) {
    const bool is_authentic =
        message.nonce && message.realm == config_.realm && is_our_user(message) &&
        (!config_.sha256 || (message.password_algorithms == algorithms &&
                             message.password_algorithm == rtc::StunPasswordAlgorithm::sha256)) &&
        rtc::verify_turn_integrity(datagram, key());
    if (!is_authentic || message.nonce != nonce_) {
      auto challenge = answer_to(message, rtc::StunClass::error);
      challenge.error_code = is_authentic ? 438 : 401;
      ++(is_authentic ? stale : challenges);
      challenge.realm = config_.realm;
      challenge.nonce = nonce_;
      if (config_.sha256) challenge.password_algorithms = algorithms;
      return wires_.send_to_client(client, rtc::encode_turn(challenge));
    }
    if (const auto refusal = refusals_.extract(message.method))
      return refuse(client, message, refusal.mapped());
    switch (message.method) {
      case rtc::TurnMethod::allocate:
        return allocate(client, message, now);
      case rtc::TurnMethod::refresh:
        return refresh(client, message, now);
      case rtc::TurnMethod::create_permission:
        return permit(client, message, now);
      case rtc::TurnMethod::channel_bind:
        return bind(client, message, now);
      case rtc::TurnMethod::send:
      case rtc::TurnMethod::data:
        return refuse(client, message, 400);
    }
  }

  void grant(const SocketAddress& client, const rtc::TurnMessage& response) {
    ++granted[response.method];
    wires_.send_to_client(client, rtc::encode_turn(response, key()));
  }
  void refuse(const SocketAddress& client, const rtc::TurnMessage& request, std::uint16_t code) {
    auto response = answer_to(request, rtc::StunClass::error);
    response.error_code = code;
    response.error_reason = "no";
    wires_.send_to_client(client, rtc::encode_turn(response, key()));
  }

  void allocate(const SocketAddress& client, const rtc::TurnMessage& message, Time now) {
    if (message.transport != 17) return refuse(client, message, message.transport ? 442 : 400);
    const auto known = allocations_.find(client);
    // A request that was sent again gets its answer again (RFC 8656 §7.2).
    if (known != allocations_.end() && answered_[client] != message.transaction)
      return refuse(client, message, 437);
    if (known == allocations_.end() && allocations_.size() >= config_.quota)
      return refuse(client, message, 486);
    answered_[client] = message.transaction;
    auto& allocation = allocations_[client];
    if (allocation.relayed.port == 0) allocation.relayed = wires_.open_relay();
    auto response = answer_to(message, rtc::StunClass::success);
    response.relayed = allocation.relayed;
    response.mapped = client;
    response.lifetime_seconds = extend(allocation, message, now);
    grant(client, response);
  }

  std::uint32_t extend(Allocation& allocation, const rtc::TurnMessage& message, Time now) const {
    const std::uint32_t lifetime = std::min(message.lifetime_seconds.value_or(600), config_.max_lifetime);
    allocation.expires = now + std::chrono::seconds(lifetime);
    return lifetime;
  }

  void refresh(const SocketAddress& client, const rtc::TurnMessage& message, Time now) {
    const auto known = allocations_.find(client);
    if (known == allocations_.end()) return refuse(client, message, 437);
    auto response = answer_to(message, rtc::StunClass::success);
    response.lifetime_seconds = extend(known->second, message, now);
    if (response.lifetime_seconds == 0U) allocations_.erase(known);
    grant(client, response);
  }

  void permit(const SocketAddress& client, const rtc::TurnMessage& message, Time now) {
    const auto known = allocations_.find(client);
    if (known == allocations_.end()) return refuse(client, message, 437);
    if (!message.peer) return refuse(client, message, 400);
    if (message.peer->ip.family != known->second.relayed.ip.family) return refuse(client, message, 443);
    known->second.permissions[message.peer->ip] = now + 5min;
    grant(client, answer_to(message, rtc::StunClass::success));
  }

  void bind(const SocketAddress& client, const rtc::TurnMessage& message, Time now) {
    const auto known = allocations_.find(client);
    if (known == allocations_.end()) return refuse(client, message, 437);
    if (!message.peer || !message.channel || *message.channel < 0x4000 || *message.channel > 0x4fff)
      return refuse(client, message, 400);
    auto& channels = known->second.channels;
    for (const auto& [number, channel] : channels) {
      if ((number == *message.channel) != (channel.first == *message.peer))
        return refuse(client, message, 400);
    }
    channels[*message.channel] = {*message.peer, now + 10min};
    known->second.permissions[message.peer->ip] = now + 5min;
    grant(client, answer_to(message, rtc::StunClass::success));
  }

  void indication(const SocketAddress& client, const rtc::TurnMessage& message) {
    const auto known = allocations_.find(client);
    const bool is_whole = message.method == rtc::TurnMethod::send && message.peer && message.data;
    if (!is_whole || known == allocations_.end()) return;
    if (!known->second.permissions.contains(message.peer->ip)) return;
    ++indications_received;
    wires_.send_to_peer({.local = known->second.relayed, .remote = *message.peer}, *message.data);
  }

  void channel_data(const SocketAddress& client, ByteView datagram) {
    const auto known = allocations_.find(client);
    if (known == allocations_.end() || datagram.size() < 4) return;
    const auto channel = known->second.channels.find(load_u16(datagram.data()));
    const std::size_t length = load_u16(datagram.data() + 2);
    if (channel == known->second.channels.end() || length > datagram.size() - 4) return;
    const SocketAddress& peer = channel->second.first;
    if (!known->second.permissions.contains(peer.ip)) return;
    ++channel_data_received;
    wires_.send_to_peer({.local = known->second.relayed, .remote = peer}, datagram.subspan(4, length));
  }

  void expire(Time now) {
    std::erase_if(allocations_, [&](const auto& entry) { return entry.second.expires <= now; });
    for (auto& entry : allocations_) {
      std::erase_if(entry.second.permissions,
                    [&](const auto& permission) { return permission.second <= now; });
      std::erase_if(entry.second.channels, [&](const auto& channel) { return channel.second.second <= now; });
    }
  }

  /// SHA-256, then MD5, neither with parameters.
  static inline const Bytes algorithms = {0, 2, 0, 0, 0, 1, 0, 0};

  TurnServerConfig config_;
  Wires wires_;
  SeededRandom random_{77};
  std::string nonce_;
  int nonces_ = 0;
  std::map<SocketAddress, Allocation> allocations_;
  std::map<SocketAddress, rtc::TransactionId> answered_;
  std::map<rtc::TurnMethod, std::uint16_t> refusals_;
};

}  // namespace flnet::test
