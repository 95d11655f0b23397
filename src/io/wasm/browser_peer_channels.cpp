// SPDX-License-Identifier: MIT OR Apache-2.0
// BrowserPeerConnection: the channels beside its own one (js/peer_channels.js).
#include "io/wasm/browser_peer_connection.hpp"

#include "base/encoding.hpp"

#include <emscripten/em_macros.h>

#include <chrono>

using flnet::io::BrowserPeerConnection;
using flnet::io::BrowserPeerSession;
using flnet::io::ChannelNumber;

namespace {

constexpr int no_limit = -1;

/// `words`: the label, then the protocol. Limits below 0 are none.
flnet::DataChannelOptions options_of(std::string_view words, std::size_t label_size, int is_ordered,
                                     int max_retransmits, int life_ms) {
  flnet::DataChannelOptions options;
  options.label = words.substr(0, label_size);
  options.protocol = words.substr(label_size);
  options.ordered = is_ordered != 0;
  if (max_retransmits >= 0) options.max_retransmits = static_cast<std::uint16_t>(max_retransmits);
  if (life_ms >= 0) options.max_packet_life_time = std::chrono::milliseconds(life_ms);
  return options;
}

}  // namespace

extern "C" {
/// 0 when the platform refuses.
unsigned flnet_channel_open(int peer, const char* words, std::size_t label_size, std::size_t size,
                            int is_ordered, int max_retransmits, int life_ms);
int flnet_channel_send(int peer, unsigned number, int is_binary, const std::uint8_t* data, std::size_t size);
void flnet_channel_close(int peer, unsigned number);
double flnet_channel_buffered(int peer, unsigned number);

EMSCRIPTEN_KEEPALIVE int flnet_channel_offered(BrowserPeerSession* self, unsigned number, const char* words,
                                               std::size_t label_size, std::size_t size, int is_ordered,
                                               int max_retransmits, int life_ms) noexcept {
  const auto options = options_of({words, size}, label_size, is_ordered, max_retransmits, life_ms);
  return BrowserPeerConnection::of(self).channel_offered(ChannelNumber{number}, options) ? 1 : 0;
}
EMSCRIPTEN_KEEPALIVE void flnet_channel_opened(BrowserPeerSession* self, unsigned number) noexcept {
  BrowserPeerConnection::of(self).channel_opened(ChannelNumber{number});
}
EMSCRIPTEN_KEEPALIVE void flnet_channel_received(BrowserPeerSession* self, unsigned number, int is_binary,
                                                 const std::uint8_t* data, std::size_t size) noexcept {
  const auto kind = is_binary != 0 ? flnet::MessageKind::binary : flnet::MessageKind::text;
  BrowserPeerConnection::of(self).channel_received(ChannelNumber{number}, {kind, {data, size}});
}
EMSCRIPTEN_KEEPALIVE void flnet_channel_closed(BrowserPeerSession* self, unsigned number) noexcept {
  BrowserPeerConnection::of(self).channel_closed(ChannelNumber{number});
}
}

namespace flnet::io {

// --- What the session asks for

Result<ChannelNumber> BrowserPeerConnection::open_channel(const DataChannelOptions& options) {
  if (auto can = can_send(0); !can) return failure(std::move(can.error()));
  const std::size_t longest = DataChannelOptions::max_label_bytes;
  if (options.label.size() > longest || options.protocol.size() > longest)
    return failure(ErrorCode::too_large, "a label or protocol above 1024 bytes");
  if (!is_utf8(options.label) || !is_utf8(options.protocol))
    return failure(ErrorCode::invalid_argument, "a label or protocol that is not UTF-8");
  using Milliseconds = std::chrono::milliseconds;
  const auto& life = options.max_packet_life_time;
  const int life_ms =
      life ? static_cast<int>(std::chrono::duration_cast<Milliseconds>(*life).count()) : no_limit;
  const int retransmits = options.max_retransmits ? int{*options.max_retransmits} : no_limit;
  const std::string words = options.label + options.protocol;
  take_refusal();
  const unsigned number = flnet_channel_open(*handle(), words.data(), options.label.size(), words.size(),
                                             options.ordered ? 1 : 0, retransmits, life_ms);
  if (number == 0) return failure(ErrorCode::system, "the platform makes no channel: " + take_refusal());
  return ChannelNumber{number};
}

Result<> BrowserPeerConnection::send_on(ChannelNumber number, MessageView message) {
  const std::size_t size = message.bytes.size();
  if (auto can = can_send(size); !can) return can;
  const int is_binary = message.kind == MessageKind::binary ? 1 : 0;
  return after_send(
      flnet_channel_send(*handle(), static_cast<unsigned>(number), is_binary, message.bytes.data(), size),
      size);
}

void BrowserPeerConnection::close_channel(ChannelNumber number) {
  if (handle()) flnet_channel_close(*handle(), static_cast<unsigned>(number));
}

std::size_t BrowserPeerConnection::buffered_on(ChannelNumber number) const {
  if (!handle()) return 0;
  return static_cast<std::size_t>(flnet_channel_buffered(*handle(), static_cast<unsigned>(number)));
}

// --- What JavaScript tells

bool BrowserPeerConnection::channel_offered(ChannelNumber number, const DataChannelOptions& options) {
  const Loop::Scope scope(loop());
  return sink().channel_offered(number, options);
}

void BrowserPeerConnection::channel_opened(ChannelNumber number) {
  const Loop::Scope scope(loop());
  sink().channel_opened(number);
}

void BrowserPeerConnection::channel_received(ChannelNumber number, MessageView message) {
  const Loop::Scope scope(loop());
  count_received(message.bytes.size());
  sink().channel_received(number, message);
}

void BrowserPeerConnection::channel_closed(ChannelNumber number) {
  const Loop::Scope scope(loop());
  sink().channel_closed(number);
}

}  // namespace flnet::io
