// SPDX-License-Identifier: MIT OR Apache-2.0
// Opening and acknowledging channels (RFC 8832 §6).
#include "rtc/data_channel_state.hpp"

#include <utility>

namespace flnet::rtc {

void DataChannels::State::start_waiting(Time now) {
  if (!dtls_client || !connected) return;
  for (Channel& channel : channels) {
    if (channel.phase == Phase::free) continue;
    const bool done = channel.phase == Phase::waiting ? start(channel, now) : send_waiting(channel);
    if (!done) return;
    advance_closing(channel);
  }
}

// Sends the OPEN and what waited behind it; false when the send buffer has no room.
bool DataChannels::State::start(Channel& channel, Time now) {
  const auto stream = free_stream();
  if (!stream) return false;
  const auto sent = association.send(*stream, ppid_dcep, false, encode_channel_open(channel.options), now);
  if (!sent) {
    // The peer has fewer streams: there is none for this channel.
    if (sent.error().code == ErrorCode::invalid_argument) finish(channel, no_channel);
    return sent.error().code == ErrorCode::invalid_argument;
  }
  channel.stream = *stream;
  channel.phase = Phase::opening;
  begin_grace(channel, now);
  bind(*stream, static_cast<std::uint32_t>(&channel - channels.data()));
  return send_waiting(channel);
}

// RFC 8832 §6: even ones are the DTLS client's.
std::optional<StreamId> DataChannels::State::free_stream() const {
  for (std::uint32_t stream = *dtls_client ? 0 : 1; stream < 2 * max_channels; stream += 2) {
    if (stream >= by_stream.size() || by_stream[stream] == no_channel) return static_cast<StreamId>(stream);
  }
  return std::nullopt;
}

void DataChannels::State::receive_dcep(StreamId stream, ByteView message, Time now) {
  auto decoded = decode_dcep(message);
  if (!decoded) {
    ++counters.dropped_malformed;
    return;
  }
  if (auto* options = std::get_if<DataChannelOptions>(&*decoded)) {
    return receive_open(stream, std::move(*options), now);
  }
  if (Channel* channel = channel_on(stream)) {
    if (channel->grace_end && channel->phase == Phase::opening) begin_grace(*channel, now);
    acknowledged(*channel);
  } else {
    ++counters.dropped_unknown_channel;
  }
}

void DataChannels::State::receive_open(StreamId stream, DataChannelOptions options, Time now) {
  const Channel* before = channel_on(stream);
  const bool inherits = before != nullptr && before->own_reset != OwnReset::none;
  if (!takes_open(stream)) {
    ++counters.dropped_malformed;
    return;
  }
  Channel& channel = *free_channel();
  channel.options = std::move(options);
  channel.phase = Phase::open;
  channel.stream = stream;
  if (inherits) channel.own_reset = OwnReset::inherited;
  bind(stream, static_cast<std::uint32_t>(&channel - channels.data()));
  acknowledge(channel, now);
  const DataChannelOptions announced = channel.options;
  sink.channel_opened(id_of(channel), announced, true);
  deliver_early(channel);
}

// A peer that opens a channel where it has reset the one before knows of our reset, too: that one is over.
bool DataChannels::State::takes_open(StreamId stream) {
  const bool peers_stream = !dtls_client || (stream % 2 == 0) != *dtls_client;
  if (!peers_stream) return false;
  if (Channel* before = channel_on(stream)) {
    if (!before->peer_reset) return false;
    finish(*before, no_channel);
  }
  return (stream >= by_stream.size() || by_stream[stream] == no_channel) && free_channel() != nullptr;
}

void DataChannels::State::acknowledge(Channel& channel, Time now) {
  const auto sent = association.send(channel.stream, ppid_dcep, false, encode_channel_ack(), now);
  channel.ack_due = !sent && sent.error().code == ErrorCode::queue_full;
}

void DataChannels::State::acknowledged(Channel& channel) {
  if (channel.phase != Phase::opening) return;
  channel.phase = Phase::open;
  if (channel.closing) return;
  const DataChannelOptions announced = channel.options;
  sink.channel_opened(id_of(channel), announced, false);
}

}  // namespace flnet::rtc
