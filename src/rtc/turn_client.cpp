// SPDX-License-Identifier: MIT OR Apache-2.0
// TurnClient: the allocation's life, permissions and channels, and the data that goes through them.
#include "rtc/turn_client.hpp"

#include "base/byte_io.hpp"

#include <algorithm>
#include <cassert>

namespace flnet::rtc {
namespace {

constexpr std::uint16_t first_channel = 0x4000, last_channel = 0x4fff;  // RFC 8656 §12
constexpr std::size_t channel_header_size = 4;

}  // namespace

TurnClient::TurnClient(TurnClientConfig config, Random& random, TurnClientSink& sink)
    : config_(std::move(config)), random_(random), sink_(sink), next_channel_(first_channel) {
  assert(config_.server.ip.family == config_.base.ip.family);
}

void TurnClient::start(Time now) {
  wanted_ = true;
  switch (stage_) {
    case Stage::allocating:
      return;
    case Stage::allocated: {
      const bool is_asking =
          std::ranges::find(requests_, Purpose::refresh, &Request::purpose) != requests_.end();
      if (!is_asking && *last_heard_ + config_.check_after <= now) ask(Purpose::refresh, {}, now);
      break;
    }
    case Stage::failed:
      if (retry_at_ && now < *retry_at_) return;
      [[fallthrough]];
    case Stage::idle:
      requests_.clear();  // a release that is repeated would end the new allocation
      stage_ = Stage::allocating;
      way_was_cleared_ = was_unauthentic_ = false;
      ask(Purpose::allocate, {}, now);
      break;
  }
  settle();
}

void TurnClient::close(Time now) {
  if (stage_ == Stage::allocated) release(now);
  forget();
  stage_ = Stage::idle;
  settle();
}

/// One datagram, repeated only while the machine goes on: the server ends what is not refreshed anyway.
void TurnClient::release(Time now) {
  forget();
  stage_ = Stage::idle;
  ask(Purpose::release, {}, now);
}

void TurnClient::forget() {
  requests_.clear();
  permissions_.clear();
  channels_.clear();
  next_channel_ = first_channel;
  relayed_.reset();
  mapped_.reset();
  refresh_at_.reset();
}

void TurnClient::fail(Error reason, Time now) {
  forget();
  stage_ = Stage::failed;
  retry_at_ = now + config_.retry_after;
  sink_.relay_ended(std::move(reason));
}

// --- Data

void TurnClient::send(const SocketAddress& peer, ByteView datagram, Time now) {
  if (stage_ != Stage::allocated || peer.ip.family != relayed_->ip.family) {
    ++counters_.dropped_send;
    return;
  }
  Channel* const channel = find_channel(peer);
  if (channel != nullptr && channel->bound) {
    pass(peer, datagram, now);
    return;
  }
  Permission* const permission = permit(peer.ip, now);
  if (permission == nullptr ||
      (!permission->installed && permission->waiting.size() == config_.max_waiting)) {
    ++counters_.dropped_send;
  } else if (permission->installed) {
    pass(peer, datagram, now);
  } else {
    permission->waiting.emplace_back(peer, to_bytes(datagram));
  }
}

/// The permission of `ip`, which may still be asked for; null when there is no room or the server has refused
/// it.
TurnClient::Permission* TurnClient::permit(const IpAddress& ip, Time now) {
  Permission* permission = find_permission(ip);
  if (permission == nullptr) {
    if (permissions_.size() == config_.max_permissions && !make_room(now)) return nullptr;
    permission = &permissions_.emplace_back();
    permission->ip = ip;
    permission->used = now;
    ask(Purpose::permit, {.ip = ip, .port = 0}, now);
    settle();
  } else if (permission->refused_until) {
    if (now < *permission->refused_until) return nullptr;
    permission->refused_until.reset();
    ask(Purpose::permit, {.ip = ip, .port = 0}, now);
    settle();
  }
  permission->used = now;
  return permission;
}

/// Data in a channel keeps the permission of its peer's address in use.
void TurnClient::note_channel_use() {
  for (const Channel& channel : channels_) {
    Permission* const permission = find_permission(channel.peer.ip);
    if (permission != nullptr) permission->used = std::max(permission->used, channel.used);
  }
}

bool TurnClient::make_room(Time now) {
  note_channel_use();
  const auto oldest = std::ranges::min_element(permissions_, {}, &Permission::used);
  if (oldest == permissions_.end() || now < oldest->used + config_.evict_after) return false;
  const IpAddress ip = oldest->ip;
  std::erase_if(requests_, [&](const Request& request) {
    return request.purpose == Purpose::permit && request.peer.ip == ip;
  });
  permissions_.erase(oldest);
  return true;
}

TurnClient::Permission* TurnClient::find_permission(const IpAddress& ip) {
  const auto found = std::ranges::find(permissions_, ip, &Permission::ip);
  return found == permissions_.end() ? nullptr : &*found;
}

TurnClient::Channel* TurnClient::find_channel(const SocketAddress& peer) {
  if (last_channel_ < channels_.size() && channels_[last_channel_].peer == peer)
    return &channels_[last_channel_];
  const auto found = std::ranges::find(channels_, peer, &Channel::peer);
  if (found == channels_.end()) return nullptr;
  last_channel_ = static_cast<std::size_t>(found - channels_.begin());
  return &*found;
}

/// RFC 8656 §11.1, §12.5: through the peer's channel, or in an indication.
void TurnClient::pass(const SocketAddress& peer, ByteView datagram, Time now) {
  Channel* const channel = find_channel(peer);
  if (channel != nullptr && channel->bound) {
    channel->used = now;
    frame_.resize(channel_header_size);
    store_u16(frame_.data(), channel->number);
    store_u16(frame_.data() + 2, static_cast<std::uint16_t>(datagram.size()));
    frame_.insert(frame_.end(), datagram.begin(), datagram.end());
    ++counters_.sent_channel_data;
    sink_.send_to_server(path(), frame_);
    return;
  }
  TurnMessage indication;
  indication.message_class = StunClass::indication;
  indication.method = TurnMethod::send;
  random_.fill(indication.transaction);
  indication.peer = peer;
  indication.data = datagram;
  ++counters_.sent_indications;
  sink_.send_to_server(path(), encode_turn(indication));
  if (datagram_kind(datagram) != DatagramKind::stun) bind(peer, now);
}

void TurnClient::bind(const SocketAddress& peer, Time now) {
  Channel* channel = find_channel(peer);
  if (channel != nullptr) {
    if (!channel->refused_until || now < *channel->refused_until) return;
    channel->refused_until.reset();
  } else {
    // A number that was bound stays its peer's for a while (RFC 8656 §12), so none is used twice.
    if (channels_.size() == config_.max_channels || next_channel_ > last_channel) return;
    channel = &channels_.emplace_back();
    channel->peer = peer;
    channel->number = next_channel_++;
  }
  channel->used = now;
  ask(Purpose::bind, peer, now);
  settle();
}

void TurnClient::receive(ByteView datagram, Time now) {
  if (!datagram.empty() && datagram[0] >= 0x40 && datagram[0] <= 0x4f) {
    receive_channel_data(datagram);
    return;
  }
  const auto message = decode_turn(datagram);
  if (!message) {
    ++counters_.dropped_malformed;
    return;
  }
  if (message->message_class == StunClass::success || message->message_class == StunClass::error) {
    receive_response(*message, datagram, now);
    settle();
    return;
  }
  const bool is_data = message->message_class == StunClass::indication &&
                       message->method == TurnMethod::data && message->peer && message->data &&
                       message->unknown_attributes.empty();
  if (!is_data) {
    ++counters_.dropped_malformed;
  } else if (stage_ != Stage::allocated || find_permission(message->peer->ip) == nullptr) {
    ++counters_.dropped_unknown;  // RFC 8656 §11.4
  } else {
    ++counters_.received;
    sink_.relay_received(*message->peer, *message->data);
  }
}

/// RFC 8656 §12.6: the length says how much of the datagram counts, padding may follow.
void TurnClient::receive_channel_data(ByteView datagram) {
  if (datagram.size() < channel_header_size) {
    ++counters_.dropped_malformed;
    return;
  }
  const std::size_t length = load_u16(datagram.data() + 2);
  const ByteView data = datagram.subspan(channel_header_size);
  const auto channel = std::ranges::find(channels_, load_u16(datagram.data()), &Channel::number);
  if (length > data.size()) {
    ++counters_.dropped_malformed;
  } else if (channel == channels_.end() || channel->refused_until) {
    ++counters_.dropped_unknown;
  } else {
    ++counters_.received;
    const SocketAddress peer = channel->peer;  // an answer may bind another channel
    sink_.relay_received(peer, data.first(length));
  }
}

// --- Time

void TurnClient::handle_timeout(Time now) {
  // One after the other: what comes of one may end them all.
  while (true) {
    const auto due =
        std::ranges::find_if(requests_, [&](const Request& request) { return request.next <= now; });
    if (due == requests_.end()) break;
    if (due->transmissions < config_.max_transmissions) {
      transmit(*due, now);
      continue;
    }
    const Request request = std::move(*due);
    requests_.erase(due);
    unanswered(request, now);
  }
  if (refresh_at_ && *refresh_at_ <= now) {
    refresh_at_.reset();
    if (wanted_) {
      ask(Purpose::refresh, {}, now);
    } else {
      release(now);
    }
  }
  renew_due(now);
  settle();
}

void TurnClient::renew_due(Time now) {
  note_channel_use();
  const auto is_over = [&](auto& entry) {
    return entry.renew_at && *entry.renew_at <= now && entry.used + idle_limit <= now;
  };
  std::erase_if(permissions_, [&](Permission& permission) { return is_over(permission); });
  // The peer of a channel that is gone may come back by Send indications, and gets another number then.
  std::erase_if(channels_, [&](Channel& channel) { return is_over(channel); });
  for (Permission& permission : permissions_) {
    if (!permission.renew_at || *permission.renew_at > now) continue;
    permission.renew_at.reset();
    ask(Purpose::permit, {.ip = permission.ip, .port = 0}, now);
  }
  for (Channel& channel : channels_) {
    if (!channel.renew_at || *channel.renew_at > now) continue;
    channel.renew_at.reset();
    ask(Purpose::bind, channel.peer, now);
  }
}

void TurnClient::settle() {
  deadline_ = refresh_at_;
  for (const Request& request : requests_) deadline_ = earliest(deadline_, request.next);
  for (const Permission& permission : permissions_) deadline_ = earliest(deadline_, permission.renew_at);
  for (const Channel& channel : channels_) deadline_ = earliest(deadline_, channel.renew_at);
}

}  // namespace flnet::rtc
