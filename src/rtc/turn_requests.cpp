// SPDX-License-Identifier: MIT OR Apache-2.0
// TurnClient's requests: credentials (RFC 8489 §9.2), retransmissions (§6.2.1), and what the answers mean.
#include "base/credential_digest.hpp"
#include "rtc/turn_client.hpp"

#include <algorithm>

namespace flnet::rtc {
namespace {

constexpr std::uint8_t udp = 17;                    // RFC 8656 §18.8: the IP protocol's number
constexpr std::uint16_t unauthenticated = 401;      // RFC 8489 §14.8
constexpr std::uint16_t stale_nonce = 438;          // RFC 8489 §14.8
constexpr std::uint16_t allocation_mismatch = 437;  // RFC 8656 §19
constexpr int max_stale_nonces = 3;
constexpr std::uint32_t max_lifetime_seconds = 3600;

constexpr Duration permission_renewal = 4min;  // of the 5 minutes of RFC 8656 §9
constexpr Duration channel_renewal = 9min;     // of the 10 minutes of RFC 8656 §12
constexpr Duration refusal_lasts = 5min;       // what the server has refused it would refuse again

/// Whether the nonce announces a security feature (RFC 8489 §9.2): after the cookie stand 24 bits in base64,
/// of which the first character holds those that have a meaning.
bool has_feature(const std::string& nonce, unsigned bit) {
  constexpr std::string_view cookie = "obMatJos2";
  constexpr std::string_view base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  if (!nonce.starts_with(cookie) || nonce.size() < cookie.size() + 4) return false;
  const std::size_t bits = base64.find(nonce[cookie.size()]);
  return bits != std::string_view::npos && (bits >> (5 - bit) & 1U) != 0;
}
constexpr unsigned password_algorithms_bit = 0, username_anonymity_bit = 1;  // RFC 8489 §18.1

TurnMethod method_of_purpose(bool allocates, bool permits, bool binds) {
  if (allocates) return TurnMethod::allocate;
  if (permits) return TurnMethod::create_permission;
  return binds ? TurnMethod::channel_bind : TurnMethod::refresh;
}

}  // namespace

void TurnClient::ask(Purpose purpose, const SocketAddress& peer, Time now, int stale_nonces) {
  Request request;
  request.purpose = purpose;
  request.peer = peer;
  request.stale_nonces = stale_nonces;
  random_.fill(request.id);
  request.key = key_;
  request.realm = realm_;
  request.datagram = encode_turn(make_request(request), key_);
  transmit(requests_.emplace_back(std::move(request)), now);
}

TurnMessage TurnClient::make_request(const Request& request) const {
  TurnMessage message;
  message.message_class = StunClass::request;
  message.method = method_of_purpose(request.purpose == Purpose::allocate, request.purpose == Purpose::permit,
                                     request.purpose == Purpose::bind);
  message.transaction = request.id;
  const auto lifetime = std::chrono::duration_cast<std::chrono::seconds>(config_.lifetime).count();
  switch (request.purpose) {
    case Purpose::allocate:
      message.transport = udp;
      message.lifetime_seconds = static_cast<std::uint32_t>(lifetime);
      if (!config_.base.ip.is_v4()) message.family = IpAddress::Family::ipv6;  // else IPv4 is what one gets
      break;
    case Purpose::refresh:
      message.lifetime_seconds = static_cast<std::uint32_t>(lifetime);
      break;
    case Purpose::clear_way:
    case Purpose::release:
      message.lifetime_seconds = 0;
      break;
    case Purpose::permit:
      message.peer = request.peer;
      break;
    case Purpose::bind:
      message.peer = request.peer;
      message.channel = std::ranges::find(channels_, request.peer, &Channel::peer)->number;
      break;
  }
  if (realm_) add_credentials(message);
  return message;
}

void TurnClient::add_credentials(TurnMessage& message) const {
  if (hides_user_) {
    message.userhash = sha256(as_bytes(config_.user + ':' + *realm_));
  } else {
    message.username = config_.user;
  }
  message.realm = realm_;
  message.nonce = nonce_;
  message.password_algorithms = algorithms_;
  message.password_algorithm = algorithm_;
}

void TurnClient::transmit(Request& request, Time now) {
  const Duration wait = request.transmissions + 1 == config_.max_transmissions
                            ? config_.initial_rto * config_.last_wait
                            : config_.initial_rto * (std::int64_t{1} << request.transmissions);
  ++request.transmissions;
  request.next = now + wait;
  sink_.send_to_server(path(), request.datagram);
}

void TurnClient::receive_response(const TurnMessage& message, ByteView datagram, Time now) {
  const auto found = std::ranges::find(requests_, message.transaction, &Request::id);
  if (found == requests_.end()) {
    ++counters_.dropped_unknown;
    return;
  }
  const bool is_error = message.message_class == StunClass::error;
  if (is_error ? !message.error_code : !message.unknown_attributes.empty()) {
    ++counters_.dropped_malformed;
    return;
  }
  const bool is_challenge =
      is_error && (message.error_code == unauthenticated || message.error_code == stale_nonce);
  // What is not authentic is as if it had not come; a challenge can't be authentic yet (RFC 8489 §9.2.5).
  if (!is_challenge && !found->key.bytes.empty() && !verify_turn_integrity(datagram, found->key)) {
    ++counters_.bad_integrity;
    was_unauthentic_ = true;
    return;
  }
  const Request request = std::move(*found);
  requests_.erase(found);
  last_heard_ = now;
  if (is_challenge) {
    challenged(request, message, now);
  } else if (is_error) {
    refused(request, describe(*message.error_code, message.error_reason), *message.error_code, now);
  } else {
    granted(request, message, now);
  }
}

void TurnClient::challenged(const Request& request, const TurnMessage& message, Time now) {
  const bool is_stale = message.error_code == stale_nonce;
  // The same name and password for the same realm would be refused again.
  const bool was_refused = !is_stale && request.realm && request.realm == message.realm;
  if (was_refused || request.stale_nonces == max_stale_nonces) {
    refused(request, describe(*message.error_code, message.error_reason), *message.error_code, now);
    return;
  }
  if (auto taken = take_challenge(message); !taken) {
    refused(request, std::move(taken.error()), *message.error_code, now);
    return;
  }
  ask(request.purpose, request.peer, now, request.stale_nonces + 1);
}

Result<> TurnClient::take_challenge(const TurnMessage& message) {
  const std::string server = "the TURN server " + config_.server.to_string();
  if (!message.nonce || (!message.realm && !realm_))
    return failure(ErrorCode::invalid_message, server + " wants a login, but says not for what");
  if (has_feature(*message.nonce, password_algorithms_bit) && !message.password_algorithms)
    return failure(ErrorCode::untrusted, server + " was made to hide its password algorithms");
  if (message.password_algorithms) {
    algorithms_ = message.password_algorithms;
    algorithm_ = first_known_algorithm(*algorithms_);
    if (!algorithm_)
      return failure(ErrorCode::unsupported, server + " has no password algorithm that we know");
  }
  if (message.realm) realm_ = message.realm;
  nonce_ = message.nonce;
  hides_user_ = has_feature(*nonce_, username_anonymity_bit);
  const std::string secret = config_.user + ':' + *realm_ + ':' + config_.password;
  key_.sha256 = algorithms_.has_value();  // RFC 8489 §9.2.5: MESSAGE-INTEGRITY-SHA256 only, from now on
  if (algorithm_ == StunPasswordAlgorithm::sha256) {
    const auto digest = sha256(as_bytes(secret));
    key_.bytes.assign(digest.begin(), digest.end());
  } else {
    const auto digest = md5(as_bytes(secret));
    key_.bytes.assign(digest.begin(), digest.end());
  }
  return {};
}

void TurnClient::granted(const Request& request, const TurnMessage& message, Time now) {
  switch (request.purpose) {
    case Purpose::allocate:
      return allocation_granted(message, now);
    case Purpose::clear_way:
      return ask(Purpose::allocate, {}, now);
    case Purpose::refresh:
      return schedule_refresh(message.lifetime_seconds.value_or(0), now);
    case Purpose::release:
      return;
    case Purpose::permit:
      if (Permission* const permission = find_permission(request.peer.ip)) {
        permission->installed = true;
        permission->renew_at = now + permission_renewal;
        for (const auto& [peer, datagram] : std::exchange(permission->waiting, {})) pass(peer, datagram, now);
      }
      return;
    case Purpose::bind:
      if (Channel* const channel = find_channel(request.peer)) {
        channel->bound = true;
        channel->renew_at = now + channel_renewal;
      }
      return;
  }
}

void TurnClient::allocation_granted(const TurnMessage& message, Time now) {
  const bool is_usable = message.relayed && message.mapped && message.relayed->port != 0 &&
                         message.relayed->ip.family == config_.base.ip.family &&
                         !message.relayed->ip.is_unspecified() && !message.relayed->ip.is_multicast();
  if (!is_usable) {
    fail({ErrorCode::invalid_message,
          "the TURN server " + config_.server.to_string() + " names no usable address"},
         now);
    return;
  }
  stage_ = Stage::allocated;
  relayed_ = message.relayed;
  mapped_ = message.mapped;
  schedule_refresh(message.lifetime_seconds.value_or(0), now);
  if (stage_ == Stage::allocated) sink_.relay_allocated();
}

/// A minute before its end (RFC 8656 §8), or at its half when it is short.
void TurnClient::schedule_refresh(std::uint32_t lifetime_seconds, Time now) {
  if (lifetime_seconds == 0) {
    fail({ErrorCode::closed, "the TURN server " + config_.server.to_string() + " has ended the allocation"},
         now);
    return;
  }
  const auto lifetime = std::chrono::seconds(std::min(lifetime_seconds, max_lifetime_seconds));
  refresh_at_ = now + std::max<Duration>(lifetime - 60s, lifetime / 2);
}

void TurnClient::refused(const Request& request, Error reason, std::uint16_t code, Time now) {
  switch (request.purpose) {
    case Purpose::allocate:
      // We were here before, from the same port, and the server still remembers (RFC 8656 §7.3).
      if (code == allocation_mismatch && !std::exchange(way_was_cleared_, true)) {
        ask(Purpose::clear_way, {}, now);
      } else {
        fail(std::move(reason), now);
      }
      return;
    case Purpose::clear_way:
      return ask(Purpose::allocate, {}, now);
    case Purpose::refresh:
      return fail(std::move(reason), now);
    case Purpose::release:
      return;
    case Purpose::permit:
    case Purpose::bind:
      break;
  }
  if (code == allocation_mismatch) {
    fail(std::move(reason), now);
    return;
  }
  Permission* const permission = find_permission(request.peer.ip);
  Channel* const channel = find_channel(request.peer);
  if (request.purpose == Purpose::permit && permission != nullptr) {
    permission->installed = false;
    permission->waiting.clear();
    permission->refused_until = now + refusal_lasts;
  } else if (request.purpose == Purpose::bind && channel != nullptr) {
    channel->bound = false;
    channel->refused_until = now + refusal_lasts;
  }
}

void TurnClient::unanswered(const Request& request, Time now) {
  switch (request.purpose) {
    case Purpose::allocate:
    case Purpose::refresh:
    case Purpose::clear_way: {
      const std::string server = "the TURN server " + config_.server.to_string();
      if (was_unauthentic_) {
        fail({ErrorCode::untrusted, server + " can't prove that it knows our password"}, now);
      } else {
        fail({ErrorCode::timed_out, server + " does not answer"}, now);
      }
      return;
    }
    case Purpose::release:
      return;
    case Purpose::permit:
      permit_unanswered(request.peer, now);
      return;
    case Purpose::bind:
      if (Channel* const channel = find_channel(request.peer)) {
        channel->bound = false;
        channel->refused_until = now + refusal_lasts;
      }
      return;
  }
}

/// Data in a channel does not ask for permission: the one it had is asked for again, as long as it is used.
void TurnClient::permit_unanswered(const SocketAddress& peer, Time now) {
  note_channel_use();
  const Permission* const permission = find_permission(peer.ip);
  if (permission != nullptr && permission->installed && now < permission->used + idle_limit) {
    ask(Purpose::permit, peer, now);
  } else {
    std::erase_if(permissions_, [&](const Permission& known) { return known.ip == peer.ip; });
  }
}

/// One clear line a code (RFC 8489 §14.8, RFC 8656 §19), with the server's own words behind it.
Error TurnClient::describe(std::uint16_t code, const std::string& reason) const {
  struct Meaning {
    std::uint16_t code;
    std::string_view text;
  };
  static constexpr std::array<Meaning, 11> meanings{{{300, "sends us to another server"},
                                                     {401, "refuses the login"},
                                                     {403, "forbids it"},
                                                     {437, "knows no such allocation"},
                                                     {438, "takes none of its own nonces"},
                                                     {440, "does not relay this address family"},
                                                     {441, "refuses the login for this allocation"},
                                                     {442, "does not relay UDP"},
                                                     {443, "does not relay to this address family"},
                                                     {486, "has given this user all it may have"},
                                                     {508, "has no room"}}};
  const auto known = std::ranges::find(meanings, code, &Meaning::code);
  std::string text = "the TURN server " + config_.server.to_string() + ' ';
  text += known == meanings.end() ? std::string_view("refuses") : known->text;
  text += " (" + std::to_string(code);
  if (!reason.empty()) {
    std::string words = ' ' + reason.substr(0, 100);
    std::ranges::replace_if(words, [](char c) { return c < ' ' || c > '~'; }, '?');
    text += words;
  }
  return {ErrorCode::refused, text + ')'};
}

}  // namespace flnet::rtc
